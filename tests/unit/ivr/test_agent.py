"""Key 0: waiting for a person, and coming back."""

import asyncio
from datetime import time

import pytest

from callcenter.domain.agents import AgentOutcome, AgentVisit
from callcenter.domain.calls import CallEnd
from callcenter.domain.tickets import Ticket, TicketKind
from callcenter.ivr.agents import AgentDesk
from callcenter.ivr.messages import VOICEMAIL
from callcenter.ivr.phone import Message, Spoken
from callcenter.ivr.prompts import Prompt
from tests import make
from tests.fakes.clock import FakeClock
from tests.fakes.phone import SILENCE, FakePhone
from tests.unit.ivr.hotline_of import LOGIN, Dialled, Hotline

ANSWERED = AgentVisit(outcome=AgentOutcome.ANSWERED, waited_s=12, agent="agent1", talked_s=40)
BUY = ("1", *LOGIN, "1", "600000#", "10*05#", "200#")


def went(outcome: AgentOutcome) -> AgentVisit:
    return AgentVisit(outcome=outcome, waited_s=30)


async def dial(
    *script: str, visit: AgentVisit | BaseException = ANSWERED, hotline: Hotline | None = None
) -> Dialled:
    phone = FakePhone(*script)
    phone.visits.append(visit)
    return await (hotline or Hotline()).take(phone)


@pytest.mark.parametrize(
    ("before", "menu"),
    [
        pytest.param((), Prompt.MENU_TRADE, id="main"),
        pytest.param(("1", *LOGIN), Prompt.MENU_BUY, id="trade"),
        pytest.param(("2", *LOGIN), Prompt.MENU_MONEY, id="account"),
        pytest.param(("3", "000001#"), Prompt.MARKET_SH, id="market"),
    ],
)
async def test_key_0_reaches_an_agent_from_any_menu_and_leads_back_there(
    before: tuple[str, ...], menu: Prompt
) -> None:
    call = await dial(*before, "0", "#")

    assert len(call.phone.introduced) == 1
    assert menu in call.prompts[call.prompts.index(Prompt.AGENT_ENDED) :]
    assert call.end is CallEnd.HUNG_UP


async def test_an_agent_at_a_read_back_confirms_nothing_and_it_is_read_again() -> None:
    hotline = Hotline()

    call = await dial(*BUY, "0", "1", hotline=hotline)

    assert call.prompts.count(Prompt.READ_BACK_BUY) == 2
    assert len(hotline.booked) == 1


async def test_0_in_a_field_is_a_digit() -> None:
    call = await dial("3", "600000#", "*")

    assert call.phone.introduced == []


async def test_the_transcript_tells_how_long_it_took_and_who_answered() -> None:
    call = await dial("0")

    assert ("", "agent-answered waited=12s agent=agent1 talked=40s") in call.answers


async def test_an_agent_learns_who_calls_and_no_secret() -> None:
    call = await dial("1", *LOGIN, "0")

    [told] = call.phone.introduced
    assert told == {"CALL": "pbx-1.1", "ACCOUNT": "10000001", "BRANCH": "", "LANGUAGE": "zh"}


async def test_an_agent_learns_of_no_account_before_the_login() -> None:
    call = await dial("0")

    assert call.phone.introduced[0]["ACCOUNT"] == ""


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        pytest.param(AgentOutcome.NOBODY, Prompt.AGENT_NOBODY, id="nobody"),
        pytest.param(AgentOutcome.BUSY, Prompt.AGENT_BUSY, id="busy"),
    ],
)
async def test_a_caller_whom_nobody_answers_is_told_so(
    outcome: AgentOutcome, words: Prompt
) -> None:
    call = await dial("0", "*", "*", visit=went(outcome))

    assert words in call.prompts
    assert call.prompts[-1] == Prompt.MENU_AGAIN


async def test_outside_their_hours_no_agent_is_asked_for() -> None:
    hotline = Hotline(agents=AgentDesk(clock=FakeClock(), opens=time(13), closes=time(17)))

    call = await dial("0", "*", hotline=hotline)  # it is noon

    assert call.phone.introduced == []
    assert Prompt.AGENT_CLOSED in call.prompts


@pytest.mark.parametrize(
    ("opens", "closes", "is_open"),
    [
        pytest.param(None, None, True, id="always"),
        pytest.param(time(9), time(12), False, id="over"),
        pytest.param(time(12), time(17), True, id="just-begun"),
        pytest.param(time(20), time(13), True, id="over-night"),
        pytest.param(time(20), time(8), False, id="before-the-night"),
    ],
)
def test_the_hours_of_the_agents_are_beijing_time(
    opens: time | None, closes: time | None, is_open: bool
) -> None:
    assert AgentDesk(clock=FakeClock(), opens=opens, closes=closes).is_open is is_open


# A daemon that dies while the caller waits


async def test_a_caller_who_waited_while_the_daemon_died_need_not_wait_again() -> None:
    hotline = Hotline()
    await dial("1", *LOGIN, "0", visit=asyncio.CancelledError(), hotline=hotline)
    back = FakePhone("*")
    back.untold_visit = ANSWERED

    call = await hotline.take(back)

    assert back.introduced == []
    assert call.prompts[0] == Prompt.AGENT_ENDED
    assert Prompt.MENU_BUY in call.prompts
    assert call.turns[0].outcome.startswith("agent-answered")


