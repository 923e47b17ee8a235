"""What was said in a call that ended while no daemon was there."""

import pytest

from callcenter.domain.accounts import AccountId
from callcenter.domain.calls import Call, CallId, Place
from callcenter.domain.tickets import TicketKind
from callcenter.ivr.messages import COMPLAINT, VOICEMAIL, LeftMessages
from callcenter.ivr.phone import Message, Spoken
from callcenter.tickets.service import Tickets
from tests import make
from tests.fakes.clock import FakeClock
from tests.fakes.store import FakeCallBook
from tests.fakes.tickets import FakeTicketBook

NUMBER = "80000007"


class Disk:
    """What Asterisk has written down, in seconds."""

    def __init__(self, **seconds: float) -> None:
        self.seconds = seconds

    async def kept(self, call: Call, name: str) -> Message | None:
        seconds = self.seconds.get(f"{call.id}-{name}")
        if seconds is None:
            return None
        return Message(file=f"/rec/{name}.wav", seconds=seconds, ending=Spoken.SILENCE)


async def rescued(tickets: FakeTicketBook, disk: Disk, **draft: str) -> None:
    """Have a call end in the middle of something, and look at what it has left, twice."""
    book, call = FakeCallBook(), make.call()
    await book.open(call)
    await book.keep_place(call.id, Place(account=AccountId("10000001"), draft=draft))
    left = LeftMessages(book, Tickets(tickets, FakeClock()), disk.kept)
    await left.rescue(call.id)
    await left.rescue(call.id)


@pytest.mark.parametrize(
    ("name", "kind"),
    [(COMPLAINT, TicketKind.COMPLAINT), (VOICEMAIL, TicketKind.VOICEMAIL)],
)
async def test_what_was_said_is_a_ticket_once(name: str, kind: TicketKind) -> None:
    tickets = FakeTicketBook()

    await rescued(tickets, Disk(**{f"pbx-1.1-{NUMBER}": 9.5}), **{name: NUMBER})

    [ticket] = tickets.kept.values()
    assert (ticket.number, ticket.kind, ticket.seconds) == (NUMBER, kind, 9.5)
    assert (ticket.recording, ticket.account) == (f"/rec/{NUMBER}.wav", "10000001")
    assert ticket.station == make.station()
    assert len(tickets.trail) == 1


@pytest.mark.parametrize(
    ("seconds", "draft"),
    [
        pytest.param({}, {VOICEMAIL: NUMBER}, id="no-file"),
        pytest.param({f"pbx-1.1-{NUMBER}": 0.4}, {VOICEMAIL: NUMBER}, id="a-breath"),
        pytest.param({f"pbx-1.1-{NUMBER}": 9.5}, {}, id="nobody-was-asked-to-speak"),
    ],
)
async def test_what_was_not_said_is_none(seconds: dict[str, float], draft: dict[str, str]) -> None:
    tickets = FakeTicketBook()

    await rescued(tickets, Disk(**seconds), **draft)

    assert tickets.kept == {}


async def test_a_call_that_nobody_knows_has_left_nothing() -> None:
    tickets = FakeTicketBook()

    left = LeftMessages(FakeCallBook(), Tickets(tickets, FakeClock()), Disk().kept)
    await left.rescue(CallId("pbx-1.1"))

    assert tickets.kept == {}
