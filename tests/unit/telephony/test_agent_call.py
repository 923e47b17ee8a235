"""A caller's wait for an agent, as it comes back from the dialplan."""

import pytest

from callcenter.domain.agents import AgentOutcome, AgentVisit
from callcenter.domain.errors import CallerHungUp
from callcenter.ivr.phone import Phone
from callcenter.telephony.channel import Channel
from callcenter.telephony.meter import NoMeter
from callcenter.telephony.phone import AgiPhone
from callcenter.telephony.recording import Recordings
from tests import make
from tests.fakes.agi import FakeAmi, FakeChannel, session_on
from tests.fakes.speech import FakeSpeech

WAITED = {"AGENT_SINCE": "1000", "EPOCH": "1030"}


def phone_on(line: FakeChannel) -> Phone:
    return AgiPhone(
        make.call(), Channel(session_on(line)), FakeSpeech(), Recordings(FakeAmi(line)), NoMeter()
    )


@pytest.mark.parametrize(
    ("left", "visit"),
    [
        pytest.param(
            {"MEMBERNAME": "agent1", "QEHOLDTIME": "12", "ANSWEREDTIME": "40"},
            AgentVisit(outcome=AgentOutcome.ANSWERED, waited_s=12, agent="agent1", talked_s=40),
            id="answered",
        ),
        pytest.param(
            {"QUEUESTATUS": "JOINEMPTY"},
            AgentVisit(outcome=AgentOutcome.NOBODY, waited_s=30),
            id="nobody",
        ),
        pytest.param(
            {"QUEUESTATUS": "LEAVEUNAVAIL"},
            AgentVisit(outcome=AgentOutcome.NOBODY, waited_s=30),
            id="nobody-any-more",
        ),
        pytest.param(
            {"QUEUESTATUS": "TIMEOUT"},
            AgentVisit(outcome=AgentOutcome.BUSY, waited_s=30),
            id="busy",
        ),
        pytest.param(
            {"AGENT_KEY": "1"}, AgentVisit(outcome=AgentOutcome.MESSAGE, waited_s=30), id="message"
        ),
        pytest.param(
            {"AGENT_KEY": "*"}, AgentVisit(outcome=AgentOutcome.BACK, waited_s=30), id="back"
        ),
    ],
)
async def test_what_the_dialplan_leaves_behind_tells_how_it_went(
    left: dict[str, str], visit: AgentVisit
) -> None:
    line = FakeChannel("1")
    line.subroutines["agent"] = WAITED | left

    assert await phone_on(line).wait_for_agent({}) == visit


async def test_a_caller_who_hangs_up_while_waiting_is_told_of_and_then_gone() -> None:
    line = FakeChannel()
    line.subroutines["agent"] = WAITED | {"HANGUP": "yes"}
    phone = phone_on(line)

    visit = await phone.wait_for_agent({})

    assert visit == AgentVisit(outcome=AgentOutcome.HUNG_UP, waited_s=30)
    with pytest.raises(CallerHungUp):
        await phone.key(within_s=1)


async def test_what_the_agent_is_told_goes_to_the_agents_telephone() -> None:
    line = FakeChannel("1")
    line.subroutines["agent"] = WAITED

    await phone_on(line).wait_for_agent({"ACCOUNT": "10000001"})

    assert line.variables["__AGENT_FOR_ACCOUNT"] == "10000001"


async def test_a_key_that_was_pressed_ahead_does_what_it_does_in_the_queue() -> None:
    line = FakeChannel("1")
    line.press("51")

    visit = await phone_on(line).wait_for_agent({})

    assert visit == AgentVisit(outcome=AgentOutcome.MESSAGE, waited_s=0)
    assert not [command for command in line.commands if command.startswith("GOSUB")]


async def test_a_wait_that_another_daemon_began_is_told_once() -> None:
    line = FakeChannel("1")
    line.variables |= WAITED | {"MEMBERNAME": "agent1", "QEHOLDTIME": "3", "ANSWEREDTIME": "9"}
    phone = phone_on(line)

    visit = await phone.agent_visit()

    assert visit is not None
    assert visit.agent == "agent1"
    assert await phone.agent_visit() is None


async def test_a_call_that_never_waited_has_nothing_to_tell() -> None:
    assert await phone_on(FakeChannel("1")).agent_visit() is None
