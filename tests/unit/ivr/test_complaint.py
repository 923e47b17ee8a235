"""A complaint: what is said, when to call back, and the ticket that comes of it."""

import asyncio

import pytest

from callcenter.domain.calls import WITHHELD, CallEnd
from callcenter.domain.refusals import Refusal
from callcenter.domain.tickets import CallBack, Daypart, Ticket, TicketKind, TicketState
from callcenter.ivr.messages import COMPLAINT
from callcenter.ivr.phone import Message, Spoken
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.reasons import refusal_words
from tests import make
from tests.fakes.phone import SILENCE, FakePhone
from tests.unit.ivr.hotline_of import LOGIN, Hotline

HERE = make.call().caller
SAYS = "12s#"


def the_ticket(hotline: Hotline) -> Ticket:
    [ticket] = hotline.tickets.kept.values()
    return ticket


@pytest.mark.parametrize(
    ("key", "when"),
    [("1", Daypart.MORNING), ("2", Daypart.AFTERNOON), ("3", Daypart.EVENING)],
)
async def test_a_complaint_is_a_ticket_with_its_recording_and_when_to_call_back(
    key: str, when: Daypart
) -> None:
    hotline = Hotline()

    call = await hotline.dial("8", SAYS, "62345678#", key)

    ticket = the_ticket(hotline)
    assert (ticket.kind, ticket.state) == (TicketKind.COMPLAINT, TicketState.OPEN)
    assert ticket.recording == f"/rec/{ticket.number}.wav"
    assert ticket.seconds == 12
    assert ticket.call_back == CallBack(number="62345678", when=when)
    assert (ticket.station, ticket.account) == (make.station(), None)
    assert call.heard(Prompt.COMPLAINT_TAKEN, number=ticket.number)


async def test_pound_alone_means_the_number_of_the_call() -> None:
    hotline = Hotline()

    await hotline.dial("8", SAYS, "#", "2")

    assert the_ticket(hotline).call_back == CallBack(number=HERE, when=Daypart.AFTERNOON)


async def test_who_withholds_the_number_must_key_one() -> None:
    hotline = Hotline()

    call = await hotline.dial("8", SAYS, "#", "62345678#", "1", call=make.call(caller=WITHHELD))

    assert call.heard(Prompt.COMPLAINT_ASK_NUMBER_WITHHELD)
    assert call.heard(Prompt.NO_DEFAULT)
    assert the_ticket(hotline).call_back.number == "62345678"


async def test_a_customer_who_has_logged_in_is_written_on_the_ticket() -> None:
    hotline = Hotline()

    await hotline.dial("2", *LOGIN, "*", "8", SAYS, "#", "1")

    assert the_ticket(hotline).account == "10000001"


async def test_the_number_of_the_ticket_is_said_again_on_demand() -> None:
    hotline = Hotline()

    call = await hotline.dial("8", SAYS, "#", "1", "#", "*")

    assert call.prompts.count(Prompt.COMPLAINT_TAKEN) == 2
    assert call.prompts[-1] == Prompt.MENU_AGAIN


async def test_a_burst_of_keys_ends_the_complaint_only_after_it_has_begun() -> None:
    hotline = Hotline()

    call = await hotline.dial("8#", SAYS, "#", "1")

    assert call.phone.dropped == "#"
    assert the_ticket(hotline).seconds == 12


async def test_keys_behind_the_complaint_answer_what_is_asked_next() -> None:
    hotline = Hotline()

    await hotline.dial("8", "12s##3")

    assert the_ticket(hotline).call_back == CallBack(number=HERE, when=Daypart.EVENING)


# Nothing said


@pytest.mark.parametrize("nothing", ["0s#", "0.4s#", SILENCE], ids=["pound", "breath", "silence"])
async def test_who_says_nothing_is_asked_again_and_makes_no_ticket(nothing: str) -> None:
    hotline = Hotline()

    call = await hotline.dial("8", *[nothing] * 3)

    assert call.prompts.count(Prompt.COMPLAINT_NOT_HEARD) == 3
    assert call.prompts[-1] == Prompt.MENU_AGAIN
    assert hotline.tickets.kept == {}


