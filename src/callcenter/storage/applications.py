"""Our own record of applications."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import Row

from callcenter.domain.accounts import AccountId
from callcenter.domain.applications import (
    OPEN,
    Application,
    ApplicationDraft,
    ApplicationKind,
    ApplicationOutcome,
    ApplicationState,
    may_become,
)
from callcenter.domain.clock import BEIJING, Clock
from callcenter.domain.refusals import Refusal
from callcenter.domain.securities import Market
from callcenter.storage.database import Database
from callcenter.storage.request_tables import application_events, applications
from callcenter.storage.requests import PostgresRequestBook, Shelf, station_of, station_row
from callcenter.trading.applications.ports import ApplicationBook


class PostgresApplicationBook(
    PostgresRequestBook[Application, ApplicationOutcome], ApplicationBook
):
    def __init__(self, database: Database, clock: Clock) -> None:
        super().__init__(_SHELF, database, clock)

    async def of_account(self, account: AccountId, since: date) -> Sequence[Application]:
        found = await self.select(
            applications.c.account == account, applications.c.trade_date >= since
        )
        return found[::-1]

    async def newest(
        self,
        *,
        last: int = 1_000,
        account: AccountId | None = None,
        state: ApplicationState | None = None,
    ) -> Sequence[Application]:
        """Return the newest applications, the newest first."""
        where = []
        if account is not None:
            where.append(applications.c.account == account)
        if state is not None:
            where.append(applications.c.state == state)
        return await self.select(*where, last=last)


def _before(state: str) -> frozenset[str]:
    then = ApplicationState(state)
    return frozenset(now for now in ApplicationState if may_become(now, then))


def _columns_of(outcome: ApplicationOutcome) -> Mapping[str, object]:
    return {
        "state": outcome.state,
        "message": outcome.message,
        "shares": outcome.shares,
        "amount": outcome.amount,
        "price": outcome.price,
    }


def _row_of(application: Application) -> Mapping[str, object]:
    draft = application.draft
    return {
        "number": draft.number,
        "request_id": application.request_id,
        "trade_date": application.trade_date,
        "account": draft.account,
        "kind": draft.kind,
        "market": draft.market,
        "code": draft.code,
        "quantity": draft.quantity,
        **_columns_of(application.outcome),
        **station_row(application.station),
        "created_at": application.created_at,
        "updated_at": application.updated_at,
    }


def _application_of(row: Row[Any]) -> Application:
    draft = ApplicationDraft(
        number=row.number,
        account=row.account,
        kind=ApplicationKind(row.kind),
        market=None if row.market is None else Market(row.market),
        code=row.code,
        quantity=row.quantity,
    )
    outcome = ApplicationOutcome(
        state=ApplicationState(row.state),
        message=row.message,
        shares=row.shares,
        amount=row.amount,
        price=row.price,
    )
    return Application(
        draft=draft,
        request_id=row.request_id,
        trade_date=row.trade_date,
        station=station_of(row),
        outcome=outcome,
        created_at=row.created_at.astimezone(BEIJING),
        updated_at=row.updated_at.astimezone(BEIJING),
    )


_SHELF: Final[Shelf[Application, ApplicationOutcome]] = Shelf(
    table=applications,
    events=application_events,
    row_of=_row_of,
    request_of=_application_of,
    columns_of=_columns_of,
    before=_before,
    open=OPEN,
    excluded=Refusal.DUPLICATE_SUBSCRIPTION,
)
