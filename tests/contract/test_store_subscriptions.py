"""What every book of subscriptions promises, in memory and in PostgreSQL."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import time, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from callcenter.customers.subscriptions.ports import SubscriptionBook
from callcenter.domain.accounts import AccountId
from callcenter.domain.audit import Action
from callcenter.domain.calls import CallerNumber
from callcenter.domain.errors import Refused
from callcenter.domain.refusals import Refusal
from callcenter.domain.subscriptions import (
    Channel,
    Crossing,
    DailyQuote,
    Delivery,
    Executions,
    MonthlyStatement,
    Subscription,
    SubscriptionNumber,
    Wish,
)
from callcenter.storage.database import Database
from callcenter.storage.subscriptions import PostgresSubscriptionBook
from callcenter.storage.tables import audit_trail
from tests import make
from tests.fakes.subscriptions import FakeSubscriptionBook

TODAY = make.NOON.date()
ACCOUNT = make.subscription().account
OTHER = AccountId("10000002")
ENTRY = make.entry(action=Action.SUBSCRIPTION, outcome="added")

Trail = Callable[[], Awaitable[Sequence[str]]]


@pytest.fixture(params=["fake", "postgres"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def book(kind: str, request: pytest.FixtureRequest) -> SubscriptionBook:
    if kind == "fake":
        return FakeSubscriptionBook()
    return PostgresSubscriptionBook(request.getfixturevalue("database"))


@pytest.fixture
def trail(kind: str, book: SubscriptionBook, request: pytest.FixtureRequest) -> Trail:
    """How many audit rows there are."""

    async def outcomes() -> Sequence[str]:
        if isinstance(book, FakeSubscriptionBook):
            return [entry.outcome for entry in book.trail]
        database: Database = request.getfixturevalue("database")
        async with database.at_once() as connection:
            wanted = select(audit_trail.c.outcome).order_by(audit_trail.c.id)
            return list(await connection.scalars(wanted))

    return outcomes


async def add(book: SubscriptionBook, *subscriptions: Subscription, most: int = 20) -> None:
    for one in subscriptions:
        await book.add(one, ENTRY, most=most, today=TODAY)


async def test_no_number_comes_twice(book: SubscriptionBook) -> None:
    assert await book.next_number() != await book.next_number()


@pytest.mark.parametrize(
    "wish",
    [
        make.alert(),
        DailyQuote(security=make.security(), at=time(9, 45)),
        Executions(),
        MonthlyStatement(),
    ],
    ids=lambda wish: wish.kind.value,
)
async def test_a_subscription_is_read_as_it_was_written(book: SubscriptionBook, wish: Wish) -> None:
    one = make.subscription(wish=wish)

    await add(book, one)

    assert await book.find(one.number) == one
    assert await book.of_account(ACCOUNT, TODAY) == [one]


async def test_what_nobody_added_is_not_found(book: SubscriptionBook) -> None:
    assert await book.find(SubscriptionNumber("404")) is None
    assert await book.of_account(ACCOUNT, TODAY) == []


async def test_the_same_number_again_adds_nothing(book: SubscriptionBook, trail: Trail) -> None:
    one = make.subscription()

    assert await book.add(one, ENTRY, most=20, today=TODAY)
    assert not await book.add(one, ENTRY, most=20, today=TODAY)

    assert len(await trail()) == 1


async def test_the_same_wish_again_is_refused(book: SubscriptionBook, trail: Trail) -> None:
    await add(book, make.subscription("1"))

    with pytest.raises(Refused) as refused:
        await add(book, make.subscription("2"))

    assert refused.value.reason is Refusal.ALREADY_SUBSCRIBED
    assert len(await trail()) == 1


async def test_another_price_side_or_account_is_another_wish(book: SubscriptionBook) -> None:
    await add(
        book,
        make.subscription("1"),
        make.subscription("2", make.alert(price=Decimal("11.01"))),
        make.subscription("3", make.alert(crossing=Crossing.BELOW)),
        make.subscription("4", account=OTHER),
    )

    found = await book.of_account(ACCOUNT, TODAY)

    assert [one.number for one in found] == ["3", "2", "1"]


async def test_more_than_the_most_of_a_kind_are_refused(book: SubscriptionBook) -> None:
    await add(book, make.subscription("1"), make.subscription("2", Executions()), most=1)

    with pytest.raises(Refused) as refused:
        await add(book, make.subscription("3", make.alert(price=Decimal(9))), most=1)

    assert refused.value.reason is Refusal.TOO_MANY_SUBSCRIPTIONS
    assert await book.find(SubscriptionNumber("3")) is None


async def test_of_many_at_once_no_more_than_the_most_are_kept(book: SubscriptionBook) -> None:
    wishes = [make.subscription(str(at), make.alert(price=Decimal(at))) for at in range(1, 8)]

    await asyncio.gather(*(add(book, one, most=3) for one in wishes), return_exceptions=True)

    assert len(await book.of_account(ACCOUNT, TODAY)) == 3


async def test_what_has_ended_does_not_count(book: SubscriptionBook, trail: Trail) -> None:
    one = make.subscription()
    await add(book, one)
    ended = make.entry(action=Action.SUBSCRIPTION, outcome="ended")

    assert await book.end(one.number, ACCOUNT, ended)

    assert await book.of_account(ACCOUNT, TODAY) == []
    assert await trail() == ["added", "ended"]
    await add(book, make.subscription("2"))


async def test_nothing_ends_twice_or_for_another_account(
    book: SubscriptionBook, trail: Trail
) -> None:
    one = make.subscription()
    await add(book, one)

    assert not await book.end(one.number, OTHER, ENTRY)
    assert await book.end(one.number, ACCOUNT, ENTRY)
    assert not await book.end(one.number, ACCOUNT, ENTRY)
    assert not await book.end(SubscriptionNumber("404"), ACCOUNT, ENTRY)

    assert len(await trail()) == 2


async def test_after_its_last_day_it_does_not_count_and_is_in_nobodys_way(
    book: SubscriptionBook,
) -> None:
    await add(book, make.subscription("1"))
    tomorrow = TODAY + timedelta(days=1)

    assert await book.of_account(ACCOUNT, tomorrow) == []

    again = make.subscription("2", until=tomorrow)
    assert await book.add(again, ENTRY, most=1, today=tomorrow)
    assert await book.of_account(ACCOUNT, tomorrow) == [again]


async def test_the_newest_wish_of_delivery_counts(book: SubscriptionBook, trail: Trail) -> None:
    sms = Delivery(channel=Channel.SMS, number=CallerNumber("+8613800138000"))
    by_mail = Delivery(channel=Channel.EMAIL)

    assert await book.delivery(ACCOUNT) is None
    await book.deliver_by(ACCOUNT, sms, ENTRY)
    assert await book.delivery(ACCOUNT) == sms
    await book.deliver_by(ACCOUNT, by_mail, ENTRY)

    assert await book.delivery(ACCOUNT) == by_mail
    assert await book.delivery(OTHER) is None
    assert len(await trail()) == 2
