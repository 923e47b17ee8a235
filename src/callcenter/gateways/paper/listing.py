"""The counter's list of securities: taken over whole, and searched by the keys of a telephone."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import asyncpg

from callcenter.domain.securities import Security
from callcenter.gateways.paper.database import Connection, Database
from callcenter.gateways.paper.listing_file import Listed
from callcenter.gateways.paper.queries import security_of
from callcenter.trading.ports import Listing

_KEYS: Final = re.compile(r"[0-9]{2,32}")
# Letters as they are on the keys of a telephone (ITU-T E.161).
_SEARCH: Final = """
    SELECT s.* FROM paper.securities s, LATERAL (
        SELECT min(length(keyed)) AS length
        FROM (SELECT translate(reading, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', '22233344455566677778889999')
              FROM unnest(s.initials) AS reading) AS readings (keyed)
        WHERE keyed LIKE $1 || '%'
    ) AS fitting
    WHERE fitting.length IS NOT NULL
    ORDER BY fitting.length, array_position(ARRAY['SH', 'SZ', 'BJ'], s.market), s.code
    LIMIT $2
"""
_KEPT: Final = "SELECT * FROM paper.securities WHERE id = ANY($1)"
_TAKE_OVER: Final = """
    INSERT INTO paper.securities AS s (id, market, code, name, name_en, board, suspended,
        suspended_by_broker, st, t0, listed_on, delisting_from, kind, initials, previous_close,
        last, high, low, bid, ask, volume)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,
        $15, $15, $15, $15, $15, 0)
    ON CONFLICT (id) DO UPDATE SET (name, name_en, board, suspended, suspended_by_broker, st, t0,
        listed_on, delisting_from, kind, initials) = (EXCLUDED.name, EXCLUDED.name_en,
        EXCLUDED.board, EXCLUDED.suspended, EXCLUDED.suspended_by_broker, EXCLUDED.st, EXCLUDED.t0,
        EXCLUDED.listed_on, EXCLUDED.delisting_from, EXCLUDED.kind, EXCLUDED.initials)
"""
# Another base is another day: what was traded at the old one says nothing any more.
_NEW_BASE: Final = """
    UPDATE paper.securities SET previous_close = $2, last = $2, high = $2, low = $2, bid = $2,
        ask = $2, volume = 0
    WHERE id = $1 AND previous_close <> $2
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What a list changes, or would change; in numbers of securities."""

    new: int
    changed: int
    unchanged: int


class PaperListing(Listing):
    """Every method raises `CounterUnavailable` while the counter's database is away."""

    def __init__(self, dsn: str) -> None:
        self._database = Database(dsn, connections=1)

    async def start(self) -> None:
        await self._database.start()

    async def stop(self) -> None:
        await self._database.stop()

    async def search(self, keys: str, *, most: int = 20) -> Sequence[Security]:
        if not _KEYS.fullmatch(keys):
            return []
        async with self._database.connection() as c:
            return [security_of(row) for row in await c.fetch(_SEARCH, keys, most)]

    async def take_over(self, listed: Sequence[Listed], *, dry_run: bool = False) -> Changes:
        """
        Bring the counter's list to what the file says, all of it or nothing.

        What the file leaves out stays listed: somebody may hold it.
        """
        async with self._database.long_work() as c, c.transaction():
            kept = {row["id"]: row for row in await c.fetch(_KEPT, [_id(one) for one in listed])}
            old = [one for one in listed if _id(one) in kept]
            changed = [one for one in old if not _is_kept(one, kept[_id(one)])]
            new = [one for one in listed if _id(one) not in kept]
            if not dry_run:
                await _write(c, [*new, *changed])
        return Changes(new=len(new), changed=len(changed), unchanged=len(old) - len(changed))


async def _write(c: Connection, listed: Sequence[Listed]) -> None:
    await c.executemany(_TAKE_OVER, [_values(one) for one in listed])
    await c.executemany(_NEW_BASE, [(_id(one), one.previous_close) for one in listed])


def _id(listed: Listed) -> str:
    return listed.security.id


def _values(listed: Listed) -> tuple[object, ...]:
    security = listed.security
    return (
        security.id,
        security.market,
        security.code,
        security.name,
        security.name_en,
        security.board,
        security.suspended,
        security.suspended_by_broker,
        security.st,
        security.t0,
        security.listed_on,
        security.delisting_from,
        security.kind,
        [*listed.initials],
        listed.previous_close,
    )


def _is_kept(listed: Listed, row: asyncpg.Record) -> bool:
    return (
        security_of(row) == listed.security
        and row["previous_close"] == listed.previous_close
        and tuple(row["initials"]) == listed.initials
    )
