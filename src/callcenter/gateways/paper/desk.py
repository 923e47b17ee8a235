"""What an operator may ask of the paper counter, and do to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from callcenter.domain.accounts import AccountId
from callcenter.gateways.paper import books
from callcenter.gateways.paper.audit import Finding, audit
from callcenter.gateways.paper.clerk import Clerk
from callcenter.gateways.paper.database import Database
from callcenter.gateways.paper.faults import Faults, all_faults, clear_faults, set_faults
from callcenter.gateways.paper.sessions import ClockMode, Hours, Moment

_FIGURES: Final = """
    SELECT (SELECT max(day) FROM paper.days) AS settled,
        (SELECT count(*) FROM paper.orders WHERE trade_date = $1) AS orders,
        (SELECT count(*) FROM paper.orders
         WHERE state = 'accepted' AND cancelled IS NULL) AS open_orders,
        (SELECT count(*) FROM paper.fills WHERE trade_date = $1) AS fills
"""
_SET_CLOCK: Final = """
    INSERT INTO paper.clock (mode, stands_at) VALUES ($1, $2)
    ON CONFLICT (one) DO UPDATE SET mode = excluded.mode, stands_at = excluded.stands_at
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How the counter stands: its own time, and its books of that day."""

    moment: Moment
    settled: date | None  # the last day that was
    orders: int  # of the day
    open_orders: int  # of any day
    fills: int  # of the day
    faults: Mapping[AccountId, Faults]


class Desk:
    """Where the paper counter is operated. Raises `CounterUnavailable` when it is away."""

    def __init__(self, database: Database, hours: Hours, clerk: Clerk) -> None:
        self._database = database
        self._hours = hours
        self._clerk = clerk

    async def status(self) -> Status:
        async with self._database.connection() as c:
            moment = await books.moment(c, self._hours)
            faults = await all_faults(c)
        async with self._database.long_work() as c:
            figures = await c.fetchrow(_FIGURES, moment.day)
        return Status(moment=moment, faults=faults, **dict(figures or {}))

    async def settle(self, day: date | None) -> int | None:
        """Roll a day; return how many orders expired, None if it was rolled before."""
        return await self._clerk.settle(day)

    async def audit(self) -> list[Finding]:
        """Prove the books; return what is wrong with them."""
        async with self._database.long_work() as c:
            return await audit(c)

    async def set_faults(self, account: AccountId, faults: Faults) -> None:
        async with self._database.connection() as c:
            await set_faults(c, account, faults)

    async def clear_faults(self, account: AccountId | None) -> None:
        """End the faults of an account; of all, and those for all, if none is named."""
        async with self._database.connection() as c:
            await clear_faults(c, account)

    async def set_clock(self, mode: ClockMode, stands_at: datetime | None = None) -> None:
        """Override the configured mode; `stands_at` is for the mode SET, and only for it."""
        async with self._database.connection() as c:
            await c.execute(_SET_CLOCK, mode, stands_at)

    async def free_clock(self) -> None:
        """Go back to the configured mode."""
        async with self._database.connection() as c:
            await c.execute("DELETE FROM paper.clock")
