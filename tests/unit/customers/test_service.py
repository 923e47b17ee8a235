"""Logging in: who is let in, who is locked out, and what is written down of it."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from callcenter.customers.service import Customers, LockOut
from callcenter.domain.accounts import AccountId, Customer
from callcenter.domain.audit import Action
from callcenter.domain.calls import WITHHELD, CallerNumber
from callcenter.domain.errors import CounterUnavailable, Refused, StoreUnavailable
from callcenter.domain.orders import Station
from callcenter.domain.refusals import Refusal
from callcenter.domain.secret import Secret
from callcenter.domain.securities import Market
from callcenter.gateways.paper import demo
from tests import make
from tests.fakes.clock import FakeClock
from tests.fakes.gateway import FakeCounter
from tests.fakes.store import FakeLoginLog

ACCOUNT = "10000001"
SHAREHOLDER_CODE = demo.ACCOUNTS[0].shareholder_codes[Market.SH].lstrip("A")
PASSWORD = Secret("246810")
GUESS = Secret("111111")
LOCK_OUT = LockOut(per_account=3, per_caller=5, within=timedelta(hours=24))
ELSEWHERE = make.station(caller=CallerNumber("+8613900139000"))


@dataclass(slots=True, kw_only=True)
class Door:
    counter: FakeCounter = field(default_factory=FakeCounter)
    log: FakeLoginLog = field(default_factory=FakeLoginLog)
    clock: FakeClock = field(default_factory=FakeClock)

    @property
    def customers(self) -> Customers:
        return Customers(self.counter, self.log, self.clock, LOCK_OUT)

    async def login(
        self,
        account: str = ACCOUNT,
        password: Secret = PASSWORD,
        station: Station | None = None,
    ) -> Customer | Refusal:
        """Return who was let in, or why not."""
        try:
            return await self.customers.login(account, password, station or make.station())
        except Refused as refused:
            return refused.reason

    async def guess(
        self, times: int, account: str = ACCOUNT, station: Station | None = None
    ) -> None:
        for _ in range(times):
            assert await self.login(account, GUESS, station) is Refusal.LOGIN_FAILED


async def test_account_and_password_let_a_customer_in() -> None:
    assert await Door().login() == make.customer()


@pytest.mark.parametrize("account", [ACCOUNT, "99999999"], ids=["wrong-password", "unknown"])
async def test_a_wrong_password_and_an_unknown_account_are_refused_alike(account: str) -> None:
    password = GUESS if account == ACCOUNT else PASSWORD

    assert await Door().login(account, password) is Refusal.LOGIN_FAILED


async def test_every_attempt_is_written_down_with_its_number_and_outcome() -> None:
    door = Door()

    await door.guess(1)
    await door.login()

    failed, accepted = door.log.trail
    assert (failed.outcome, failed.account) == ("refused:1001", ACCOUNT)
    assert (accepted.outcome, accepted.account) == ("accepted", ACCOUNT)
    for entry in door.log.trail:
        assert entry.action is Action.LOGIN
        assert entry.at == make.NOON
        assert entry.station == make.station()
        assert entry.details["login"] == ACCOUNT
    assert accepted.details["branch"] == make.customer().branch
    assert [attempt.succeeded for attempt in door.log.attempts] == [False, True]


async def test_an_account_is_locked_after_its_failures_from_wherever_they_came() -> None:
    door = Door()
    await door.guess(1)
    await door.guess(2, station=ELSEWHERE)

    assert await door.login() is Refusal.ACCOUNT_LOCKED
    assert door.counter.logins.count(ACCOUNT) == 3
    assert door.log.trail[-1].outcome == "refused:1002"


async def test_an_account_and_its_shareholder_codes_are_locked_together() -> None:
    door = Door()
    await door.guess(2)
    await door.guess(1, account=SHAREHOLDER_CODE)

    assert await door.login() is Refusal.ACCOUNT_LOCKED
    assert await door.login(SHAREHOLDER_CODE) is Refusal.ACCOUNT_LOCKED


async def test_whoever_a_lock_turns_away_is_written_down_and_does_not_prolong_it() -> None:
    door = Door()
    await door.guess(3)
    door.clock.forward(LOCK_OUT.within - timedelta(hours=1))

    assert await door.login() is Refusal.ACCOUNT_LOCKED
    assert door.log.trail[-1].outcome == "refused:1002"
    door.clock.forward(timedelta(hours=1, seconds=1))
    assert isinstance(await door.login(), Customer)


async def test_a_success_before_that_clears_the_failures_of_an_account() -> None:
    door = Door()
    await door.guess(2)
    await door.login()
    await door.guess(2)

    assert await door.login() == make.customer()


async def test_another_account_is_not_locked_with_it() -> None:
    door = Door()
    await door.guess(3)

    assert isinstance(await door.login("10000002"), Customer)


async def test_a_number_is_locked_after_its_failures_with_whatever_account() -> None:
    door = Door()
    for account in range(5):
        await door.guess(1, account=f"9000000{account}")

    assert await door.login() is Refusal.CALLER_LOCKED
    assert isinstance(await door.login(station=ELSEWHERE), Customer)


async def test_a_success_does_not_clear_the_failures_of_a_number() -> None:
    door = Door()
    for account in range(4):
        await door.guess(1, account=f"9000000{account}")
    await door.login()
    await door.guess(1, account="90000005")

    assert await door.login() is Refusal.CALLER_LOCKED


async def test_a_withheld_number_is_not_locked_since_it_is_many() -> None:
    door = Door()
    withheld = make.station(caller=WITHHELD)
    for account in range(9):
        await door.guess(1, account=f"9000000{account}", station=withheld)

    assert isinstance(await door.login(station=withheld), Customer)


async def test_failures_are_forgotten_in_time() -> None:
    door = Door()
    await door.guess(3)

    door.clock.forward(LOCK_OUT.within + timedelta(seconds=1))

    assert isinstance(await door.login(), Customer)


async def test_failures_are_not_forgotten_earlier() -> None:
    door = Door()
    await door.guess(3)

    door.clock.forward(LOCK_OUT.within)

    assert await door.login() is Refusal.ACCOUNT_LOCKED


async def test_who_has_logged_in_is_known_again_without_a_password() -> None:
    door = Door()

    assert await door.customers.known(AccountId(ACCOUNT)) == make.customer()
    assert door.log.trail == []


async def test_a_counter_that_does_not_answer_is_nobodys_failure() -> None:
    door = Door()
    door.counter.fails_with = CounterUnavailable()

    with pytest.raises(CounterUnavailable):
        await door.login()

    assert door.log.attempts == []


async def test_nobody_is_let_in_who_cannot_be_written_down() -> None:
    door = Door()
    door.log.gone = True

    with pytest.raises(StoreUnavailable):
        await door.login()
