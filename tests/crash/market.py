"""What happens at the counter while our side looks on: cancels by its own people, and fills."""

from collections.abc import Collection
from typing import Final

from callcenter.domain.clock import Clock
from callcenter.gateways.paper.clerk import Clerk
from callcenter.gateways.paper.database import Database
from callcenter.gateways.paper.sessions import ClockMode, Hours, weekdays

_STANDING: Final = """
    SELECT client_id FROM paper.orders
    WHERE state = 'accepted' AND facts->>'caller' = ANY($1) ORDER BY contract
"""
_CANCEL: Final = "SELECT paper.cancel($1, $2, NULL)"
_EVERY_THIRD: Final = 3
_UNTOUCHED: Final = """
    SELECT EXISTS (SELECT FROM paper.orders WHERE state = 'accepted' AND facts->>'caller' = ANY($1)
        AND filled = 0 AND cancelled IS NULL)
"""
_LOOKS: Final = 20  # orders of earlier callers come first


async def move(dsn: str, clock: Clock, callers: Collection[str]) -> None:
    """Cancel every third order of these callers, and let the market fill what it fills."""
    database = Database(dsn, connections=2)
    hours = Hours(clock=clock, mode=ClockMode.ALWAYS_OPEN, is_trading_day=weekdays)
    await database.start()
    try:
        async with database.connection() as c:
            standing = await c.fetch(_STANDING, list(callers))
            for row in standing[::_EVERY_THIRD]:
                await c.execute(_CANCEL, row["client_id"], clock.now())
        clerk = Clerk(database, hours)
        for _ in range(_LOOKS):
            await clerk.work()
            async with database.connection() as c:
                if not await c.fetchval(_UNTOUCHED, list(callers)):
                    break
    finally:
        await database.stop()
