"""The paper bank on good days and bad ones: late, stuck, taken back, locked, closed."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import asyncpg
import pytest

from callcenter.domain.accounts import AccountId
from callcenter.domain.errors import OutcomeUnknown, Refused
from callcenter.domain.refusals import Refusal
from callcenter.domain.requests import RequestId, RequestNumber
from callcenter.domain.secret import Secret
from callcenter.domain.transfers import (
    Direction,
    PasswordKind,
    Transfer,
    TransferOutcome,
    TransferState,
)
from callcenter.gateways.paper import seed_demo
from callcenter.gateways.paper.bank import PaperBank
from callcenter.gateways.paper.bank_faults import BankFaults
from callcenter.gateways.paper.database import Connection, plain
from callcenter.gateways.paper.sessions import ClockMode
from tests import make
from tests.fakes.bank import DONE, ICBC, PASSWORDS, rejected
from tests.fakes.clock import FakeClock

S = TransferState
OWNER = AccountId("10000001")
BANK_PASSWORD, FUND_PASSWORD = PASSWORDS[PasswordKind.BANK], PASSWORDS[PasswordKind.FUND]
WRONG = Secret("000000")
ACCEPTED, MANUAL = TransferOutcome(state=S.ACCEPTED), TransferOutcome(state=S.MANUAL)
REVERSED = TransferOutcome(state=S.REVERSED)

Makes = Callable[..., PaperBank]

_ALL_MONEY = """
    SELECT (SELECT sum(balance) FROM paper.bank_accounts)
        + (SELECT sum(usable + frozen) FROM paper.money)
        + (SELECT COALESCE(sum(in_transit), 0) FROM paper.bank_transfers)
"""


@pytest.fixture
async def sql(dsn: str) -> AsyncIterator[Connection]:
    """A line of our own to the books, which have the demo's accounts."""
    await seed_demo(dsn, production=False, load_accounts=False)
    connection = await asyncpg.connect(plain(dsn))
    before = await connection.fetchval(_ALL_MONEY)
    yield connection
    assert await connection.fetchval(_ALL_MONEY) == before
    await connection.close()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def makes(dsn: str, sql: Connection, clock: FakeClock) -> AsyncIterator[Makes]:
    made: list[PaperBank] = []

    def make_bank(**options: Any) -> PaperBank:
        made.append(PaperBank(dsn, clock, **options))
        return made[-1]

    yield make_bank
    for bank in made:
        await bank.stop()


@pytest.fixture
async def bank(makes: Makes) -> PaperBank:
    bank = makes()
    await bank.start()
    return bank


def numbered(number: int, **changes: Any) -> Transfer:
    """Return a transfer with a number and an id of its own."""
    named = RequestNumber(f"7000{number:04}")
    return make.transfer(number=named, request_id=RequestId(f"20261120{named}"), **changes)


def out(number: int, **changes: Any) -> Transfer:
    return numbered(number, direction=Direction.OUT, **changes)


async def usable(sql: Connection, account: str = OWNER) -> Decimal:
    found: Decimal = await sql.fetchval(
        "SELECT usable FROM paper.money WHERE account = $1", account
    )
    return found


async def at_bank(sql: Connection, account: str = OWNER) -> Decimal:
    found: Decimal = await sql.fetchval(
        "SELECT balance FROM paper.bank_accounts WHERE account = $1", account
    )
    return found


async def test_every_demo_account_has_one_bank_with_half_a_million(sql: Connection) -> None:
    rows = await sql.fetch("SELECT account, bank, balance FROM paper.bank_accounts ORDER BY 1")

    assert [row["account"] for row in rows] == [f"1000000{n}" for n in range(1, 6)]
    assert [row["bank"] for row in rows] == ["ICBC", "CMB", "ICBC", "CMB", "ICBC"]
    assert {row["balance"] for row in rows} == {Decimal("500000.00")}


async def test_a_seed_is_sown_once(dsn: str, bank: PaperBank, sql: Connection) -> None:
    await bank.request(numbered(1), BANK_PASSWORD)

    await seed_demo(dsn, production=False, load_accounts=False)

    assert await at_bank(sql) == Decimal("490000.00")


async def test_money_that_comes_in_is_usable(bank: PaperBank, sql: Connection) -> None:
    await bank.request(numbered(1), BANK_PASSWORD)

    assert await usable(sql) == Decimal("1010000.00")
    assert await at_bank(sql) == Decimal("490000.00")


