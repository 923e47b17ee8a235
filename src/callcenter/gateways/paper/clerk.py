"""What the counter does by itself: it fills orders, carries out late cancels and rolls the day."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import groupby
from operator import itemgetter
from typing import Final

import asyncpg
import structlog

from callcenter.domain.errors import CounterUnavailable
from callcenter.domain.orders import ClientOrderId, OrderKind, Side
from callcenter.domain.securities import Board
from callcenter.gateways.paper import books
from callcenter.gateways.paper.database import Connection, Database
from callcenter.gateways.paper.matching import Made, Market, Outcome, Resting, match
from callcenter.gateways.paper.quoting import take_quotes
from callcenter.gateways.paper.sessions import TRADES, Hours, Moment, Phase
from callcenter.gateways.paper.terms import Listed, is_free, limits_of, tick_of
from callcenter.trading.ports import MarketFeed

log = structlog.get_logger()

AT_ONCE: Final = 2000  # orders that one pass looks at
_FROM_EACH: Final = 200  # side of a security, or one that everybody wants would keep out the rest

_ONLY_ONE: Final = "SELECT pg_try_advisory_xact_lock(hashtext('paper.clerk'))"
# Those that cross the market, or have to be looked at once: the best of each side of a security.
# $2: there is trading; $3: a call makes the last price; $4: orders at the close are filled.
_RESTING: Final = """
    SELECT * FROM (
        SELECT o.client_id, o.contract, o.security, o.side, o.kind, o.price, o.works_at,
               (o.quantity - o.filled)::bigint AS rest,
               s.last, s.bid, s.ask, s.previous_close, s.board, s.listed_on, s.delisting_from,
               row_number() OVER (PARTITION BY o.security, o.side ORDER BY
                   CASE o.side WHEN 'buy' THEN -o.works_at ELSE o.works_at END NULLS FIRST,
                   o.contract) AS turn
        FROM paper.orders o JOIN paper.securities s ON s.id = o.security
        CROSS JOIN LATERAL (SELECT CASE o.side WHEN 'buy' THEN o.works_at >= s.last
                                               ELSE o.works_at <= s.last END AS the_last) accepts
        WHERE o.state = 'accepted' AND o.cancelled IS NULL AND NOT s.suspended
          AND CASE
              WHEN o.kind = 'after-hours' THEN $4 AND accepts.the_last
              WHEN $3 THEN accepts.the_last
              WHEN NOT $2 THEN false
              WHEN o.works_at IS NULL THEN true
              WHEN o.side = 'buy' THEN s.ask > 0 AND o.works_at >= s.ask
              ELSE s.bid > 0 AND o.works_at <= s.bid END
    ) r WHERE turn <= $5 ORDER BY turn, security LIMIT $1
"""
_FILL: Final = "SELECT paper.fill($1, $2, $3, $4, $5)"
_END: Final = "SELECT paper.end_orders($1, $2)"
_WORK_AT: Final = """
    UPDATE paper.orders o SET works_at = n.price
    FROM unnest($1::text[], $2::numeric[]) AS n (client_id, price)
    WHERE o.client_id = n.client_id AND o.cancelled IS NULL
"""
_DUE: Final = """
    SELECT client_id FROM paper.orders
    WHERE cancel_due <= $1 AND cancelled IS NULL ORDER BY cancel_due LIMIT $2
"""
_GLANCE: Final = """
    SELECT (SELECT mode FROM paper.clock) AS mode, (SELECT stands_at FROM paper.clock) AS stands_at,
        (SELECT max(day) FROM paper.days) AS rolled,
        EXISTS (SELECT FROM paper.orders WHERE state = 'accepted' AND cancelled IS NULL) AS is_open
"""
_BEGUN: Final = """
    INSERT INTO paper.days (day, settled_at, expired)
    SELECT $1, $2, 0 WHERE NOT EXISTS (SELECT FROM paper.days)
    ON CONFLICT DO NOTHING
"""
_SETTLE: Final = "SELECT paper.settle($1, $2, $3)"


class FillMode(StrEnum):
    NEVER = "never"  # orders stay as they were accepted
    MATCHING = "matching"


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What one look came to."""

    fills: int = 0
    ended: int = 0
    expired: int | None = None  # None: no day was rolled


