"""The queue of the agents, as AMI tells of it."""

from datetime import timedelta

import pytest

from callcenter.domain.calls import CallId
from callcenter.telephony.agent_queue import AgentQueue
from callcenter.telephony.ami import AmiRefused
from callcenter.telephony.ami_words import AmiMessage
from tests.fakes.agi import FakeAmi


def row(event: str, **fields: str) -> AmiMessage:
    return AmiMessage((("Event", event), *fields.items()))


async def test_agents_and_callers_are_told_in_our_words() -> None:
    ami = FakeAmi()
    ami.lists["QueueStatus"] = [
        row("QueueParams", TalkTime="40"),
        row(
            "QueueMember",
            Name="agent1",
            Location="PJSIP/agent1",
            Status="2",
            Paused="1",
            PausedReason="lunch",
            CallsTaken="7",
        ),
        row("QueueEntry", Uniqueid="pbx-1.1", Position="1", Wait="12"),
    ]

    state = await AgentQueue(ami).look()

    [agent] = state.agents
    assert (agent.telephone, agent.state, agent.reason, agent.calls) == (
        *("agent1", "talking", "lunch"),
        7,
    )
    assert state.talk == timedelta(seconds=40)
    assert state.place_of(CallId("pbx-1.1")) == 1
    assert state.place_of(CallId("pbx-1.2")) is None


@pytest.mark.parametrize(
    ("status", "paused", "there", "free"),
    [
        ("1", "0", True, True),
        ("2", "0", True, False),
        ("6", "0", True, True),
        ("1", "1", False, False),
        ("4", "0", False, False),
        ("5", "0", False, False),
        ("99", "0", True, False),
    ],
)
async def test_who_is_there_and_who_is_free(
    status: str, paused: str, there: bool, free: bool
) -> None:
    ami = FakeAmi()
    ami.lists["QueueStatus"] = [
        row("QueueMember", Name="a", Location="PJSIP/a", Status=status, Paused=paused)
    ]

    [agent] = (await AgentQueue(ami).look()).agents

    assert (agent.is_there, agent.is_free) == (there, free)


async def test_an_agent_is_added_paused_and_removed_by_the_telephone() -> None:
    ami = FakeAmi()
    queue = AgentQueue(ami)

    await queue.add("agent1")
    await queue.pause("agent1", on=True, reason="lunch")
    await queue.remove("agent1")

    whom = {"Queue": "agents", "Interface": "PJSIP/agent1"}
    assert ami.actions == [
        ("QueueAdd", {**whom, "MemberName": "agent1"}),
        ("QueuePause", {**whom, "Paused": "true", "Reason": "lunch"}),
        ("QueueRemove", whom),
    ]


async def test_a_refusal_of_asterisk_is_passed_on() -> None:
    ami = FakeAmi()
    ami.refuses.add("QueueRemove")

    with pytest.raises(AmiRefused):
        await AgentQueue(ami).remove("agent1")