async def test_a_bank_that_takes_its_time_says_so_and_finishes(
    makes: Makes, sql: Connection, clock: FakeClock
) -> None:
    bank = makes(faults=BankFaults(works_s=60.0))
    await bank.start()
    transfer = numbered(1)

    assert await bank.request(transfer, BANK_PASSWORD) == ACCEPTED
    assert await bank.find(transfer.request_id) == ACCEPTED
    assert (await at_bank(sql), await usable(sql)) == (Decimal(490_000), Decimal(1_000_000))

    clock.forward(timedelta(seconds=60))
    assert await bank.find(transfer.request_id) == DONE
    assert await usable(sql) == Decimal("1010000.00")


async def test_what_is_due_is_finished_by_whoever_asks_next(
    makes: Makes, sql: Connection, clock: FakeClock
) -> None:
    bank = makes(faults=BankFaults(works_s=60.0))
    await bank.start()
    await bank.request(out(1), FUND_PASSWORD)
    assert await bank.balance(OWNER, ICBC, BANK_PASSWORD) == Decimal("500000.00")

    clock.forward(timedelta(seconds=60))

    assert await bank.balance(OWNER, ICBC, BANK_PASSWORD) == Decimal("510000.00")
    [record] = [record async for record in bank.records(make.NOON.date())]
    assert record.outcome == DONE


async def test_finishing_at_once_pays_once(makes: Makes, sql: Connection, clock: FakeClock) -> None:
    bank = makes(faults=BankFaults(works_s=60.0), connections=5)
    await bank.start()
    transfer = numbered(1)
    await bank.request(transfer, BANK_PASSWORD)
    clock.forward(timedelta(seconds=60))

    found = await asyncio.gather(*(bank.find(transfer.request_id) for _ in range(10)))

    assert set(found) == {DONE}
    assert await usable(sql) == Decimal("1010000.00")


@pytest.mark.parametrize("direction", Direction)
async def test_a_transfer_that_is_reversed_gives_the_money_back(
    makes: Makes, sql: Connection, clock: FakeClock, direction: Direction
) -> None:
    bank = makes(faults=BankFaults(works_s=60.0, reverses=True))
    await bank.start()
    transfer = numbered(1, direction=direction)
    password = BANK_PASSWORD if direction is Direction.IN else FUND_PASSWORD
    assert await bank.request(transfer, password) == ACCEPTED

    clock.forward(timedelta(seconds=60))

    assert await bank.find(transfer.request_id) == REVERSED
    assert (await at_bank(sql), await usable(sql)) == (Decimal(500_000), Decimal(1_000_000))


async def test_a_one_sided_posting_is_a_task_until_somebody_mends_it(
    makes: Makes, sql: Connection
) -> None:
    bank = makes(faults=BankFaults(sticks=True))
    await bank.start()
    transfer = numbered(1)

    assert await bank.request(transfer, BANK_PASSWORD) == MANUAL
    assert (await at_bank(sql), await usable(sql)) == (Decimal(490_000), Decimal(1_000_000))

    await sql.execute("UPDATE paper.bank_transfers SET state = 'working'")
    assert await bank.find(transfer.request_id) == DONE
    assert await usable(sql) == Decimal("1010000.00")


async def test_a_bank_takes_back_what_was_done(bank: PaperBank, sql: Connection) -> None:
    transfer = numbered(1)
    await bank.request(transfer, BANK_PASSWORD)

    assert await bank.take_back(transfer.request_id)
    assert not await bank.take_back(transfer.request_id)

    assert await bank.find(transfer.request_id) == REVERSED
    assert (await at_bank(sql), await usable(sql)) == (Decimal(500_000), Decimal(1_000_000))


async def test_money_that_is_spent_is_not_taken_back(bank: PaperBank, sql: Connection) -> None:
    transfer = numbered(1)
    await bank.request(transfer, BANK_PASSWORD)
    await bank.request(out(2, amount=Decimal("1010000.00")), FUND_PASSWORD)

    assert not await bank.take_back(transfer.request_id)
    assert await bank.find(transfer.request_id) == DONE
    assert not await bank.take_back(RequestId("never"))


async def test_proceeds_of_today_do_not_leave(bank: PaperBank, sql: Connection) -> None:
    await sql.execute("UPDATE paper.money SET unsettled = 400000 WHERE account = $1", OWNER)

    over = await bank.request(out(1, amount=Decimal("600000.01")), FUND_PASSWORD)
    fits = await bank.request(out(2, amount=Decimal("600000.00")), FUND_PASSWORD)

    assert (over, fits) == (rejected(Refusal.NOT_WITHDRAWABLE), DONE)
    assert await usable(sql) == Decimal("400000.00")


