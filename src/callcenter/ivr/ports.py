"""What the conversation needs besides a telephone. `callcenter.storage` provides it."""

from datetime import datetime
from typing import Protocol

from callcenter.domain.accounts import AccountId
from callcenter.domain.calls import Call, CallEnd, CallId, LeftOff, Place, Turn


class CallBook(Protocol):
    """The log of calls. It survives the daemon, so that a call can go on in another one."""

    async def open(self, call: Call, menu: int | None = None) -> Place | None:
        """
        Write down that the call is here, with its menu; return its place if it was here before.

        Raise `StoreUnavailable` if it cannot be written.
        """
        ...

    async def keep_place(self, call: CallId, place: Place) -> None:
        """Remember where the conversation is."""
        ...

    def write_turn(self, call: CallId, turn: Turn) -> None:
        """Add a turn to the transcript. Written behind the call; at most one second may be lost."""
        ...

    async def left_off(self, call: Call, account: AccountId, since: datetime) -> LeftOff | None:
        """
        Return what the call before this one was in the middle of when it was dropped.

        That is the last one of the account from the same number. None if it has not ended, ended
        before `since` or in good order, had been told nothing, or has been taken over.
        """
        ...

    async def take_over(self, call: CallId) -> bool:
        """
        Have a call that is over forget what it was in the middle of; False if it had already.

        Who gets True may go on with it, and nobody else ever will.
        """
        ...

    async def close(self, call: CallId, end: CallEnd, at: datetime) -> None:
        """Write down how the call ended, after its last turn. The first end stands."""
        ...
