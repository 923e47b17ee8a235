"""Our own record of subscriptions, and of how customers want to be told."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, assert_never

from sqlalchemy import ColumnElement, Row, func, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.customers.subscriptions.ports import SubscriptionBook
from callcenter.domain.accounts import AccountId
from callcenter.domain.audit import AuditEntry
from callcenter.domain.calls import CallerNumber
from callcenter.domain.clock import BEIJING
from callcenter.domain.errors import Refused
from callcenter.domain.refusals import Refusal
from callcenter.domain.securities import Board, Market, Security, SecurityCode
from callcenter.domain.subscriptions import (
    Channel,
    Crossing,
    DailyQuote,
    Delivery,
    Executions,
    MonthlyStatement,
    PriceAlert,
    Subscription,
    SubscriptionKind,
    SubscriptionNumber,
    Wish,
)
from callcenter.storage import audit
from callcenter.storage.database import Database
from callcenter.storage.subscription_tables import (
    delivery_wishes,
    subscription_numbers,
    subscriptions,
)

_NEXT_NUMBER: Final = select(subscription_numbers.next_value())
# Of two calls that add at once for one account, the second counts what the first has added.
_LOCK: Final = text("SELECT pg_advisory_xact_lock(hashtext('subscriptions ' || :account))")
_COLUMNS: Final = subscriptions.c
_NEWEST: Final = (_COLUMNS.created_at.desc(), _COLUMNS.number.desc())


class PostgresSubscriptionBook(SubscriptionBook):
    def __init__(self, database: Database) -> None:
        self._database = database

    async def next_number(self) -> SubscriptionNumber:
        async with self._database.at_once() as connection:
            return SubscriptionNumber(str(await connection.scalar(_NEXT_NUMBER)))

    async def add(self, new: Subscription, entry: AuditEntry, *, most: int, today: date) -> bool:
        async with self._database.transaction() as connection:
            await connection.execute(_LOCK, {"account": new.account})
            if await _count(connection, _COLUMNS.number == int(new.number)):
                return False
            await _end_expired(connection, new, today)
            same_kind = (_COLUMNS.kind == new.wish.kind, _COLUMNS.ended_at.is_(None))
            of_account = _COLUMNS.account == new.account
            adding = upsert(subscriptions).values(_row_of(new)).on_conflict_do_nothing()
            if await connection.scalar(adding.returning(_COLUMNS.number)) is None:
                raise Refused(Refusal.ALREADY_SUBSCRIBED)
            if await _count(connection, of_account, *same_kind) > most:
                raise Refused(Refusal.TOO_MANY_SUBSCRIPTIONS)
            await audit.write(connection, entry)
        return True

    async def end(self, number: SubscriptionNumber, account: AccountId, entry: AuditEntry) -> bool:
        ending = (
            update(subscriptions)
            .where(
                _COLUMNS.number == int(number),
                _COLUMNS.account == account,
                _COLUMNS.ended_at.is_(None),
            )
            .values(ended_at=entry.at)
            .returning(_COLUMNS.number)
        )
        async with self._database.transaction() as connection:
            if await connection.scalar(ending) is None:
                return False
            await audit.write(connection, entry)
        return True

    async def find(self, number: SubscriptionNumber) -> Subscription | None:
        found = await self._select(_COLUMNS.number == int(number))
        return found[0] if found else None

    async def of_account(self, account: AccountId, today: date) -> Sequence[Subscription]:
        return await self._select(
            _COLUMNS.account == account, _COLUMNS.ended_at.is_(None), _not_over(today)
        )

    async def newest(
        self, *, last: int, account: AccountId | None, today: date
    ) -> Sequence[tuple[Subscription, Delivery | None]]:
        """Return what counts with how its customer wants to be told, the newest first."""
        wishes = delivery_wishes.c
        wanted = (
            select(subscriptions, wishes.channel, wishes.number.label("reached_at"))
            .outerjoin(delivery_wishes, wishes.account == _COLUMNS.account)
            .where(_COLUMNS.ended_at.is_(None), _not_over(today))
            .order_by(*_NEWEST)
            .limit(last)
        )
        if account is not None:
            wanted = wanted.where(_COLUMNS.account == account)
        async with self._database.at_once() as connection:
            rows = list(await connection.execute(wanted))
        return [(_subscription_of(row), _delivery_of(row.channel, row.reached_at)) for row in rows]

    async def delivery(self, account: AccountId) -> Delivery | None:
        wanted = select(delivery_wishes).where(delivery_wishes.c.account == account)
        async with self._database.at_once() as connection:
            row = (await connection.execute(wanted)).one_or_none()
        return None if row is None else _delivery_of(row.channel, row.number)

    async def deliver_by(self, account: AccountId, delivery: Delivery, entry: AuditEntry) -> None:
        wish = {"channel": delivery.channel, "number": delivery.number, "updated_at": entry.at}
        keeping = upsert(delivery_wishes).values(account=account, **wish)
        async with self._database.transaction() as connection:
            await connection.execute(
                keeping.on_conflict_do_update(index_elements=["account"], set_=wish)
            )
            await audit.write(connection, entry)

    async def _select(self, *where: ColumnElement[bool]) -> Sequence[Subscription]:
        wanted = select(subscriptions).where(*where).order_by(*_NEWEST)
        async with self._database.at_once() as connection:
            return [_subscription_of(row) for row in await connection.execute(wanted)]


async def _count(connection: AsyncConnection, *where: ColumnElement[bool]) -> int:
    found = await connection.scalar(select(func.count()).select_from(subscriptions).where(*where))
    return int(found or 0)


async def _end_expired(connection: AsyncConnection, new: Subscription, today: date) -> None:
    """Write down that what does not count any more has ended: it is in nobody's way then."""
    await connection.execute(
        update(subscriptions)
        .where(
            _COLUMNS.account == new.account,
            _COLUMNS.until < today,
            _COLUMNS.ended_at.is_(None),
        )
        .values(ended_at=new.created_at)
    )


