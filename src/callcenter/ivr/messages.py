"""What callers say after a tone: what is enough of it, and what becomes of it if a daemon dies."""

from collections.abc import Awaitable, Callable
from typing import Final, Protocol, TypeGuard

from callcenter.domain.calls import Call, CallId, Place
from callcenter.domain.orders import Station
from callcenter.domain.tickets import TicketKind, TicketNumber
from callcenter.ivr.phone import Message
from callcenter.tickets.service import Tickets

# Under which name a call remembers the ticket that is being spoken.
COMPLAINT: Final = "ticket"
VOICEMAIL: Final = "voicemail"

_KINDS: Final = {COMPLAINT: TicketKind.COMPLAINT, VOICEMAIL: TicketKind.VOICEMAIL}
_SHORTEST_S: Final = 1.0  # a breath or a click is no message

Kept = Callable[[Call, str], Awaitable[Message | None]]


def is_enough(message: Message | None) -> TypeGuard[Message]:
    """Tell whether something was said."""
    return message is not None and message.seconds >= _SHORTEST_S


class Places(Protocol):
    """The part of the call book that knows where a call was."""

    async def last_seen(self, call: CallId) -> tuple[Call, Place] | None: ...


class LeftMessages:
    """
    Makes tickets of what was said in calls that ended while no daemon was there.

    `kept` finds what Asterisk has written down under the number of a ticket.
    """

    def __init__(self, book: Places, tickets: Tickets, kept: Kept) -> None:
        self._book = book
        self._tickets = tickets
        self._kept = kept

    async def rescue(self, call_id: CallId) -> None:
        """Open the ticket that this call has no more come to; as often as one likes."""
        seen = await self._book.last_seen(call_id)
        if seen is None:
            return
        call, place = seen
        for name, kind in _KINDS.items():
            if number := place.draft.get(name):
                await self._open(TicketNumber(number), kind, call, place)

    async def _open(self, number: TicketNumber, kind: TicketKind, call: Call, place: Place) -> None:
        message = await self._kept(call, number)
        if not is_enough(message):
            return
        await self._tickets.open(
            number,
            kind,
            Station(call=call.id, caller=call.caller, did=call.did, branch=call.branch),
            recording=message.file,
            seconds=message.seconds,
            account=place.account,
        )
