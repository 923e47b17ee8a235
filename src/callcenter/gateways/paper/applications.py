"""The paper counter's desk for new shares, rights and open-end funds."""

import asyncio
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final, TypeVar

import asyncpg
import structlog

from callcenter.domain.accounts import AccountId
from callcenter.domain.applications import (
    Application,
    ApplicationOutcome,
    FundHolding,
    NewIssue,
    OpenFund,
    RightsIssue,
)
from callcenter.domain.clock import Clock
from callcenter.domain.errors import CounterUnavailable, OutcomeUnknown, Refused
from callcenter.domain.refusals import Refusal
from callcenter.domain.requests import RequestId
from callcenter.domain.securities import Market, SecurityCode
from callcenter.gateways.paper import application_books, books, registrar
from callcenter.gateways.paper.database import Connection, Database
from callcenter.gateways.paper.faults import NO_FAULTS, Faults, read_faults
from callcenter.gateways.paper.on_their_way import OnTheirWay
from callcenter.gateways.paper.sessions import ClockMode, Hours, IsTradingDay, Moment, weekdays
from callcenter.trading.applications.ports import ApplicationDesk

log = structlog.get_logger()
Answer = TypeVar("Answer")

_ISSUES: Final = """
    SELECT * FROM paper.issues WHERE day IS NULL OR day = $1 ORDER BY market, code
"""
_VALUE: Final = "SELECT value FROM paper.quotas WHERE account = $1 AND market = $2"
_MISSES: Final = """
    SELECT trade_date FROM paper.applications WHERE account = $1 AND state = 'forfeited'
    ORDER BY trade_date
"""
_RIGHTS: Final = """
    SELECT * FROM paper.rights WHERE account = $1 AND entitled > 0 ORDER BY market, code
"""
_FUND: Final = "SELECT * FROM paper.open_funds WHERE code = $1"
_HOLDINGS: Final = """
    SELECT f.*, s.shares, COALESCE(
        (SELECT sum(held_shares) FROM paper.applications a
         WHERE a.account = s.account AND a.code = s.code), 0) AS held
    FROM paper.fund_shares s JOIN paper.open_funds f USING (code)
    WHERE s.account = $1 ORDER BY code
"""


