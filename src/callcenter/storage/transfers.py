"""Our own record of bank transfers, and of where the bank's list disagrees with it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import Row, select
from sqlalchemy.dialects.postgresql import insert as upsert

from callcenter.domain.accounts import AccountId
from callcenter.domain.clock import BEIJING, Clock
from callcenter.domain.periods import Period
from callcenter.domain.refusals import Refusal
from callcenter.domain.transfers import (
    OPEN,
    Difference,
    DifferenceKind,
    Direction,
    Transfer,
    TransferDraft,
    TransferOutcome,
    TransferState,
    may_become,
)
from callcenter.storage.database import Database
from callcenter.storage.request_tables import transfer_differences, transfer_events, transfers
from callcenter.storage.requests import PostgresRequestBook, Shelf, station_of, station_row
from callcenter.trading.transfers.ports import TransferBook


class PostgresTransferBook(PostgresRequestBook[Transfer, TransferOutcome], TransferBook):
    def __init__(self, database: Database, clock: Clock) -> None:
        super().__init__(_SHELF, database, clock)

    async def open(self, account: AccountId) -> Transfer | None:
        found = await self.select(
            transfers.c.account == account, transfers.c.state.in_(sorted(OPEN))
        )
        return found[0] if found else None

    async def of_account(self, account: AccountId, day: date) -> Sequence[Transfer]:
        found = await self.select(transfers.c.account == account, transfers.c.trade_date == day)
        return found[::-1]

    async def between(self, account: AccountId, period: Period) -> Sequence[Transfer]:
        found = await self.select(
            transfers.c.account == account,
            transfers.c.trade_date.between(period.first, period.last),
        )
        return found[::-1]

    async def of_day(self, day: date) -> Sequence[Transfer]:
        return await self.select(transfers.c.trade_date == day)

    async def newest(
        self,
        *,
        last: int = 1_000,
        account: AccountId | None = None,
        state: TransferState | None = None,
    ) -> Sequence[Transfer]:
        """Return the newest transfers, the newest first."""
        where = []
        if account is not None:
            where.append(transfers.c.account == account)
        if state is not None:
            where.append(transfers.c.state == state)
        return await self.select(*where, last=last)

    async def note(self, differences: Sequence[Difference]) -> Sequence[Difference]:
        if not differences:
            return []
        columns = transfer_differences.c
        keeping = (
            upsert(transfer_differences)
            .values([_difference_row(one, self._clock) for one in differences])
            .on_conflict_do_nothing()
            .returning(columns.request_id, columns.kind)
        )
        async with self._database.at_once() as connection:
            new = {(row.request_id, row.kind) for row in await connection.execute(keeping)}
        return [one for one in differences if (one.request_id, one.kind) in new]

    async def differences(self, *, last: int = 1_000) -> Sequence[Difference]:
        """Return the newest differences, the newest first."""
        wanted = select(transfer_differences).order_by(transfer_differences.c.id.desc())
        async with self._database.at_once() as connection:
            return [_difference_of(row) for row in await connection.execute(wanted.limit(last))]


def _before(state: str) -> frozenset[str]:
    return frozenset(now for now in TransferState if may_become(now, TransferState(state)))


def _columns_of(outcome: TransferOutcome) -> Mapping[str, object]:
    return {"state": outcome.state, "message": outcome.message}


def _row_of(transfer: Transfer) -> Mapping[str, object]:
    draft = transfer.draft
    return {
        "number": draft.number,
        "request_id": transfer.request_id,
        "trade_date": transfer.trade_date,
        "account": draft.account,
        "bank": draft.bank,
        "direction": draft.direction,
        "amount": draft.amount,
        **_columns_of(transfer.outcome),
        **station_row(transfer.station),
        "created_at": transfer.created_at,
        "updated_at": transfer.updated_at,
    }


def _transfer_of(row: Row[Any]) -> Transfer:
    draft = TransferDraft(
        number=row.number,
        account=row.account,
        bank=row.bank,
        direction=Direction(row.direction),
        amount=row.amount,
    )
    return Transfer(
        draft=draft,
        request_id=row.request_id,
        trade_date=row.trade_date,
        station=station_of(row),
        outcome=TransferOutcome(state=TransferState(row.state), message=row.message),
        created_at=row.created_at.astimezone(BEIJING),
        updated_at=row.updated_at.astimezone(BEIJING),
    )


def _difference_row(difference: Difference, clock: Clock) -> Mapping[str, object]:
    return {
        "day": difference.day,
        "request_id": difference.request_id,
        "account": difference.account,
        "kind": difference.kind,
        "ours": difference.ours,
        "theirs": difference.theirs,
        "found_at": clock.now(),
    }


def _difference_of(row: Row[Any]) -> Difference:
    return Difference(
        day=row.day,
        request_id=row.request_id,
        account=row.account,
        kind=DifferenceKind(row.kind),
        ours=row.ours,
        theirs=row.theirs,
    )


_SHELF: Final[Shelf[Transfer, TransferOutcome]] = Shelf(
    table=transfers,
    events=transfer_events,
    row_of=_row_of,
    request_of=_transfer_of,
    columns_of=_columns_of,
    before=_before,
    open=OPEN,
    excluded=Refusal.TRANSFER_IN_PROGRESS,
)
