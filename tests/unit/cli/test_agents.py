"""Logging agents in and out, over a queue in memory."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from callcenter.app import NoPbx
from callcenter.cli import agents
from callcenter.settings import Settings
from callcenter.telephony.ami import AmiClient
from callcenter.telephony.ami_words import AmiMessage
from tests.fakes.agi import FakeAmi
from tests.unit.cli.typed import type_in


@pytest.fixture
def ami(monkeypatch: pytest.MonkeyPatch) -> FakeAmi:
    ami = FakeAmi()
    ami.lists["QueueStatus"] = [_member("1")]

    @asynccontextmanager
    async def link(_: Settings) -> AsyncIterator[AmiClient]:
        if ami.down:
            raise NoPbx("Asterisk does not answer at 127.0.0.1:5038")
        yield ami

    monkeypatch.setattr(agents, "pbx_link", link)
    return ami


def _member(status: str) -> AmiMessage:
    fields = {"Name": "agent1", "Location": "PJSIP/agent1", "Status": status, "Paused": "0"}
    return AmiMessage((("Event", "QueueMember"), *fields.items(), ("CallsTaken", "3")))


def test_agents_are_listed(ami: FakeAmi) -> None:
    [told] = json.loads(type_in("agents", "list", "--json").stdout)

    assert told == {
        "name": "agent1",
        "telephone": "agent1",
        "state": "free",
        "paused": False,
        "reason": "",
        "calls": 3,
    }
    assert "0 callers wait" in type_in("agents", "list").stdout


def test_an_agent_is_logged_in_and_out(ami: FakeAmi) -> None:
    assert "agent1 is logged in (free)." in type_in("agents", "add", "agent1").stdout
    assert "agent1 is logged out." in type_in("agents", "remove", "agent1").stdout


def test_a_pause_begins_and_ends(ami: FakeAmi) -> None:
    assert "has a pause" in type_in("agents", "pause", "agent1", "--reason", "lunch").stdout
    assert "is called again" in type_in("agents", "pause", "agent1", "--end").stdout


def test_a_telephone_that_does_not_exist_is_not_logged_in(ami: FakeAmi) -> None:
    ami.lists["QueueStatus"] = [_member("4")]

    done = type_in("agents", "add", "agent1")

    assert done.exit_code == 1
    assert "There is no telephone agent1." in done.stderr
    assert ami.actions[-1][0] == "QueueRemove"


def test_a_refusal_and_an_asterisk_that_is_gone_are_told(ami: FakeAmi) -> None:
    ami.refuses.add("QueueRemove")
    assert "QueueRemove refused" in type_in("agents", "remove", "agent1").stderr

    ami.down = True
    assert "Asterisk does not answer" in type_in("agents", "list").stderr
