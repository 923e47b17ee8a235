"""Our own record of password changes: that they happened, never a password."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Row

from callcenter.domain.clock import BEIJING, Clock
from callcenter.domain.passwords import (
    OPEN,
    OwnPassword,
    PasswordChange,
    PasswordOutcome,
    PasswordState,
    may_become,
)
from callcenter.domain.refusals import Refusal
from callcenter.storage.database import Database
from callcenter.storage.requests import PostgresRequestBook, Shelf, station_of, station_row
from callcenter.storage.subscription_tables import password_change_events, password_changes
from callcenter.trading.passwords.ports import PasswordBook


class PostgresPasswordBook(PostgresRequestBook[PasswordChange, PasswordOutcome], PasswordBook):
    def __init__(self, database: Database, clock: Clock) -> None:
        super().__init__(_SHELF, database, clock)


def _before(state: str) -> frozenset[str]:
    return frozenset(now for now in PasswordState if may_become(now, PasswordState(state)))


def _columns_of(outcome: PasswordOutcome) -> Mapping[str, object]:
    return {"state": outcome.state, "message": outcome.message}


def _row_of(change: PasswordChange) -> Mapping[str, object]:
    return {
        "number": change.number,
        "request_id": change.request_id,
        "trade_date": change.trade_date,
        "account": change.account,
        "which": change.which,
        **_columns_of(change.outcome),
        **station_row(change.station),
        "created_at": change.created_at,
        "updated_at": change.updated_at,
    }


def _change_of(row: Row[Any]) -> PasswordChange:
    return PasswordChange(
        number=row.number,
        account=row.account,
        which=OwnPassword(row.which),
        request_id=row.request_id,
        trade_date=row.trade_date,
        station=station_of(row),
        outcome=PasswordOutcome(state=PasswordState(row.state), message=row.message),
        created_at=row.created_at.astimezone(BEIJING),
        updated_at=row.updated_at.astimezone(BEIJING),
    )


_SHELF: Final[Shelf[PasswordChange, PasswordOutcome]] = Shelf(
    table=password_changes,
    events=password_change_events,
    row_of=_row_of,
    request_of=_change_of,
    columns_of=_columns_of,
    before=_before,
    open=OPEN,
    excluded=Refusal.BUSY,
)
