"""What a customer may transfer, when, and what is asked for it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from callcenter.domain.accounts import AccountId, Customer, Money
from callcenter.domain.audit import Action
from callcenter.domain.errors import CalendarEnds, CounterUnavailable, Refused, StoreUnavailable
from callcenter.domain.orders import Station
from callcenter.domain.refusals import Refusal
from callcenter.domain.requests import RequestNumber
from callcenter.domain.secret import Secret
from callcenter.domain.transfers import (
    BankCode,
    BankTerms,
    Direction,
    PasswordKind,
    Transfer,
    TransferDraft,
    TransferOutcome,
    TransferState,
)
from callcenter.trading.requests.engine import Requests
from callcenter.trading.transfers.matter import TRANSFER
from callcenter.trading.transfers.service import House, Transfers
from tests import make
from tests.fakes.bank import DONE, ICBC, OPEN_ONE, PASSWORDS, TERMS, FakeBank
from tests.fakes.clock import FakeClock
from tests.fakes.requests import FakeTransferBook

S = TransferState
CUSTOMER, STATION = make.customer(), make.station()
BANK_PASSWORD = PASSWORDS[PasswordKind.BANK]
FUND_PASSWORD = PASSWORDS[PasswordKind.FUND]
IN, OUT = make.transfer_draft(), make.transfer_draft(direction=Direction.OUT)


@dataclass(slots=True, kw_only=True)
class Office:
    """The service over fakes; a test changes what it is about."""

    bank: FakeBank = field(default_factory=FakeBank)
    clock: FakeClock = field(default_factory=FakeClock)
    terms: Mapping[BankCode, BankTerms] = field(default_factory=lambda: dict(TERMS))
    withdrawable: Decimal = Decimal("40000.00")
    trading_day: bool = True
    known_until: date = date.max
    admits: bool = True
    book: FakeTransferBook = field(init=False)

    def __post_init__(self) -> None:
        self.book = FakeTransferBook(self.clock)

    @property
    def transfers(self) -> Transfers:
        requests = Requests(
            TRANSFER,
            self.bank,
            self.book,
            self.clock,
            promise=timedelta(seconds=20),
            patience=timedelta(minutes=10),
        )
        house = House(
            admit=self._admit,
            money=self._money,
            is_trading_day=self._is_trading_day,
            terms=lambda bank, day: self.terms.get(bank),
        )
        return Transfers(self.bank, self.book, self.clock, requests, house)

    async def request(
        self, draft: TransferDraft = IN, password: Secret | None = BANK_PASSWORD
    ) -> TransferOutcome:
        return await self.transfers.request(draft, CUSTOMER, STATION, password)

    async def fails(
        self, draft: TransferDraft = IN, password: Secret | None = BANK_PASSWORD
    ) -> Refusal:
        with pytest.raises(Refused) as refused:
            await self.request(draft, password)
        return refused.value.reason

    def change(self, **changes: Any) -> None:
        self.terms = {ICBC: replace(TERMS[ICBC], **changes)}

    def _admit(self, customer: Customer, station: Station) -> None:
        assert (customer, station) == (CUSTOMER, STATION)
        if not self.admits:
            raise Refused(Refusal.CALLER_NOT_BOUND)

    async def _money(self, account: AccountId) -> Money:
        nothing = Decimal(0)
        return Money(
            usable=Decimal("99999.00"),
            withdrawable=self.withdrawable,
            frozen=nothing,
            total=nothing,
        )

    def _is_trading_day(self, day: date) -> bool:
        if day > self.known_until:
            raise CalendarEnds(day, self.known_until)
        return self.trading_day


@pytest.fixture
def office() -> Office:
    return Office()


def numbered(number: int, **changes: Any) -> TransferDraft:
    return make.transfer_draft(number=RequestNumber(f"7000{number:04}"), **changes)


async def test_money_comes_in_with_the_bank_password(office: Office) -> None:
    assert await office.request(IN, BANK_PASSWORD) == DONE
    assert office.bank.passwords == [BANK_PASSWORD]


async def test_money_goes_out_with_the_fund_password(office: Office) -> None:
    assert await office.request(OUT, FUND_PASSWORD) == DONE
    assert office.bank.passwords == [FUND_PASSWORD]


async def test_a_bank_that_asks_for_none_is_sent_none(office: Office) -> None:
    assert await office.request(make.transfer_draft(bank=OPEN_ONE), None) == DONE
    assert office.bank.passwords == [None]


@pytest.mark.parametrize(
    ("draft", "reason"),
    [(IN, Refusal.WRONG_BANK_PASSWORD), (OUT, Refusal.WRONG_FUND_PASSWORD)],
)
async def test_without_its_password_nothing_is_sent(
    office: Office, draft: TransferDraft, reason: Refusal
) -> None:
    assert await office.fails(draft, None) is reason
    assert office.bank.asked == []


async def test_a_wrong_password_is_the_bank_s_to_refuse(office: Office) -> None:
    outcome = await office.request(IN, FUND_PASSWORD)

    assert outcome == TransferOutcome(state=S.REJECTED, message=Refusal.WRONG_BANK_PASSWORD.value)


async def test_the_terms_of_an_account_s_bank_are_told(office: Office) -> None:
    assert await office.transfers.banks(CUSTOMER.account) == [TERMS[ICBC]]


async def test_an_account_without_a_bank_is_told_so(office: Office) -> None:
    with pytest.raises(Refused) as refused:
        await office.transfers.banks(AccountId("10000002"))
    assert refused.value.reason is Refusal.NO_BANK

    office.terms = {}
    assert await office.fails() is Refusal.NO_BANK


@pytest.mark.parametrize(
    ("amount", "reason"),
    [
        ("50000.00", None),
        ("50000.01", Refusal.TRANSFER_TOO_LARGE),
    ],
)
async def test_one_transfer_has_a_limit(
    office: Office, amount: str, reason: Refusal | None
) -> None:
    draft = make.transfer_draft(amount=Decimal(amount))

    if reason is None:
        assert await office.request(draft) == DONE
    else:
        assert await office.fails(draft) is reason


async def test_a_day_has_a_limit_in_each_direction(office: Office) -> None:
    await office.request(numbered(1, amount=Decimal("50000.00")))

    assert await office.fails(numbered(2, amount=Decimal("30000.01"))) is Refusal.TRANSFER_DAY_LIMIT
    assert await office.request(numbered(3, amount=Decimal("30000.00"))) == DONE
    out = numbered(4, direction=Direction.OUT, amount=Decimal("40000.00"))
    assert await office.request(out, FUND_PASSWORD) == DONE


async def test_what_did_not_move_leaves_the_limit_of_the_day_alone(office: Office) -> None:
    for number in range(5):
        await office.request(numbered(number, amount=Decimal("50000.00")), FUND_PASSWORD)

    limits = await office.transfers.limits(CUSTOMER, STATION, ICBC, Direction.IN)

    assert limits.left_today == Decimal("80000.00")


async def test_a_new_day_has_its_own_limit(office: Office) -> None:
    await office.request(numbered(1, amount=Decimal("50000.00")))
    await office.request(numbered(2, amount=Decimal("30000.00")))

    office.clock.forward(timedelta(days=1))

    assert await office.request(numbered(3, amount=Decimal("50000.00"))) == DONE


async def test_only_what_is_withdrawable_goes_out(office: Office) -> None:
    over = numbered(1, direction=Direction.OUT, amount=Decimal("40000.01"))

    assert await office.fails(over, FUND_PASSWORD) is Refusal.NOT_WITHDRAWABLE
    assert await office.request(replace(over, amount=Decimal("40000.00")), FUND_PASSWORD) == DONE


@pytest.mark.parametrize(
    ("direction", "most"), [(Direction.IN, "50000.00"), (Direction.OUT, "40000.00")]
)
async def test_the_most_is_told_beforehand(office: Office, direction: Direction, most: str) -> None:
    limits = await office.transfers.limits(CUSTOMER, STATION, ICBC, direction)

    assert limits.most == Decimal(most)


@pytest.mark.parametrize(
    ("at", "trading_day", "reason"),
    [
        (time(9, 0), True, None),
        (time(15, 59, 59), True, None),
        (time(8, 59, 59), True, Refusal.TRANSFERS_CLOSED),
        (time(16, 0), True, Refusal.TRANSFERS_CLOSED),
        (time(12, 0), False, Refusal.TRANSFERS_CLOSED),
    ],
)
async def test_a_bank_has_hours(
    office: Office, at: time, trading_day: bool, reason: Refusal | None
) -> None:
    office.change(opens=time(9, 0), closes=time(16, 0))
    office.trading_day = trading_day
    office.clock.at = office.clock.at.replace(hour=at.hour, minute=at.minute, second=at.second)

    if reason is None:
        assert await office.request() == DONE
    else:
        assert await office.fails() is reason
        assert office.bank.asked == []


async def test_nobody_guesses_whether_a_bank_works_where_the_calendar_has_ended(
    office: Office,
) -> None:
    office.change(opens=time(9, 0), closes=time(16, 0))
    office.known_until = make.NOON.date() - timedelta(days=1)

    assert await office.fails() is Refusal.CALENDAR_UNKNOWN
    assert office.bank.asked == []


async def test_an_account_that_may_not_trade_may_not_transfer(office: Office) -> None:
    office.admits = False

    assert await office.fails() is Refusal.CALLER_NOT_BOUND


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (S.PENDING, Refusal.TRANSFER_IN_PROGRESS),
        (S.UNKNOWN, Refusal.TRANSFER_IN_PROGRESS),
        (S.ACCEPTED, Refusal.TRANSFER_IN_PROGRESS),
        (S.MANUAL, Refusal.TRANSFER_UNDER_INVESTIGATION),
    ],
)
async def test_there_is_one_transfer_at_a_time(
    office: Office, state: TransferState, reason: Refusal
) -> None:
    async with office.book.transaction() as tx:
        await tx.add(make.transfer(state))

    assert await office.fails(numbered(2)) is reason
    assert office.bank.asked == []


async def test_two_at_once_from_two_daemons_are_one(office: Office) -> None:
    office.bank.answers = TransferOutcome(state=S.ACCEPTED)

    outcomes = await asyncio.gather(
        office.request(numbered(1)), office.request(numbered(2)), return_exceptions=True
    )

    assert sum(isinstance(outcome, Refused) for outcome in outcomes) == 1
    assert len(office.bank.asked) == 1


async def test_the_same_draft_again_is_told_what_became_of_it(office: Office) -> None:
    await office.request()
    office.clock.forward(timedelta(seconds=1))
    office.change(opens=time(0, 0), closes=time(0, 1))

    assert await office.request() == DONE
    assert len(office.bank.asked) == 1


async def test_a_draft_that_another_daemon_is_writing_down_does_not_stand_in_its_own_way(
    office: Office,
) -> None:
    class Late(FakeTransferBook):
        looks = 0

        async def find(self, number: RequestNumber) -> Transfer | None:
            self.looks += 1
            return None if self.looks == 1 else await super().find(number)

    office.book = Late(office.clock)
    async with office.book.transaction() as tx:
        await tx.add(make.transfer(S.ACCEPTED))

    assert await office.request() == TransferOutcome(state=S.ACCEPTED)
    assert office.bank.asked == []


async def test_a_refused_transfer_leaves_no_trace(office: Office) -> None:
    await office.fails(make.transfer_draft(amount=Decimal("99999.00")))

    assert (office.book.kept, office.book.trail, office.book.outbox) == ({}, [], [])


async def test_without_the_book_nothing_is_sent(office: Office) -> None:
    office.book.gone = True

    with pytest.raises(StoreUnavailable):
        await office.request()

    assert office.bank.asked == []


async def test_without_the_counter_nothing_is_written_down(office: Office) -> None:
    office.bank.fails_with = CounterUnavailable()

    outcome = await office.request()

    assert outcome == TransferOutcome(state=S.WITHDRAWN, message=Refusal.COUNTER_UNAVAILABLE.value)


async def test_today_s_results_are_told_newest_first(office: Office) -> None:
    await office.request(numbered(1))
    office.clock.forward(timedelta(days=1))
    await office.request(numbered(2))
    await office.request(numbered(3))

    told = await office.transfers.results_today(CUSTOMER.account)

    assert [transfer.number for transfer in told] == ["70000003", "70000002"]
    assert {transfer.state for transfer in told} == {S.DONE}


async def test_a_new_number_and_what_was_kept_under_it(office: Office) -> None:
    number = await office.transfers.new_number()
    assert await office.transfers.find(number) is None

    await office.request(replace(IN, number=number))

    found = await office.transfers.find(number)
    assert found is not None
    assert found.outcome == DONE


async def test_the_bank_s_balance_is_told_and_audited(office: Office) -> None:
    told = await office.transfers.bank_balance(CUSTOMER, STATION, ICBC, BANK_PASSWORD)

    assert told == Decimal("500000.00")
    [entry] = office.book.trail
    assert (entry.action, entry.outcome) == (Action.BANK_BALANCE, "told")
    assert office.transfers.balance_password(ICBC) is PasswordKind.BANK
    assert office.transfers.balance_password(OPEN_ONE) is None


async def test_a_wrong_password_tells_no_balance_and_is_audited(office: Office) -> None:
    with pytest.raises(Refused) as refused:
        await office.transfers.bank_balance(CUSTOMER, STATION, ICBC, FUND_PASSWORD)

    assert refused.value.reason is Refusal.WRONG_BANK_PASSWORD
    [entry] = office.book.trail
    assert entry.outcome == "7007"
