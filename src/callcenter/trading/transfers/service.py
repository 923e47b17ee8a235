"""What a customer can do between the account and the bank (银证转账), whoever asks."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from callcenter.domain.accounts import AccountId, Customer, Money
from callcenter.domain.audit import Action, AuditEntry
from callcenter.domain.clock import Clock, trade_date
from callcenter.domain.errors import CalendarEnds, Refused
from callcenter.domain.orders import Station
from callcenter.domain.periods import Period
from callcenter.domain.refusals import Refusal
from callcenter.domain.requests import RequestNumber, request_id
from callcenter.domain.secret import Secret
from callcenter.domain.transfers import (
    UNMOVED,
    BankCode,
    BankService,
    BankTerms,
    Direction,
    PasswordKind,
    Transfer,
    TransferDraft,
    TransferOutcome,
    TransferState,
)
from callcenter.trading.requests.engine import Requests
from callcenter.trading.transfers.matter import PENDING
from callcenter.trading.transfers.ports import BankLink, TransferBook


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """A snapshot of what one transfer may be at most, in yuan: the counter has the last word."""

    single: Decimal
    left_today: Decimal
    withdrawable: Decimal | None  # 可取资金; None on the way in
    password: PasswordKind | None  # the one to ask for

    @property
    def most(self) -> Decimal:
        most = min(self.single, self.left_today)
        return most if self.withdrawable is None else min(most, self.withdrawable)

    def check(self, amount: Decimal) -> None:
        """Raise `Refused` with what would be allowed."""
        if amount > self.single:
            raise Refused(Refusal.TRANSFER_TOO_LARGE, most=self.single)
        if amount > self.left_today:
            raise Refused(Refusal.TRANSFER_DAY_LIMIT, most=self.left_today)
        if self.withdrawable is not None and amount > self.withdrawable:
            raise Refused(Refusal.NOT_WITHDRAWABLE, most=self.withdrawable)


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What transfers ask of the rest of the house."""

    admit: Callable[[Customer, Station], None]  # raises `Refused`
    money: Callable[[AccountId], Awaitable[Money]]
    is_trading_day: Callable[[date], bool]
    terms: Callable[[BankCode, date], BankTerms | None]