async def test_who_hangs_up_before_a_word_makes_no_ticket() -> None:
    hotline = Hotline()

    await hotline.dial("8")

    assert hotline.tickets.kept == {}


# Cut short


async def test_who_hangs_up_while_speaking_has_complained() -> None:
    hotline = Hotline()

    call = await hotline.dial("8", "5s")

    ticket = the_ticket(hotline)
    assert (ticket.seconds, ticket.call_back) == (5, CallBack(number=HERE))
    assert call.end is CallEnd.HUNG_UP


async def test_who_hangs_up_after_speaking_has_complained() -> None:
    hotline = Hotline()

    await hotline.dial("8", SAYS, "62345678#")

    assert the_ticket(hotline).call_back == CallBack(number=HERE)


@pytest.mark.parametrize(
    "keys",
    [
        pytest.param(["*"], id="back"),
        pytest.param([SILENCE] * 3, id="silence"),
        pytest.param(["62345678#", "*", "*"], id="back-from-the-time"),
        pytest.param(["1#", "2#", "12#"], id="no-numbers"),
    ],
)
async def test_who_does_not_say_when_is_told_the_number_of_the_ticket_all_the_same(
    keys: list[str],
) -> None:
    hotline = Hotline()

    call = await hotline.dial("8", SAYS, *keys)

    ticket = the_ticket(hotline)
    assert ticket.call_back == CallBack(number=HERE)
    assert call.heard(Prompt.COMPLAINT_TAKEN, number=ticket.number)


async def test_what_is_no_telephone_number_is_refused_with_its_message_number() -> None:
    hotline = Hotline()

    call = await hotline.dial("8", SAYS, "12#", "62345678#", "1")

    assert call.heard(refusal_words(Refusal.NOT_A_TELEPHONE_NUMBER))
    assert the_ticket(hotline).call_back.number == "62345678"


# Things that break


async def test_a_pbx_that_cannot_record_is_told_and_makes_no_ticket() -> None:
    hotline = Hotline()
    phone = FakePhone("8", SILENCE)
    phone.records = False

    call = await hotline.take(phone)

    assert call.heard(refusal_words(Refusal.CANNOT_RECORD))
    assert hotline.tickets.kept == {}


async def test_without_the_store_nobody_is_asked_to_speak() -> None:
    hotline = Hotline()
    hotline.tickets.gone = True

    call = await hotline.dial("8", SILENCE)

    assert not call.heard(Prompt.COMPLAINT_ASK)
    assert call.heard(refusal_words(Refusal.STORE_UNAVAILABLE))


# A daemon that dies


async def test_a_complaint_that_was_made_is_not_asked_for_again() -> None:
    hotline = Hotline()

    await hotline.dial_and_die("8", SAYS)
    call = await hotline.dial("62345678#", "1")

    assert call.phone.messages == []
    assert the_ticket(hotline).call_back == CallBack(number="62345678", when=Daypart.MORNING)


async def test_a_daemon_that_dies_while_somebody_speaks_makes_one_ticket_in_the_end() -> None:
    hotline = Hotline()

    await hotline.dial_and_die("8")
    call = await hotline.dial(SAYS, "#", "1")

    assert call.phone.messages == [the_ticket(hotline).number]


async def test_a_ticket_that_is_complete_is_only_told_again() -> None:
    hotline = Hotline()

    await hotline.dial_and_die("8", SAYS, "#", "1", at_once=True)
    call = await hotline.dial("*")

    assert call.prompts[0] == Prompt.COMPLAINT_TAKEN
    assert the_ticket(hotline).call_back.when is Daypart.MORNING


async def test_a_complaint_to_a_daemon_that_died_is_not_asked_for_again() -> None:
    hotline = Hotline()
    phone = FakePhone("8", ends_with=asyncio.CancelledError)
    number = (await hotline.take(phone)).place.draft[COMPLAINT]
    back = FakePhone("62345678#", "1")
    said = Message(file="/rec/a.wav", seconds=7, ending=Spoken.SILENCE)
    back.listened_before = {number: said}

    call = await hotline.take(back)

    assert (the_ticket(hotline).number, the_ticket(hotline).seconds) == (number, 7)
    assert call.phone.messages == []
    assert call.heard(Prompt.COMPLAINT_TAKEN, number=number)