async def test_who_presses_0_after_coming_back_waits_again() -> None:
    hotline = Hotline()
    await dial("0", visit=asyncio.CancelledError(), hotline=hotline)
    back = FakePhone("0", "*")
    back.untold_visit = ANSWERED

    await hotline.take(back)

    assert len(back.introduced) == 1


async def test_a_daemon_that_died_before_the_wait_began_lets_it_begin() -> None:
    hotline = Hotline()
    await hotline.dial_and_die("0", at=4)
    back = FakePhone("*")
    await hotline.take(back)

    assert len(back.introduced) == 1


# Messages


def the_ticket(hotline: Hotline) -> Ticket:
    [ticket] = hotline.tickets.kept.values()
    return ticket


@pytest.mark.parametrize(
    ("script", "visit"),
    [
        pytest.param(("0", "12s#"), went(AgentOutcome.MESSAGE), id="while-waiting"),
        pytest.param(("0", "1", "12s#"), went(AgentOutcome.NOBODY), id="nobody-there"),
        pytest.param(("0", "1", "12s#"), went(AgentOutcome.BUSY), id="all-busy"),
    ],
)
async def test_a_message_for_the_agents_is_a_ticket_whose_number_is_told(
    script: tuple[str, ...], visit: AgentVisit
) -> None:
    hotline = Hotline()

    call = await dial(*script, "*", visit=visit, hotline=hotline)

    ticket = the_ticket(hotline)
    assert (ticket.kind, ticket.seconds) == (TicketKind.VOICEMAIL, 12)
    assert ticket.call_back.number == make.call().caller
    assert call.heard(Prompt.VOICEMAIL_TAKEN, number=ticket.number)
    assert call.prompts[-1] == Prompt.MENU_AGAIN


async def test_outside_their_hours_a_message_may_be_left_at_once() -> None:
    hotline = Hotline(agents=AgentDesk(clock=FakeClock(), opens=time(13), closes=time(17)))

    await dial("2", *LOGIN, "0", "1", "12s#", hotline=hotline)

    assert the_ticket(hotline).account == "10000001"


@pytest.mark.parametrize("says", ["0s#", "*"], ids=["nothing", "no-message"])
async def test_who_says_nothing_leaves_no_ticket_and_is_back_in_the_menu(says: str) -> None:
    hotline = Hotline()
    script = ("0", "1", says) if says != "*" else ("0", "*")

    call = await dial(*script, "*", visit=went(AgentOutcome.NOBODY), hotline=hotline)

    assert hotline.tickets.kept == {}
    assert call.prompts[-1] == Prompt.MENU_AGAIN


async def test_silence_at_the_offer_leads_back_to_the_menu() -> None:
    call = await dial("0", SILENCE, SILENCE, SILENCE, "*", visit=went(AgentOutcome.NOBODY))

    assert Prompt.GOODBYE not in call.prompts
    assert call.end is CallEnd.HUNG_UP


async def test_who_waited_while_the_daemon_died_and_pressed_1_leaves_the_message() -> None:
    hotline = Hotline()
    await dial("0", visit=asyncio.CancelledError(), hotline=hotline)
    back = FakePhone("12s#", "*")
    back.untold_visit = went(AgentOutcome.MESSAGE)

    await hotline.take(back)

    assert the_ticket(hotline).seconds == 12


# A daemon that dies while the caller speaks


def said_for(number: str, seconds: float) -> dict[str, Message]:
    message = Message(file=f"/rec/{number}.wav", seconds=seconds, ending=Spoken.SILENCE)
    return {number: message}


async def speaks_while_the_daemon_dies(hotline: Hotline) -> str:
    """Return the number of the ticket that it would have been."""
    phone = FakePhone("1", *LOGIN, "0", "1", ends_with=asyncio.CancelledError)
    phone.visits.append(went(AgentOutcome.NOBODY))
    died = await hotline.take(phone)
    return died.place.draft[VOICEMAIL]


async def test_a_message_to_a_daemon_that_died_is_a_ticket_whose_number_is_told() -> None:
    hotline = Hotline()
    number = await speaks_while_the_daemon_dies(hotline)
    back = FakePhone("*")
    back.listened_before = said_for(number, 12)

    call = await hotline.take(back)

    ticket = the_ticket(hotline)
    assert (ticket.kind, ticket.seconds) == (TicketKind.VOICEMAIL, 12)
    assert (ticket.recording, ticket.account) == (f"/rec/{number}.wav", "10000001")
    assert call.heard(Prompt.VOICEMAIL_TAKEN, number=number)
    assert VOICEMAIL not in call.place.draft
    assert back.introduced == []
    assert Prompt.MENU_BUY in call.prompts


@pytest.mark.parametrize("seconds", [0.4, None], ids=["a-breath", "nothing"])
async def test_who_had_not_spoken_when_the_daemon_died_is_told_so_and_is_back(
    seconds: float | None,
) -> None:
    hotline = Hotline()
    number = await speaks_while_the_daemon_dies(hotline)
    back = FakePhone("*")
    back.listened_before = said_for(number, seconds) if seconds else {}

    call = await hotline.take(back)

    assert hotline.tickets.kept == {}
    assert call.heard(Prompt.VOICEMAIL_NOT_HEARD)
    assert Prompt.MENU_BUY in call.prompts


async def test_a_message_that_is_a_ticket_is_no_second_one() -> None:
    hotline = Hotline()
    number = await speaks_while_the_daemon_dies(hotline)
    for _ in range(2):
        back = FakePhone(hangs_up_at_once=True)
        back.listened_before = said_for(number, 12)
        await hotline.take(back)

    assert the_ticket(hotline).number == number
