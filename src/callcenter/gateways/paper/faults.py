"""Misbehaviour on demand: what a real counter does on a bad day, for tests and demonstrations."""

from dataclasses import dataclass, fields
from typing import Any, Final

import asyncpg

from callcenter.domain.accounts import AccountId
from callcenter.domain.refusals import Refusal
from callcenter.gateways.paper.database import Connection

EVERYONE: Final = AccountId("*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """What goes wrong with an order on its way. Nothing, unless said."""

    before_s: float = 0.0  # it is booked late
    after_s: float = 0.0  # it is booked and the answer is late
    silent: bool = False  # it never arrives, and nothing is answered
    rejects: Refusal | None = None  # it is refused for this reason
    cancel_s: float = 0.0  # a wish to cancel is taken and carried out late
    cancel_silent: bool = False  # a wish never arrives, and nothing is answered
    cancel_rejects: Refusal | None = None  # a wish is refused for this reason
    events_s: float = 0.0  # events come late
    events_twice: bool = False
    fills_first: bool = False  # a fill is told before the order that it belongs to


NO_FAULTS: Final = Faults()
COLUMNS: Final = tuple(field.name for field in fields(Faults))

_READ: Final = """
    SELECT * FROM paper.faults WHERE account IN ($1, $2) ORDER BY account = $2 LIMIT 1
"""
_ALL: Final = "SELECT * FROM paper.faults"
_SET: Final = f"""
    INSERT INTO paper.faults (account, {", ".join(COLUMNS)})
    VALUES ($1, {", ".join(f"${n}" for n in range(2, len(COLUMNS) + 2))})
    ON CONFLICT (account) DO UPDATE
    SET ({", ".join(COLUMNS)}) = ROW({", ".join(f"excluded.{name}" for name in COLUMNS)})
"""  # noqa: S608  (the names are fields of ours)
_CLEAR: Final = "DELETE FROM paper.faults WHERE $1::text IS NULL OR account = $1"


async def read_faults(c: Connection, account: AccountId) -> Faults | None:
    """Return the faults of an account, else those of everyone, or None if the table has neither."""
    row = await c.fetchrow(_READ, account, EVERYONE)
    return None if row is None else faults_of(row)


async def all_faults(c: Connection) -> dict[AccountId, Faults]:
    """Return every row of the table; the one of `EVERYONE` stands for whoever has none."""
    return {AccountId(row["account"]): faults_of(row) for row in await c.fetch(_ALL)}


async def set_faults(c: Connection, account: AccountId, faults: Faults) -> None:
    await c.execute(_SET, account, *(getattr(faults, name) for name in COLUMNS))


async def clear_faults(c: Connection, account: AccountId | None) -> None:
    """End the faults of an account, or all of them."""
    await c.execute(_CLEAR, account)


def faults_of(row: asyncpg.Record) -> Faults:
    values: dict[str, Any] = {name: row[name] for name in COLUMNS}
    for name in ("rejects", "cancel_rejects"):
        if values[name] is not None:
            values[name] = Refusal(values[name])
    return Faults(**values)
