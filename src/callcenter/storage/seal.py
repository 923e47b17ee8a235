"""
The seals that make a change of the audit trail show.

Each seal's digest covers the one before it and one row, so whoever changes, removes or slips in
a row has to make all later seals anew. An anchor kept elsewhere (printed, mailed, on a write-once
disk) tells even that. `verify.py` is the other half.
"""

import asyncio
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import structlog
from sqlalchemy import Row, any_, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.errors import StoreUnavailable
from callcenter.storage.database import Database
from callcenter.storage.locks import Lock
from callcenter.storage.tables import audit_seals, audit_trail, audit_unsealed

BATCH: Final = 5_000

# Rows wait in a table, because the order of ids is not that of commits: a mark "sealed up to here"
# would skip a row that was numbered early and came late.
_NEXT: Final = select(audit_unsealed.c.audit_id).order_by(audit_unsealed.c.audit_id).limit(BATCH)
_WAITING: Final = (
    select(audit_trail)
    .where(audit_trail.c.id == any_(func.array(_NEXT.scalar_subquery())))
    .order_by(audit_trail.c.id)
)
_LAST: Final = (
    select(audit_seals.c.seal_no, audit_seals.c.digest)
    .order_by(audit_seals.c.seal_no.desc())
    .limit(1)
)
_ANY_WAITING: Final = "SELECT FROM audit_unsealed LIMIT 1"
_MINE: Final = text("SELECT pg_try_advisory_xact_lock(:lock)")
_SEAL: Final = text(
    """
    WITH sealed AS (
        INSERT INTO audit_seals (seal_no, audit_id, digest, sealed_at)
        SELECT seal_no, audit_id, digest, now() FROM unnest(
            CAST(:seal_nos AS bigint[]), CAST(:ids AS bigint[]), CAST(:digests AS bytea[])
        ) AS made (seal_no, audit_id, digest)
    )
    DELETE FROM audit_unsealed WHERE audit_id = ANY(CAST(:ids AS bigint[]))
    """
)
_CANONICAL: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """The last seal at some time. Written elsewhere, it proves that nothing before it changed."""

    seal_no: int
    digest: bytes

    def __str__(self) -> str:
        return f"{self.seal_no}:{self.digest.hex()}"

    @classmethod
    def parse(cls, written: str) -> "Anchor":
        """Return the anchor that was written down; raise ValueError if it is none."""
        seal_no, _, digest = written.strip().partition(":")
        return cls(seal_no=int(seal_no), digest=bytes.fromhex(digest))


BEGINNING: Final = Anchor(seal_no=0, digest=bytes(32))


class Sealer:
    """Seals what has been committed to the audit trail. Of many daemons one does it at a time."""

    def __init__(self, database: Database, *, every_s: float = 1.0) -> None:
        self._database = database
        self._every_s = every_s

    async def seal_once(self) -> int:
        """Seal at most `BATCH` rows and return how many; 0 if another daemon is at it."""
        if not await self._database.glance(_ANY_WAITING):
            return 0
        async with self._database.transaction() as connection:
            if not await connection.scalar(_MINE, {"lock": Lock.SEAL}):
                return 0
            rows = (await connection.execute(_WAITING)).all()
            if rows:
                await connection.execute(_SEAL, _chain(await last_seal(connection), rows))
            return len(rows)

    async def seal_all(self) -> int:
        """Seal until nothing waits, or another daemon is at it; return how many rows."""
        total = 0
        while sealed := await self.seal_once():
            total += sealed
        return total

    async def run(self) -> None:
        """Seal behind the calls until cancelled."""
        while True:
            try:
                await self.seal_all()
            except StoreUnavailable as e:
                log.warning("seals.waiting", reason=str(e))
            await asyncio.sleep(self._every_s)


async def log_anchors(database: Database, *, every_s: float) -> None:
    """
    Write the last seal to the log now and then, until cancelled.

    Logs leave the machine by another way than the database, so whoever cuts the tail off the
    trail, or makes all of it anew, is found out by `audit verify --anchor`.
    """
    while True:
        try:
            log.info("audit.anchor", anchor=str(await anchor(database)))
        except StoreUnavailable as e:
            log.warning("audit.no_anchor", reason=str(e))
        await asyncio.sleep(every_s)


async def anchor(database: Database) -> Anchor:
    """Return the last seal, to be kept where nobody who can reach the database can reach it."""
    async with database.at_once() as connection:
        return await last_seal(connection)


async def last_seal(connection: AsyncConnection) -> Anchor:
    last = (await connection.execute(_LAST)).one_or_none()
    return BEGINNING if last is None else Anchor(seal_no=last.seal_no, digest=last.digest)


def digest_of(previous: bytes, row: Row[Any]) -> bytes:
    """Return what seals a row of the audit trail after the seal with the digest `previous`."""
    return hashlib.sha256(previous + canonical(row).encode()).digest()


def canonical(row: Row[Any]) -> str:
    """
    Return a row of the audit trail as the one JSON text that its seal covers.

    Sorted keys, no spaces, times in UTC to the microsecond. Changing this breaks every old seal.
    """
    at: datetime = row.at
    return _CANONICAL.encode(
        {
            "account": row.account,
            "action": row.action,
            "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
            "branch": row.branch,
            "call_id": row.call_id,
            "caller": row.caller,
            "details": row.details,
            "did": row.did,
            "id": row.id,
            "outcome": row.outcome,
        }
    )


def _chain(last: Anchor, rows: Sequence[Row[Any]]) -> dict[str, list[Any]]:
    digests = []
    digest = last.digest
    for row in rows:
        digest = digest_of(digest, row)
        digests.append(digest)
    return {
        "seal_nos": list(range(last.seal_no + 1, last.seal_no + 1 + len(rows))),
        "ids": [row.id for row in rows],
        "digests": digests,
    }