@pytest.mark.parametrize(
    ("direction", "right", "locked"),
    [
        (Direction.IN, BANK_PASSWORD, Refusal.BANK_ACCOUNT_ABNORMAL),
        (Direction.OUT, FUND_PASSWORD, Refusal.ACCOUNT_STATE_ABNORMAL),
    ],
)
async def test_three_wrong_passwords_lock_for_the_day(
    bank: PaperBank, clock: FakeClock, direction: Direction, right: Secret, locked: Refusal
) -> None:
    for number in range(3):
        answer = await bank.request(numbered(number, direction=direction), WRONG)
        assert answer.message in (7007, 7008)

    answer = await bank.request(numbered(3, direction=direction), right)
    assert answer == rejected(locked)

    clock.forward(timedelta(days=1))
    assert await bank.request(numbered(4, direction=direction), right) == DONE


async def test_a_right_password_forgives_the_wrong_ones_before_it(bank: PaperBank) -> None:
    for number in range(0, 6, 3):
        await bank.request(numbered(number), WRONG)
        with pytest.raises(Refused):
            await bank.balance(OWNER, ICBC, WRONG)
        assert await bank.request(numbered(number + 2), BANK_PASSWORD) == DONE


async def test_wrong_passwords_are_counted_over_all_that_asks_for_them(bank: PaperBank) -> None:
    for _ in range(3):
        with pytest.raises(Refused):
            await bank.balance(OWNER, ICBC, WRONG)

    with pytest.raises(Refused) as refused:
        await bank.balance(OWNER, ICBC, BANK_PASSWORD)
    assert refused.value.reason is Refusal.BANK_ACCOUNT_ABNORMAL
    assert await bank.request(numbered(1), BANK_PASSWORD) == rejected(Refusal.BANK_ACCOUNT_ABNORMAL)
    assert await bank.request(out(2), FUND_PASSWORD) == DONE


async def test_a_bank_may_ask_for_no_password(bank: PaperBank, sql: Connection) -> None:
    await sql.execute(
        "UPDATE paper.banks SET asks_in = false, asks_out = false, asks_balance = false"
    )

    assert await bank.request(numbered(1), None) == DONE
    assert await bank.request(out(2), None) == DONE
    assert await bank.balance(OWNER, ICBC, None) == Decimal("500000.00")


async def test_the_counter_takes_one_transfer_at_a_time(makes: Makes, clock: FakeClock) -> None:
    bank = makes(faults=BankFaults(works_s=60.0))
    await bank.start()
    await bank.request(numbered(1), BANK_PASSWORD)

    second = await bank.request(out(2), FUND_PASSWORD)
    clock.forward(timedelta(seconds=60))
    third = await bank.request(out(3), FUND_PASSWORD)

    assert (second, third) == (rejected(Refusal.TRANSFER_IN_PROGRESS), ACCEPTED)


async def test_two_at_once_are_taken_one_at_a_time(makes: Makes) -> None:
    bank = makes(faults=BankFaults(works_s=60.0), connections=8)
    await bank.start()

    answers = await asyncio.gather(
        *(bank.request(numbered(number), BANK_PASSWORD) for number in range(8))
    )

    assert answers.count(ACCEPTED) == 1
    assert answers.count(rejected(Refusal.TRANSFER_IN_PROGRESS)) == 7


@pytest.mark.parametrize(
    ("amounts", "last"),
    [
        (["500000.01"], Refusal.TRANSFER_TOO_LARGE),
        (["500000.00", "500000.00", "0.01"], Refusal.TRANSFER_DAY_LIMIT),
    ],
)
async def test_a_bank_has_limits_of_its_own(
    bank: PaperBank, amounts: list[str], last: Refusal
) -> None:
    rich = AccountId("10000004")  # with the CMB
    answers = [
        await bank.request(
            out(number, account=rich, bank="CMB", amount=Decimal(amount)), FUND_PASSWORD
        )
        for number, amount in enumerate(amounts)
    ]

    assert answers == [*[DONE] * (len(amounts) - 1), rejected(last)]


