"""Transfers end to end: two daemons, our PostgreSQL, the paper bank, and all that goes wrong."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import time, timedelta
from decimal import Decimal

import asyncpg
import pytest

from callcenter.domain.accounts import AccountId, Customer, Money
from callcenter.domain.errors import Refused
from callcenter.domain.orders import Station
from callcenter.domain.requests import RequestNumber
from callcenter.domain.secret import Secret
from callcenter.domain.transfers import (
    BankTerms,
    DifferenceKind,
    PasswordKind,
    Transfer,
    TransferDraft,
    TransferOutcome,
    TransferState,
)
from callcenter.gateways.paper import seed_demo
from callcenter.gateways.paper.bank import PaperBank
from callcenter.gateways.paper.database import Connection, plain
from callcenter.storage.database import Database
from callcenter.storage.transfers import PostgresTransferBook
from callcenter.trading.requests.engine import Requests
from callcenter.trading.requests.reconciliation import RequestReconciliation
from callcenter.trading.requests.tasks import RequestTasks
from callcenter.trading.transfers.comparison import TransferComparison
from callcenter.trading.transfers.matter import TRANSFER
from callcenter.trading.transfers.service import House, Transfers
from tests import make
from tests.fakes.bank import ASKS, DONE, ICBC, PASSWORDS
from tests.fakes.clock import FakeClock

S = TransferState
OWNER = AccountId("10000001")
PASSWORD = PASSWORDS[PasswordKind.BANK]
PROMISE, PATIENCE = timedelta(seconds=20), timedelta(minutes=10)
MILLIONS = Decimal("5000000.00")
TERMS = {
    ICBC: BankTerms(
        code=ICBC, name="工商银行", name_en="ICBC", single=MILLIONS, day=MILLIONS, passwords=ASKS
    )
}


async def _money(account: AccountId) -> Money:
    some = Decimal("1000000.00")
    return Money(usable=some, withdrawable=some, frozen=Decimal(0), total=some)


def _admit(customer: Customer, station: Station) -> None:
    pass


class DiesBeforeSending(PaperBank):
    async def request(self, transfer: Transfer, password: Secret | None) -> TransferOutcome:
        raise asyncio.CancelledError


class DiesBeforeTheAnswer(PaperBank):
    async def request(self, transfer: Transfer, password: Secret | None) -> TransferOutcome:
        await super().request(transfer, password)
        raise asyncio.CancelledError


@dataclass(slots=True)
class Daemon:
    """All that one daemon has for transfers."""

    database: Database
    book: PostgresTransferBook
    bank: PaperBank
    clock: FakeClock

    async def request(self, number: int = 1) -> TransferOutcome:
        house = House(
            admit=_admit,
            money=_money,
            is_trading_day=lambda _: True,
            terms=lambda bank, day: TERMS.get(bank),
        )
        service = Transfers(self.bank, self.book, self.clock, self._requests(), house)
        return await service.request(draft(number), make.customer(), make.station(), PASSWORD)

    async def reconcile(self) -> None:
        await RequestReconciliation(TRANSFER, self.book, self._requests(), every_s=1).once()

    def comparison(self) -> TransferComparison:
        return TransferComparison(
            self.bank, self.book, self.clock, self._requests(), at=time(16, 30), look_every_s=1
        )

    async def state(self, number: int = 1) -> TransferState:
        found = await self.book.find(draft(number).number)
        assert found is not None
        return found.state

    def _requests(self) -> Requests[Transfer, TransferOutcome]:
        return Requests(
            TRANSFER, self.bank, self.book, self.clock, promise=PROMISE, patience=PATIENCE
        )


def draft(number: int) -> TransferDraft:
    return make.transfer_draft(number=RequestNumber(f"7000{number:04}"))


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def sql(dsn: str) -> AsyncIterator[Connection]:
    await seed_demo(dsn, production=False, load_accounts=False)
    connection = await asyncpg.connect(plain(dsn))
    yield connection
    await connection.close()


async def opened(dsn: str, clock: FakeClock, kind: type[PaperBank] = PaperBank) -> Daemon:
    bank = kind(dsn, clock, answer_within_s=0.5)
    await bank.start()
    database = Database(dsn, pool_size=4)
    return Daemon(database, PostgresTransferBook(database, clock), bank, clock)


@pytest.fixture
async def daemons(dsn: str, sql: Connection, clock: FakeClock) -> AsyncIterator[list[Daemon]]:
    """Two daemons, and two that die."""
    kinds = (PaperBank, PaperBank, DiesBeforeSending, DiesBeforeTheAnswer)
    made = [await opened(dsn, clock, kind) for kind in kinds]
    yield made
    for daemon in made:
        await daemon.bank.stop()
        await daemon.database.close()


async def at_bank(sql: Connection) -> Decimal:
    found: Decimal = await sql.fetchval(
        "SELECT balance FROM paper.bank_accounts WHERE account = $1", OWNER
    )
    return found


async def dies(daemon: Daemon) -> None:
    with pytest.raises(asyncio.CancelledError):
        await daemon.request()


async def test_of_two_transfers_at_once_from_two_daemons_exactly_one_goes(
    daemons: list[Daemon], sql: Connection
) -> None:
    await sql.execute("INSERT INTO paper.bank_faults (works_s) VALUES (60)")
    one, two, *_ = daemons

    outcomes = await asyncio.gather(
        *(daemon.request(number) for number in range(6) for daemon in (one, two)),
        return_exceptions=True,
    )

    assert await sql.fetchval("SELECT count(*) FROM transfers") == 1
    assert await sql.fetchval("SELECT count(*) FROM paper.bank_transfers") == 1
    assert await at_bank(sql) == Decimal("490000.00")
    told = [outcome for outcome in outcomes if not isinstance(outcome, Refused)]
    assert all(isinstance(outcome, TransferOutcome) for outcome in told)


async def test_the_same_transfer_from_two_daemons_at_once_goes_once(
    daemons: list[Daemon], sql: Connection
) -> None:
    one, two, *_ = daemons

    outcomes = await asyncio.gather(*(daemon.request() for daemon in (one, two) * 4))

    assert {outcome.state for outcome in outcomes} <= {S.DONE, S.PENDING}
    assert await at_bank(sql) == Decimal("490000.00")
    assert await one.state() is S.DONE
    answers = "SELECT count(*) FROM audit_trail WHERE action = 'transfer-answer'"
    assert await sql.fetchval(answers) == 1


async def test_a_daemon_that_dies_before_sending_moves_nothing(
    daemons: list[Daemon], sql: Connection, clock: FakeClock
) -> None:
    one, _, dying, _ = daemons
    await dies(dying)
    assert await one.state() is S.PENDING

    clock.forward(PROMISE + timedelta(seconds=1))
    await one.reconcile()

    assert await one.state() is S.WITHDRAWN
    assert await at_bank(sql) == Decimal("500000.00")
    assert await one.request(2) == DONE  # the account is free again


async def test_a_daemon_that_dies_before_the_answer_has_moved_money_once(
    daemons: list[Daemon], sql: Connection, clock: FakeClock
) -> None:
    one, two, _, dying = daemons
    await dies(dying)

    clock.forward(PROMISE + timedelta(seconds=1))
    await asyncio.gather(one.reconcile(), two.reconcile())

    assert await one.state() is S.DONE
    assert await at_bank(sql) == Decimal("490000.00")
    events = await sql.fetch("SELECT to_state, applied FROM transfer_events ORDER BY id")
    applied = [row["to_state"] for row in events if row["applied"]]
    assert applied == ["pending", "done"]


async def test_a_late_answer_is_unknown_and_then_known(
    daemons: list[Daemon], sql: Connection
) -> None:
    await sql.execute("INSERT INTO paper.bank_faults (after_s) VALUES (60)")
    one, two, *_ = daemons

    assert (await one.request()).state is S.UNKNOWN
    await two.reconcile()

    assert await one.state() is S.DONE
    assert await at_bank(sql) == Decimal("490000.00")


async def test_a_bank_that_works_on_it_finishes_by_itself(
    daemons: list[Daemon], sql: Connection, clock: FakeClock
) -> None:
    await sql.execute("INSERT INTO paper.bank_faults (works_s) VALUES (60)")
    one, two, *_ = daemons

    assert (await one.request()).state is S.ACCEPTED
    await two.reconcile()
    assert await one.state() is S.ACCEPTED
    clock.forward(timedelta(seconds=60))
    await two.reconcile()

    assert await one.state() is S.DONE


async def test_a_one_sided_posting_becomes_a_task_and_a_person_ends_it(
    daemons: list[Daemon], sql: Connection, clock: FakeClock
) -> None:
    await sql.execute("INSERT INTO paper.bank_faults (sticks) VALUES (true)")
    one, two, *_ = daemons
    assert (await one.request()).state is S.MANUAL
    with pytest.raises(Refused):
        await two.request(2)
    tasks = RequestTasks(TRANSFER, two.book, clock)

    resolved = await asyncio.gather(
        *(tasks.resolve(draft(1).number, DONE, by="x", why="y") for _ in range(3))
    )

    assert sorted(resolved) == [False, False, True]
    assert await one.state() is S.DONE
    trail = await sql.fetch("SELECT details FROM audit_trail WHERE action = 'transfer-resolved'")
    assert len(trail) == 1


async def test_the_evening_finds_what_the_bank_alone_has(
    daemons: list[Daemon], sql: Connection, clock: FakeClock
) -> None:
    one, two, *_ = daemons
    await one.request(1)
    await one.request(2)
    clock.forward(timedelta(hours=5))
    await sql.execute("DELETE FROM transfer_events WHERE number = $1", draft(1).number)
    await sql.execute("DELETE FROM transfers WHERE number = $1", draft(1).number)
    await sql.execute(
        "DELETE FROM paper.bank_transfers WHERE request_id LIKE $1", f"%{draft(2).number}"
    )

    found = await asyncio.gather(
        *(daemon.comparison().once(make.NOON.date()) for daemon in (one, two))
    )

    kinds = sorted(difference.kind for each in found for difference in each)
    assert kinds == [DifferenceKind.ONLY_BANK, DifferenceKind.ONLY_OURS]
    assert len(await one.book.differences()) == 2


async def test_what_the_bank_takes_back_in_the_evening_is_told(
    daemons: list[Daemon], sql: Connection, clock: FakeClock
) -> None:
    one, two, *_ = daemons
    await one.request()
    [row] = await sql.fetch("SELECT request_id FROM paper.bank_transfers")
    assert await one.bank.take_back(row["request_id"])
    clock.forward(timedelta(hours=5))

    assert await two.comparison().once(make.NOON.date()) == []

    assert await one.state() is S.REVERSED
    last = "SELECT payload->>'state' FROM outbox ORDER BY id DESC LIMIT 1"
    assert await sql.fetchval(last) == "reversed"
    assert await at_bank(sql) == Decimal("500000.00")


async def test_no_password_is_in_any_table_of_ours(daemons: list[Daemon], sql: Connection) -> None:
    one, *_ = daemons
    await one.request()

    for table in ("transfers", "transfer_events", "audit_trail", "outbox"):
        rows = await sql.fetch(f"SELECT t::text AS line FROM {table} t")  # noqa: S608
        assert rows
        assert not any(PASSWORD.reveal() in row["line"] for row in rows)