class Transfers:
    """Moves money between accounts and banks, one transfer at a time per account."""

    def __init__(
        self,
        link: BankLink,
        book: TransferBook,
        clock: Clock,
        requests: Requests[Transfer, TransferOutcome],
        house: House,
    ) -> None:
        self._link = link
        self._book = book
        self._clock = clock
        self._requests = requests
        self._house = house

    async def banks(self, account: AccountId) -> Sequence[BankTerms]:
        """Return the terms of the account's banks; raise `Refused` with NO_BANK if it has none."""
        today = trade_date(self._clock.now())
        codes = await self._link.banks(account)
        found = [terms for code in codes if (terms := self._house.terms(code, today))]
        if not found:
            raise Refused(Refusal.NO_BANK)
        return found

    async def limits(
        self, customer: Customer, station: Station, bank: BankCode, direction: Direction
    ) -> Limits:
        """
        Return what the customer may transfer now.

        Raise `Refused` if this account may not at all, if the bank is closed, or while another
        transfer of the account is open.
        """
        self._house.admit(customer, station)
        terms = self._terms_of(bank)
        self._check_hours(terms)
        await self._check_alone(customer.account)
        moved = await self._moved_today(customer.account, bank, direction)
        withdrawable = None
        if direction is Direction.OUT:
            withdrawable = (await self._house.money(customer.account)).withdrawable
        return Limits(
            single=terms.single,
            left_today=max(terms.day - moved, Decimal(0)),
            withdrawable=withdrawable,
            password=terms.passwords.get(BankService(direction)),
        )

    async def new_number(self) -> RequestNumber:
        """Return the number of the transfer that is about to be read back."""
        return await self._book.next_number()

    async def find(self, number: RequestNumber) -> Transfer | None:
        return await self._book.find(number)

    async def request(
        self, draft: TransferDraft, customer: Customer, station: Station, password: Secret | None
    ) -> TransferOutcome:
        """
        Ask the bank for the transfer that was confirmed; its outcome may be UNKNOWN or ACCEPTED.

        The same draft again never moves money twice; it only tells what became of the first. Raise
        `Refused` or `StoreUnavailable` if it was not even written down: then nothing was sent.
        """
        if await self._book.find(draft.number) is None:
            await self._check(draft, customer, station, password)
        now = self._clock.now()
        day = trade_date(now)
        transfer = Transfer(
            draft=draft,
            request_id=request_id(day, draft.number),
            trade_date=day,
            station=station,
            outcome=PENDING,
            created_at=now,
            updated_at=now,
        )

        async def send(transfer: Transfer) -> TransferOutcome:
            return await self._link.request(transfer, password)

        return await self._requests.make(transfer, send)

    async def results_today(self, account: AccountId) -> Sequence[Transfer]:
        """Return today's transfers, the newest first."""
        return await self._book.of_account(account, trade_date(self._clock.now()))

    async def made(self, account: AccountId, period: Period) -> Sequence[Transfer]:
        """Return the transfers of these trade dates, the newest first."""
        return await self._book.between(account, period)

    async def bank_balance(
        self, customer: Customer, station: Station, bank: BankCode, password: Secret | None
    ) -> Decimal:
        """Return the balance of the bank account in yuan; raise `Refused` if the bank says no."""
        self._house.admit(customer, station)
        self._check_hours(self._terms_of(bank))
        try:
            balance = await self._link.balance(customer.account, bank, password)
        except Refused as refused:
            await self._audit_balance(customer, station, bank, str(refused.reason.value))
            raise
        await self._audit_balance(customer, station, bank, "told")
        return balance

    def balance_password(self, bank: BankCode) -> PasswordKind | None:
        """Return which password the bank asks for before it tells a balance."""
        return self._terms_of(bank).passwords.get(BankService.BALANCE)

    async def _check(
        self, draft: TransferDraft, customer: Customer, station: Station, password: Secret | None
    ) -> None:
        try:
            limits = await self.limits(customer, station, draft.bank, draft.direction)
            limits.check(draft.amount)
            self._check_password(limits, password)
        except Refused:
            # Another daemon may have written it down meanwhile: it stands in its own way then.
            if await self._book.find(draft.number) is None:
                raise

    def _terms_of(self, bank: BankCode) -> BankTerms:
        terms = self._house.terms(bank, trade_date(self._clock.now()))
        if terms is None:
            raise Refused(Refusal.NO_BANK)
        return terms

    def _check_hours(self, terms: BankTerms) -> None:
        if terms.opens is None or terms.closes is None:
            return
        now = self._clock.now()
        try:
            is_trading_day = self._house.is_trading_day(trade_date(now))
        except CalendarEnds:
            raise Refused(Refusal.CALENDAR_UNKNOWN) from None
        if is_trading_day and terms.opens <= now.time() < terms.closes:
            return
        hours = {"opens": f"{terms.opens:%H:%M}", "closes": f"{terms.closes:%H:%M}"}
        raise Refused(Refusal.TRANSFERS_CLOSED, **hours)

    def _check_password(self, limits: Limits, password: Secret | None) -> None:
        if limits.password is PasswordKind.BANK and not password:
            raise Refused(Refusal.WRONG_BANK_PASSWORD)
        if limits.password is PasswordKind.FUND and not password:
            raise Refused(Refusal.WRONG_FUND_PASSWORD)

    async def _check_alone(self, account: AccountId) -> None:
        """Raise before anything is asked; the book has the last word, see `TransferBook`."""
        other = await self._book.open(account)
        if other is not None and other.state is TransferState.MANUAL:
            raise Refused(Refusal.TRANSFER_UNDER_INVESTIGATION)
        if other is not None:
            raise Refused(Refusal.TRANSFER_IN_PROGRESS)

    async def _moved_today(
        self, account: AccountId, bank: BankCode, direction: Direction
    ) -> Decimal:
        """Return the yuan that have gone, or may have gone, this way today."""
        today = await self._book.of_account(account, trade_date(self._clock.now()))
        counted = (
            one.draft.amount
            for one in today
            if (one.draft.bank, one.draft.direction) == (bank, direction)
            and one.state not in UNMOVED
        )
        return sum(counted, Decimal(0))

    async def _audit_balance(
        self, customer: Customer, station: Station, bank: BankCode, outcome: str
    ) -> None:
        entry = AuditEntry(
            at=self._clock.now(),
            station=station,
            account=customer.account,
            action=Action.BANK_BALANCE,
            outcome=outcome,
            details={"bank": bank},
        )
        async with self._book.transaction() as tx:
            await tx.audit(entry)