@pytest.mark.parametrize(
    ("hour", "trading_day", "open_"),
    [(8, True, False), (9, True, True), (15, True, True), (16, True, False), (12, False, False)],
)
async def test_a_bank_has_hours(
    makes: Makes, clock: FakeClock, hour: int, trading_day: bool, open_: bool
) -> None:
    bank = makes(mode=ClockMode.CALENDAR, is_trading_day=lambda _: trading_day)
    await bank.start()
    clock.at = clock.at.replace(hour=hour)

    answer = await bank.request(numbered(1), BANK_PASSWORD)

    assert answer == (DONE if open_ else rejected(Refusal.TRANSFERS_CLOSED))
    if not open_:
        with pytest.raises(Refused) as refused:
            await bank.balance(OWNER, ICBC, BANK_PASSWORD)
        assert refused.value.reason is Refusal.TRANSFERS_CLOSED


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"account": AccountId("10000005")}, Refusal.ACCOUNT_FROZEN),
        (
            {
                "account": AccountId("10000004"),
                "bank": "CMB",
                "station": {"caller": "+8613900000000"},
            },
            Refusal.CALLER_NOT_BOUND,
        ),
        ({"bank": "CMB"}, Refusal.NO_BANK),
        ({"bank": "NONE"}, Refusal.NO_BANK),
        ({"account": AccountId("99999999")}, Refusal.NO_BANK),
    ],
)
async def test_who_may_not_trade_may_not_transfer(
    bank: PaperBank, changes: dict[str, Any], reason: Refusal
) -> None:
    station = make.station(**changes.pop("station", {}))

    answer = await bank.request(numbered(1, station=station, **changes), BANK_PASSWORD)

    assert answer == rejected(reason)


async def test_a_bank_that_is_not_the_account_s_tells_no_balance(bank: PaperBank) -> None:
    with pytest.raises(Refused) as refused:
        await bank.balance(OWNER, "CMB", BANK_PASSWORD)  # type: ignore[arg-type]

    assert refused.value.reason is Refusal.NO_BANK


async def test_a_request_that_was_given_up_is_carried_out_all_the_same(
    makes: Makes, sql: Connection
) -> None:
    bank = makes(answer_within_s=0.05)
    await bank.start()

    async with sql.transaction():
        await sql.execute("SELECT FROM paper.bank_accounts FOR UPDATE")
        with pytest.raises(OutcomeUnknown):
            await bank.request(numbered(1), BANK_PASSWORD)
        assert await bank.find(numbered(1).request_id) is None

    # It waits until the request is booked or the tombstone is: the request was first.
    assert await bank.withdraw(numbered(1).request_id) == DONE


async def test_hanging_up_meanwhile_leaves_a_whole_transfer(
    bank: PaperBank, sql: Connection
) -> None:
    task = asyncio.create_task(bank.request(numbered(1), BANK_PASSWORD))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    async with asyncio.timeout(10):
        while (found := await bank.find(numbered(1).request_id)) is None:
            pass
    assert found == DONE


async def test_a_line_cut_in_the_middle_leaves_nothing_or_all(
    bank: PaperBank, sql: Connection
) -> None:
    requests = [
        asyncio.create_task(bank.request(numbered(number), BANK_PASSWORD)) for number in range(20)
    ]
    await asyncio.wait(requests, return_when=asyncio.FIRST_COMPLETED)
    await sql.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE application_name = 'paper-counter' AND datname = current_database()"
    )
    await asyncio.gather(*requests, return_exceptions=True)

    await bank.ping()  # mended
    moved = 500_000 - await at_bank(sql)
    done = await sql.fetchval("SELECT count(*) FROM paper.bank_transfers WHERE state = 'done'")
    assert moved == 10_000 * done


async def test_faults_are_rows_for_one_account_or_all(bank: PaperBank, sql: Connection) -> None:
    await sql.execute("INSERT INTO paper.bank_faults (rejects) VALUES (7011)")
    await sql.execute("INSERT INTO paper.bank_faults (account, works_s) VALUES ($1, 5)", OWNER)
    other = numbered(2, account=AccountId("10000003"))

    assert await bank.request(numbered(1), BANK_PASSWORD) == ACCEPTED
    assert await bank.request(other, BANK_PASSWORD) == rejected(Refusal.BANK_REFUSED)


async def test_nothing_of_a_password_is_kept(bank: PaperBank, sql: Connection) -> None:
    await bank.request(numbered(1), Secret("918273"))

    for table in ("bank_transfers", "bank_accounts"):
        rows = await sql.fetch(f"SELECT t::text AS line FROM paper.{table} t")  # noqa: S608
        assert rows
        assert not any("918273" in row["line"] for row in rows)
