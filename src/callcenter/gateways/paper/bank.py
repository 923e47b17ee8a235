"""The paper counter's line to the banks, and the banks at its end: a peer to practise with."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

import asyncpg
import structlog

from callcenter.domain.accounts import AccountId
from callcenter.domain.clock import Clock
from callcenter.domain.errors import CounterUnavailable, OutcomeUnknown, Refused
from callcenter.domain.refusals import Refusal
from callcenter.domain.requests import RequestId
from callcenter.domain.secret import Secret
from callcenter.domain.transfers import (
    BankCode,
    BankService,
    PasswordKind,
    Transfer,
    TransferOutcome,
)
from callcenter.gateways.paper import bank_books, books, passwords
from callcenter.gateways.paper.bank_books import Visit
from callcenter.gateways.paper.bank_faults import NO_BANK_FAULTS, BankFaults, read_bank_faults
from callcenter.gateways.paper.bank_terms import is_open, judge_password
from callcenter.gateways.paper.bank_tries import Tries
from callcenter.gateways.paper.database import Connection, Database
from callcenter.gateways.paper.on_their_way import OnTheirWay
from callcenter.gateways.paper.sessions import (
    ClockMode,
    Hours,
    IsTradingDay,
    Moment,
    Phase,
    weekdays,
)
from callcenter.trading.transfers.ports import BankLink, BankRecord

log = structlog.get_logger()

_BANKS: Final = "SELECT bank FROM paper.bank_accounts WHERE account = $1 ORDER BY bank"
_ASKS: Final = """
    SELECT b.asks_in, b.asks_out, b.asks_balance, c.bank_password, c.fund_password
    FROM paper.banks b JOIN paper.bank_accounts a ON a.bank = b.code
    JOIN paper.customers c ON c.account = a.account WHERE a.account = $1 AND b.code = $2
"""
_BALANCE: Final = """
    SELECT a.*, b.opens, b.closes, b.wrong_passwords
    FROM paper.bank_accounts a JOIN paper.banks b ON b.code = a.bank
    WHERE a.account = $1 AND a.bank = $2 FOR UPDATE OF a
