"""What earlier calls of a customer were in the middle of, and for how long that is offered."""

from datetime import timedelta

from callcenter.domain.accounts import AccountId
from callcenter.domain.calls import WITHHELD, Call, LeftOff
from callcenter.domain.clock import Clock
from callcenter.ivr.ports import CallBook


class LastCalls:
    """Looks back from a call to the one before it, from the same number."""

    def __init__(self, book: CallBook, clock: Clock, *, within: timedelta) -> None:
        self._book = book
        self._clock = clock
        self._within = within

    async def left_off(self, call: Call, account: AccountId) -> LeftOff | None:
        """Return what the call before was dropped in the middle of, if that is not too old."""
        if call.caller == WITHHELD or not self._within:
            return None
        return await self._book.left_off(call, account, self._clock.now() - self._within)

    async def take_over(self, left: LeftOff) -> bool:
        """Return whether this call alone may go on with it, or has put an end to it."""
        return await self._book.take_over(left.call)