def _not_over(today: date) -> ColumnElement[bool]:
    return _COLUMNS.until.is_(None) | (_COLUMNS.until >= today)


def _delivery_of(channel: str | None, number: str | None) -> Delivery | None:
    if channel is None:
        return None
    reached_at = None if number is None else CallerNumber(number)
    return Delivery(channel=Channel(channel), number=reached_at)


def _row_of(subscription: Subscription) -> Mapping[str, object]:
    return {
        "number": int(subscription.number),
        "account": subscription.account,
        "kind": subscription.wish.kind,
        "created_at": subscription.created_at,
        "until": subscription.until,
        **_wish_row(subscription.wish),
    }


def _wish_row(wish: Wish) -> Mapping[str, object]:
    match wish:
        case PriceAlert():
            what = {"crossing": wish.crossing, "price": wish.price}
            return {**_security_row(wish.security), **what}
        case DailyQuote():
            return {**_security_row(wish.security), "at": wish.at}
        case Executions() | MonthlyStatement():
            return {}
        case _:
            assert_never(wish)


def _security_row(security: Security) -> Mapping[str, object]:
    return {
        "market": security.market,
        "code": security.code,
        "name": security.name,
        "name_en": security.name_en,
        "board": security.board,
    }


def _subscription_of(row: Row[Any]) -> Subscription:
    return Subscription(
        number=SubscriptionNumber(str(row.number)),
        account=row.account,
        wish=_wish_of(row),
        created_at=row.created_at.astimezone(BEIJING),
        until=row.until,
    )


def _wish_of(row: Row[Any]) -> Wish:
    match SubscriptionKind(row.kind):
        case SubscriptionKind.PRICE_ALERT:
            return PriceAlert(
                security=_security_of(row), crossing=Crossing(row.crossing), price=row.price
            )
        case SubscriptionKind.DAILY_QUOTE:
            return DailyQuote(security=_security_of(row), at=row.at)
        case SubscriptionKind.EXECUTIONS:
            return Executions()
        case SubscriptionKind.MONTHLY_STATEMENT:
            return MonthlyStatement()


def _security_of(row: Row[Any]) -> Security:
    return Security(
        market=Market(row.market),
        code=SecurityCode(row.code),
        name=row.name,
        name_en=row.name_en,
        board=Board(row.board),
    )
