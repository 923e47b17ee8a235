"""The counters that are held to the promises, in good days and in bad ones."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from enum import Enum, auto
from pathlib import Path
from typing import Any, Final, Protocol

import asyncpg

from callcenter.customers.ports import PasswordCheck
from callcenter.domain.accounts import AccountId
from callcenter.domain.errors import CounterUnavailable, OutcomeUnknown
from callcenter.domain.orders import ClientOrderId, Order
from callcenter.domain.refusals import Refusal
from callcenter.gateways.paper import Faults, PaperCounter
from callcenter.trading.ports import TradingGateway
from tests import make
from tests.fakes.gateway import FakeCounter
from tests.fakes.store import AlwaysNoon
from tests.fix.counterparty import connected, terms
from tests.fix.desk import Desk, DeskCounter

HOLDER: Final = AccountId("10000001")
POOR: Final = AccountId("10000002")
RICH: Final = AccountId("10000003")  # admitted to the main boards only
BOUND: Final = AccountId("10000004")
FROZEN: Final = AccountId("10000005")
NOBODY: Final = AccountId("99999999")

NOWHERE: Final = "postgresql://nobody@127.0.0.1:1/nothing"

# Nothing is filled here, so what is frozen was usable before.
_FORGET_ORDERS: Final = """
    DELETE FROM paper.orders;
    DELETE FROM paper.events;
    UPDATE paper.money SET usable = usable + frozen, frozen = 0;
    UPDATE paper.shares SET sellable = sellable + frozen, frozen = 0;
"""


class Counter(TradingGateway, PasswordCheck, Protocol):
    """A counter does both: it takes orders and checks passwords."""


class Trouble(Enum):
    NONE = auto()
    UNREACHABLE = auto()
    LOSES_ANSWERS = auto()
    LOSES_ORDERS = auto()
    REJECTS = auto()


Opens = Callable[[Trouble], AbstractAsyncContextManager[Counter]]


@asynccontextmanager
async def fake(trouble: Trouble) -> AsyncIterator[Counter]:
    errors: dict[Trouble, Exception] = {
        Trouble.UNREACHABLE: CounterUnavailable("gone"),
        Trouble.LOSES_ORDERS: OutcomeUnknown(make.order().client_id),
    }
    yield FakeCounter(
        fails_with=errors.get(trouble),
        loses_answers=trouble is Trouble.LOSES_ANSWERS,
        rejects_with=Refusal.SUSPENDED if trouble is Trouble.REJECTS else None,
    )


@asynccontextmanager
async def over_fix(trouble: Trouble, desk: Desk, folder: Path) -> AsyncIterator[Counter]:
    async with fake(trouble) as behind:
        assert isinstance(behind, FakeCounter)
        desk.stand_before(behind)
        is_there = trouble is not Trouble.UNREACHABLE
        given = terms(
            folder,
            desk.port if is_there else 1,
            answer_within_s=5.0 if trouble is Trouble.NONE else 0.5,
            reset_on_logon=True,
        )
        async with connected(given, AlwaysNoon(), wait=is_there) as entry:
            yield DeskCounter(entry, behind)


@asynccontextmanager
async def paper(trouble: Trouble, dsn: str) -> AsyncIterator[Counter]:
    faults = {
        Trouble.LOSES_ANSWERS: Faults(after_s=3600.0),
        Trouble.LOSES_ORDERS: Faults(silent=True),
        Trouble.REJECTS: Faults(rejects=Refusal.SUSPENDED),
    }
    counter = PaperCounter(
        NOWHERE if trouble is Trouble.UNREACHABLE else dsn,
        AlwaysNoon(),
        # Half a second is enough to book on a busy machine; then the answer is given up.
        answer_within_s=5.0 if trouble is Trouble.NONE else 0.5,
        faults=faults.get(trouble, Faults()),
    )
    await counter.start()
    try:
        yield counter
    finally:
        await counter.stop()
        await run(dsn, _FORGET_ORDERS)


async def run(dsn: str, sql: str, database: str | None = None) -> None:
    connection = await asyncpg.connect(dsn, database=database)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


def numbered(number: int, **changes: Any) -> Order:
    """Return an order with an id of its own."""
    return make.order(client_id=ClientOrderId(f"20261120{number:08}"), **changes)