class PaperApplications(ApplicationDesk):
    """
    Applications as the schema `paper` has them, beside the counter's cash.

    It works on its own, as the counter does; what the registrar has to say is told when somebody
    next asks. The faults of `paper.faults` are those of applications too.
    """

    def __init__(
        self,
        dsn: str,
        clock: Clock,
        *,
        answer_within_s: float = 5.0,
        mode: ClockMode = ClockMode.ALWAYS_OPEN,
        is_trading_day: IsTradingDay = weekdays,
        faults: Faults = NO_FAULTS,
        connections: int = 2,
    ) -> None:
        self._database = Database(dsn, connections=connections)
        self._hours = Hours(clock=clock, mode=mode, is_trading_day=is_trading_day)
        self._faults = faults
        self._on_their_way = OnTheirWay(answer_within_s, _application_failed)

    async def start(self) -> None:
        await self._database.start()

    async def stop(self) -> None:
        """Drop what is on its way, whole applications only, and close the line."""
        await self._on_their_way.drop()
        await self._database.stop()

    async def issues(self, day: date) -> Sequence[NewIssue]:
        async with self._database.connection() as c:
            return [_issue_of(row) for row in await c.fetch(_ISSUES, day)]

    async def market_value(self, account: AccountId, market: Market) -> Decimal:
        async with self._database.connection() as c:
            value: Decimal | None = await c.fetchval(_VALUE, account, market)
        return Decimal(0) if value is None else value

    async def misses(self, account: AccountId) -> Sequence[date]:
        async with self._database.connection() as c:
            return [row["trade_date"] for row in await c.fetch(_MISSES, account)]

    async def rights(self, account: AccountId, day: date) -> Sequence[RightsIssue]:
        async with self._database.connection() as c:
            return [_rights_of(row) for row in await c.fetch(_RIGHTS, account)]

    async def fund(self, code: SecurityCode) -> OpenFund | None:
        async with self._database.connection() as c:
            row = await c.fetchrow(_FUND, code)
        return None if row is None else _fund_of(row)

    async def holdings(self, account: AccountId) -> Sequence[FundHolding]:
        async with self._database.connection() as c:
            rows = await c.fetch(_HOLDINGS, account)
        return [
            FundHolding(
                fund=_fund_of(row), shares=row["shares"] + row["held"], redeemable=row["shares"]
            )
            for row in rows
        ]

    async def apply(self, application: Application) -> ApplicationOutcome:
        return await self._on_their_way.answer(self._deliver(application), application.request_id)

    async def cancel(self, application: Application) -> None:
        wish = self._deliver_wish(application)
        if not await self._on_their_way.answer(wish, application.request_id):
            raise Refused(Refusal.NOT_CANCELLABLE)

    async def find(self, request_id: RequestId) -> ApplicationOutcome | None:
        async with self._database.connection() as c, c.transaction():
            await registrar.speak(c, request_id, await self._now(c), self._hours)
            return await application_books.find(c, request_id)

    async def withdraw(self, request_id: RequestId) -> ApplicationOutcome | None:
        async with self._database.connection() as c, c.transaction():
            return await application_books.withdraw(c, request_id, await self._now(c))

    async def ping(self) -> None:
        async with self._database.connection() as c:
            await c.execute("SELECT FROM paper.issues LIMIT 1")

    async def _deliver(self, application: Application) -> ApplicationOutcome:
        faults = await self._faults_of(application.account)
        await self._travel(application.request_id, faults.before_s, lost=faults.silent)
        answer = None
        try:
            async with self._database.connection() as c, c.transaction():
                now = await self._now(c)
                answer = await application_books.book(c, application, now, faults.rejects)
        except CounterUnavailable as e:
            if answer is None:
                raise
            # The line broke in the commit: it may have been kept.
            raise OutcomeUnknown(application.request_id) from e
        await asyncio.sleep(faults.after_s)
        return answer

    async def _deliver_wish(self, application: Application) -> bool:
        faults = await self._faults_of(application.account)
        await self._travel(application.request_id, faults.cancel_s, lost=faults.cancel_silent)
        async with self._database.connection() as c, c.transaction():
            now = await self._now(c)
            return await application_books.cancel(c, application.request_id, now)

    async def _travel(self, request_id: RequestId, seconds: float, *, lost: bool) -> None:
        await asyncio.sleep(seconds)
        if lost:
            await self._on_their_way.stay_silent(request_id)

    async def _faults_of(self, account: AccountId) -> Faults:
        async with self._database.connection() as c:
            return await read_faults(c, account) or self._faults

    async def _now(self, c: Connection) -> Moment:
        return await books.moment(c, self._hours)


def _application_failed(application: str, error: BaseException) -> None:
    log.warning("paper_counter.application_failed", application=application, error=repr(error))


def _issue_of(row: asyncpg.Record) -> NewIssue:
    return NewIssue(
        market=Market(row["market"]),
        code=SecurityCode(row["code"]),
        name=row["name"],
        name_en=row["name_en"],
        board=row["board"],
        price=row["price"],
        most=row["most"],
    )


def _rights_of(row: asyncpg.Record) -> RightsIssue:
    return RightsIssue(
        market=Market(row["market"]),
        code=SecurityCode(row["code"]),
        name=row["name"],
        name_en=row["name_en"],
        price=row["price"],
        entitled=row["entitled"],
        day=row["day"],
    )


def _fund_of(row: asyncpg.Record) -> OpenFund:
    return OpenFund(
        code=SecurityCode(row["code"]),
        name=row["name"],
        name_en=row["name_en"],
        net_value=row["net_value"],
        of=row["of"],
        least=row["least"],
        most=row["most"],
        may_subscribe=row["may_subscribe"],
        may_redeem=row["may_redeem"],
    )