"""


class PaperBank(BankLink):
    """
    Banks with accounts of their own, in the schema `paper`, beside the paper counter's cash.

    Like real ones they work on their own: a request that is on its way is carried out even if
    whoever sent it gave up. What a bank takes time for is finished when somebody next asks.
    `faults` are what goes wrong; a row in `paper.bank_faults` overrides them.
    """

    def __init__(
        self,
        dsn: str,
        clock: Clock,
        *,
        answer_within_s: float = 10.0,
        mode: ClockMode = ClockMode.ALWAYS_OPEN,
        is_trading_day: IsTradingDay = weekdays,
        faults: BankFaults = NO_BANK_FAULTS,
        connections: int = 2,
    ) -> None:
        self._database = Database(dsn, connections=connections)
        self._hours = Hours(clock=clock, mode=mode, is_trading_day=is_trading_day)
        self._faults = faults
        self._on_their_way = OnTheirWay(answer_within_s, _transfer_failed)

    async def start(self) -> None:
        """Be ready to be asked. A bank that is down is found out by the first question."""
        await self._database.start()

    async def stop(self) -> None:
        """Drop what is on its way, whole transfers only, and close the line."""
        await self._on_their_way.drop()
        await self._database.stop()

    async def banks(self, account: AccountId) -> Sequence[BankCode]:
        async with self._database.connection() as c:
            return [BankCode(row["bank"]) for row in await c.fetch(_BANKS, account)]

    async def request(self, transfer: Transfer, password: Secret | None) -> TransferOutcome:
        delivery = self._deliver(transfer, password)
        return await self._on_their_way.answer(delivery, transfer.request_id)

    async def find(self, request_id: RequestId) -> TransferOutcome | None:
        async with self._database.connection() as c, c.transaction():
            await bank_books.finish(c, request_id, (await self._now(c)).at)
            return await bank_books.find(c, request_id)

    async def withdraw(self, request_id: RequestId) -> TransferOutcome | None:
        async with self._database.connection() as c, c.transaction():
            return await bank_books.withdraw(c, request_id, (await self._now(c)).at)

    async def balance(self, account: AccountId, bank: BankCode, password: Secret | None) -> Decimal:
        async with self._database.connection() as c:
            await self._finish(c, account)
            kind, right = await self._check(c, account, bank, BankService.BALANCE, password)
            async with c.transaction():
                told = await self._tell_balance(c, account, bank, kind, right=right)
        if isinstance(told, Refusal):
            raise Refused(told)
        return told

    async def records(self, day: date) -> AsyncIterator[BankRecord]:
        async with self._database.connection() as c:
            await self._finish(c)
            found = await bank_books.records(c, day)
        for record in found:
            yield record

    async def take_back(self, request_id: RequestId) -> bool:
        """Reverse a transfer that was done (冲正), as a bank does when its day does not balance."""
        async with self._database.connection() as c, c.transaction():
            return await bank_books.take_back(c, request_id, (await self._now(c)).at)

    async def ping(self) -> None:
        async with self._database.connection() as c:
            await c.execute("SELECT FROM paper.banks LIMIT 1")

    async def _deliver(self, transfer: Transfer, password: Secret | None) -> TransferOutcome:
        async with self._database.connection() as c:
            faults = await read_bank_faults(c, transfer.account) or self._faults
        await asyncio.sleep(faults.before_s)
        if faults.silent:
            await self._on_their_way.stay_silent(transfer.request_id)
        answer = await self._book(transfer, password, faults)
        await asyncio.sleep(faults.after_s)
        return answer

    async def _book(
        self, transfer: Transfer, password: Secret | None, faults: BankFaults
    ) -> TransferOutcome:
        answer = None
        try:
            async with self._database.connection() as c:
                await self._finish(c, transfer.account)
                draft = transfer.draft
                service = BankService(draft.direction)
                kind, right = await self._check(c, draft.account, draft.bank, service, password)
                visit = self._visit(await self._now(c), kind, right, faults)
                async with c.transaction():
                    answer = await bank_books.book(c, transfer, visit)
        except CounterUnavailable as e:
            if answer is None:
                raise
            # The line broke in the commit: it may have been kept.
            raise OutcomeUnknown(transfer.request_id) from e
        return answer

    def _visit(
        self, now: Moment, kind: PasswordKind | None, right: bool, faults: BankFaults
    ) -> Visit:
        return Visit(
            at=now.at,
            hours_count=now.phase is not Phase.ALWAYS_OPEN,
            trading_day=self._hours.is_trading_day(now.day),
            password=kind,
            right=right,
            faults=faults,
        )

    async def _now(self, c: Connection) -> Moment:
        return await books.moment(c, self._hours)

    async def _check(
        self,
        c: Connection,
        account: AccountId,
        bank: BankCode,
        service: BankService,
        password: Secret | None,
    ) -> tuple[PasswordKind | None, bool]:
        """Return which password this needs, and whether it was the one that was given."""
        row = await c.fetchrow(_ASKS, account, bank)
        if row is None or not row[f"asks_{service.value}"]:
            return None, True
        kind = PasswordKind.FUND if service is BankService.OUT else PasswordKind.BANK
        given = "" if password is None else password.reveal()
        kept = row[f"{kind.value}_password"]
        return kind, await asyncio.to_thread(passwords.matches, given, kept)

    async def _tell_balance(
        self,
        c: Connection,
        account: AccountId,
        bank: BankCode,
        kind: PasswordKind | None,
        *,
        right: bool,
    ) -> Decimal | Refusal:
        row = await c.fetchrow(_BALANCE, account, bank)
        if row is None:
            return Refusal.NO_BANK
        now = await self._now(c)
        if not self._works(row, now):
            return Refusal.TRANSFERS_CLOSED
        tries = Tries(row, now.day)
        left = tries.left(kind, row["wrong_passwords"])
        reason = judge_password(kind, left, right=right)
        if left > 0:
            await tries.note(c, kind, right=right)
        balance: Decimal = row["balance"]
        return reason or balance

    def _works(self, row: asyncpg.Record, now: Moment) -> bool:
        trading_day = self._hours.is_trading_day(now.day)
        works = is_open(row["opens"], row["closes"], now.at, trading_day=trading_day)
        return works or now.phase is Phase.ALWAYS_OPEN

    async def _finish(self, c: Connection, account: AccountId | None = None) -> None:
        """Bring to an end what was worked on for long enough."""
        now = (await self._now(c)).at
        for request_id in await bank_books.due(c, now, account):
            async with c.transaction():
                await bank_books.finish(c, request_id, now)


def _transfer_failed(request: str, error: BaseException) -> None:
    log.warning("paper_bank.transfer_failed", request=request, error=repr(error))
