"""Tickets as calls and people use them."""

from datetime import timedelta

from callcenter.domain.accounts import AccountId
from callcenter.domain.audit import Action
from callcenter.domain.tickets import (
    CallBack,
    Daypart,
    TicketEvent,
    TicketKind,
    TicketNumber,
    TicketState,
)
from callcenter.tickets.service import Tickets
from tests import make
from tests.fakes.clock import FakeClock
from tests.fakes.tickets import FakeTicketBook


class Desk:
    """Tickets over a record in memory."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.book = FakeTicketBook()
        self.tickets = Tickets(self.book, self.clock)

    async def voicemail(self, number: TicketNumber) -> bool:
        return await self.tickets.open(
            number,
            TicketKind.VOICEMAIL,
            make.station(),
            recording="/rec/1.wav",
            seconds=4.04,
            account=AccountId("10000001"),
        )


async def test_a_voicemail_is_called_back_at_the_number_of_the_call() -> None:
    desk = Desk()
    number = await desk.tickets.new_number()

    assert await desk.voicemail(number)

    ticket = await desk.tickets.find(number)
    assert ticket is not None
    assert (ticket.kind, ticket.call_back) == (
        TicketKind.VOICEMAIL,
        CallBack(number=make.station().caller),
    )


async def test_a_ticket_that_is_opened_again_after_a_crash_stays_as_it_is() -> None:
    desk = Desk()
    number = await desk.tickets.new_number()
    await desk.voicemail(number)
    desk.clock.forward(timedelta(minutes=1))

    assert not await desk.voicemail(number)

    ticket = await desk.tickets.find(number)
    assert ticket is not None
    assert ticket.opened_at == make.NOON


async def test_every_step_is_in_the_audit_trail_with_whoever_took_it() -> None:
    desk = Desk()
    number = await desk.tickets.new_number()
    await desk.voicemail(number)
    await desk.tickets.wish(number, CallBack(number="62345678", when=Daypart.EVENING))
    await desk.tickets.called_back(number, by="li", note="nobody there")
    await desk.tickets.close(number, by="li", note="settled")

    assert [(entry.action, entry.outcome, dict(entry.details)) for entry in desk.book.trail] == [
        (
            Action.TICKET,
            "open",
            {
                "ticket": number,
                "kind": "voicemail",
                "seconds": "4.0",
                "call_back": "+8613800138000",
            },
        ),
        (
            Action.TICKET_CALL_BACK,
            "open",
            {"ticket": number, "call_back": "62345678", "when": "evening"},
        ),
        (
            Action.TICKET_MOVED,
            "called-back",
            {"ticket": number, "by": "li", "note": "nobody there"},
        ),
        (Action.TICKET_MOVED, "closed", {"ticket": number, "by": "li", "note": "settled"}),
    ]
    assert {entry.account for entry in desk.book.trail} == {"10000001"}


async def test_the_history_tells_who_did_what() -> None:
    desk = Desk()
    number = await desk.tickets.new_number()
    await desk.voicemail(number)
    await desk.tickets.close(number, by="li", note="settled")

    assert desk.book.events[number][-1] == TicketEvent(
        at=make.NOON, state=TicketState.CLOSED, by="li", note="settled"
    )


async def test_a_ticket_that_nobody_knows_cannot_be_worked_on() -> None:
    desk = Desk()
    nobodys = TicketNumber("89999999")

    assert not await desk.tickets.wish(nobodys, CallBack(number="1"))
    assert not await desk.tickets.close(nobodys, by="li", note="settled")
    assert desk.book.trail == []
