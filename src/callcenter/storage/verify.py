"""The proof that nobody changed the audit trail: recompute every seal and compare."""

from bisect import bisect_right
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Row, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.storage.database import Database
from callcenter.storage.seal import BEGINNING, Anchor, digest_of
from callcenter.storage.tables import audit_seals, audit_trail

_PAGE: Final = 5_000
_MOST_FINDINGS: Final = 1_000
# A row may be sealed after rows that were numbered later, by as long as its transaction took,
# and by as long as no daemon sealed.
_LATEST: Final = timedelta(minutes=1)
_STEP: Final = timedelta(seconds=10)

_PAGE_AFTER: Final = (
    select(audit_seals, audit_trail)
    .outerjoin_from(audit_seals, audit_trail, audit_trail.c.id == audit_seals.c.audit_id)
    .order_by(audit_seals.c.seal_no)
    .limit(_PAGE)
)
_UNSEALED_AFTER: Final = text(
    """
    SELECT max(page.id) AS last, count(*) FILTER (WHERE seal_no IS NULL) AS waiting,
        min(page.at) FILTER (WHERE seal_no IS NULL) AS oldest
    FROM (SELECT id, at FROM audit_trail WHERE id > :after ORDER BY id LIMIT :page) AS page
    LEFT JOIN audit_seals ON audit_seals.audit_id = page.id AND audit_seals.audit_id > :after
    """
)


class Fault(StrEnum):
    """What a look at the trail can find."""

    CHANGED = "changed"  # the row, or its seal, is not what was sealed; or seals changed places
    ROW_REMOVED = "row-removed"
    SEAL_MISSING = "seal-missing"
    OUT_OF_ORDER = "out-of-order"  # a row with an old number was sealed long after its neighbours
    UNSEALED = "unsealed"  # rows that wait for longer than they may
    ANCHOR_MISSING = "anchor-missing"  # the trail ends before the anchor: its tail was cut
    ANCHOR_DIFFERS = "anchor-differs"  # the trail before the anchor was made anew


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    fault: Fault
    seal_no: int | None = None
    audit_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditReport:
    """What `verify` found. `unsealed` rows that are younger than the patience are no fault."""

    seals: int
    unsealed: int
    oldest_unsealed: datetime | None
    last: Anchor
    findings: tuple[Finding, ...]

    @property
    def intact(self) -> bool:
        return not self.findings


async def verify(
    database: Database,
    *,
    anchor: Anchor | None = None,
    patience: timedelta = timedelta(seconds=10),
) -> AuditReport:
    """
    Recompute the whole chain of seals, and report all that does not fit.

    Without an `anchor` it cannot be told that the newest rows were cut off together with their
    seals, nor that somebody with full access made all seals anew.
    """
    async with database.at_once() as connection:
        walk = _Walk(anchor)
        async for row in _seals(connection):
            walk.see(row)
        unsealed, oldest = await _unsealed(connection)
    findings = walk.findings()
    if oldest is not None and datetime.now(UTC) - oldest > patience:
        findings.append(Finding(fault=Fault.UNSEALED))
    return AuditReport(
        seals=walk.seals,
        unsealed=unsealed,
        oldest_unsealed=oldest,
        last=walk.last,
        findings=tuple(findings[:_MOST_FINDINGS]),
    )


async def _seals(connection: AsyncConnection) -> AsyncIterator[Row[Any]]:
    after = 0
    while True:
        page = _PAGE_AFTER.where(audit_seals.c.seal_no > after)
        rows = (await connection.execute(page)).all()
        for row in rows:
            yield row
        if len(rows) < _PAGE:
            return
        after = rows[-1].seal_no


async def _unsealed(connection: AsyncConnection) -> tuple[int, datetime | None]:
    waiting, oldest, after = 0, [], 0
    while after is not None:
        found = await connection.execute(_UNSEALED_AFTER, {"after": after, "page": _PAGE})
        page = found.one()
        waiting += page.waiting
        oldest += [page.oldest] if page.oldest else []
        after = page.last
    return waiting, min(oldest, default=None)


class _Walk:
    """Goes along the seals, from the first to the last."""

    def __init__(self, anchor: Anchor | None) -> None:
        self.seals = 0
        self.last = BEGINNING
        self._anchor = anchor or BEGINNING
        self._anchor_seen = self._anchor.seal_no == 0
        self._findings: list[Finding] = []
        self._order = _Order()

    def see(self, row: Row[Any]) -> None:
        gap = row.seal_no != self.last.seal_no + 1
        if gap:
            self._found(Fault.SEAL_MISSING, self.last.seal_no + 1, None)
        if row.id is None:
            self._found(Fault.ROW_REMOVED, row.seal_no, row.audit_id)
        elif not gap and digest_of(self.last.digest, row) != row.digest:
            self._found(Fault.CHANGED, row.seal_no, row.audit_id)
        if not self._order.fits(row.audit_id, row.sealed_at):
            self._found(Fault.OUT_OF_ORDER, row.seal_no, row.audit_id)
        if row.seal_no == self._anchor.seal_no:
            self._anchor_seen = True
            if row.digest != self._anchor.digest:
                self._found(Fault.ANCHOR_DIFFERS, row.seal_no, row.audit_id)
        # The seal counts as it stands, so that one change is one finding.
        self.last = Anchor(seal_no=row.seal_no, digest=row.digest)
        self.seals += 1

    def findings(self) -> list[Finding]:
        if not self._anchor_seen:
            self._found(Fault.ANCHOR_MISSING, self._anchor.seal_no, None)
        return self._findings

    def _found(self, fault: Fault, seal_no: int, audit_id: int | None) -> None:
        if len(self._findings) < _MOST_FINDINGS:
            self._findings.append(Finding(fault=fault, seal_no=seal_no, audit_id=audit_id))


class _Order:
    """Remembers, in steps, when the numbers of rows grew, to notice a row that came too late."""

    def __init__(self) -> None:
        self._highest = 0
        self._ids: list[int] = []
        self._times: list[datetime] = []

    def fits(self, audit_id: int, sealed_at: datetime) -> bool:
        if audit_id > self._highest:
            self._highest = audit_id
            if not self._times or sealed_at - self._times[-1] >= _STEP:
                self._ids.append(audit_id)
                self._times.append(sealed_at)
            return True
        later = bisect_right(self._ids, audit_id)
        return later == len(self._ids) or sealed_at - self._times[later] <= _LATEST