class Clerk:
    """
    Works beside a `PaperCounter`, over the same books, in batches of its own.

    Of several only one works at a time. Quotes come from `feed`, or as the table
    `paper.securities` has them; `seed` decides how much the market offers at a price, at most
    `most_lots` hundred shares.
    """

    def __init__(
        self,
        database: Database,
        hours: Hours,
        *,
        fills: FillMode = FillMode.MATCHING,
        feed: MarketFeed | None = None,
        seed: str = "paper",
        most_lots: int = 60,
        every_s: float = 1.0,
    ) -> None:
        self._database = database
        self._hours = hours
        self._fills = fills
        self._feed = feed
        self._seed = seed
        self._most_lots = most_lots
        self._every_s = every_s

    async def run(self) -> None:
        """Work for ever. An outage is logged and outlived."""
        while True:
            try:
                done = await self.work()
            except CounterUnavailable as error:
                log.warning("paper_counter.not_working", error=str(error))
                done = Done()
            if done.fills < AT_ONCE:
                await asyncio.sleep(self._every_s)

    async def work(self) -> Done:
        """Roll the day if it is over, cancel what is due, and fill what the market fills."""
        async with self._database.connection() as c:
            [glance] = await c.fetch(_GLANCE)
        expired = await self._roll(glance)
        if not glance["is_open"]:
            return Done(expired=expired)
        done = await self._work_on_orders(expired)
        if done.fills or done.ended:
            self._database.bell.ring()
        return done

    async def _work_on_orders(self, expired: int | None) -> Done:
        if self._fills is FillMode.MATCHING and self._feed is not None:
            await take_quotes(self._database, self._feed)
        async with self._database.connection() as c, c.transaction():
            if not await c.fetchval(_ONLY_ONE):
                return Done(expired=expired)
            now = await books.moment(c, self._hours)
            ended = await _cancel_due(c, now)
            if self._fills is FillMode.NEVER:
                return Done(ended=ended, expired=expired)
            fills, killed = await self._match(c, now)
            return Done(fills=fills, ended=ended + killed, expired=expired)

    async def settle(self, day: date | None = None) -> int | None:
        """
        Roll a day, today if none is said, whether it is over or not.

        Return how many orders expired; None if it was rolled before, and nothing was done.
        """
        async with self._database.long_work() as c:
            now = await books.moment(c, self._hours)
            of = day or now.day
            expired: int | None = await c.fetchval(
                _SETTLE, of, self._hours.next_day(of, now), now.at
            )
        self._database.bell.ring()
        return expired

    async def _roll(self, glance: asyncpg.Record) -> int | None:
        now = self._hours.moment(glance["mode"], glance["stands_at"])
        yesterday = now.day - timedelta(days=1)
        if glance["rolled"] is None:
            async with self._database.connection() as c:
                await c.execute(_BEGUN, yesterday, now.at)
        if glance["rolled"] is None or glance["rolled"] >= yesterday:
            return None
        async with self._database.long_work() as c:
            expired: int | None = await c.fetchval(_SETTLE, yesterday, now.day, now.at)
        self._database.bell.ring()
        log.info("paper_counter.settled", day=yesterday.isoformat(), expired=expired)
        return expired

    def _is_free(self, row: asyncpg.Record, day: date) -> bool:
        listed = Listed(row["listed_on"], row["delisting_from"])
        return is_free(Board(row["board"]), listed, day, self._hours.trades_on)

    def _of(self, security: str) -> Made:
        return Made(seed=f"{self._seed}/{security}", most_lots=self._most_lots)

    async def _match(self, c: Connection, now: Moment) -> tuple[int, int]:
        trades, call = now.phase in TRADES, now.phase in {Phase.OPENING, Phase.CLOSING}
        close = now.phase in {Phase.AFTER_HOURS, Phase.ALWAYS_OPEN}
        if not (trades or call or close):
            return 0, 0
        rows = await c.fetch(_RESTING, AT_ONCE, trades, call, close, _FROM_EACH)
        outcomes = [
            match(
                list(map(_resting, group)),
                _market(group[0], free=self._is_free(group[0], now.day)),
                now.phase,
                self._of(name),
            )
            for name, group in _by_security(rows)
        ]
        return await _apply(c, outcomes, now) if outcomes else (0, 0)


async def _apply(c: Connection, outcomes: Sequence[Outcome], now: Moment) -> tuple[int, int]:
    """Book what came of a look: fills, then who takes on a limit, then who is done."""
    fills = ended = 0
    deals = [deal for outcome in outcomes for deal in outcome.deals]
    limits = {client_id: price for each in outcomes for client_id, price in each.limits.items()}
    done = [client_id for outcome in outcomes for client_id in outcome.ended]
    if deals:
        columns = (
            [d.client_id for d in deals],
            [d.quantity for d in deals],
            [d.price for d in deals],
        )
        fills = await c.fetchval(_FILL, *columns, now.at, now.day)
    if limits:
        await c.execute(_WORK_AT, list(limits), list(limits.values()))
    if done:
        ended = await c.fetchval(_END, done, now.at)
    return fills, ended


async def _cancel_due(c: Connection, now: Moment) -> int:
    due = [row["client_id"] for row in await c.fetch(_DUE, now.at, AT_ONCE)]
    ended: int = await c.fetchval(_END, due, now.at) if due else 0
    return ended


def _by_security(rows: Sequence[asyncpg.Record]) -> list[tuple[str, list[asyncpg.Record]]]:
    of = itemgetter("security")
    return [(name, list(group)) for name, group in groupby(sorted(rows, key=of), of)]


def _resting(row: asyncpg.Record) -> Resting:
    return Resting(
        client_id=ClientOrderId(row["client_id"]),
        contract=row["contract"],
        side=Side(row["side"]),
        kind=OrderKind(row["kind"]),
        price=row["price"],
        works_at=row["works_at"],
        rest=row["rest"],
    )


def _market(row: asyncpg.Record, *, free: bool) -> Market:
    board = Board(row["board"])
    lowest, highest = limits_of(board, row["previous_close"])
    if free:
        lowest, highest = tick_of(board), Decimal("Infinity")
    return Market(
        last=row["last"],
        bid=row["bid"],
        ask=row["ask"],
        tick=tick_of(board),
        lowest=lowest,
        highest=highest,
    )
