"""A counter that speaks FIX 4.4, behind our port for orders."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import date
from typing import Final
from weakref import WeakValueDictionary

import structlog

from callcenter.domain.accounts import AccountId, BranchCode
from callcenter.domain.clock import Clock, trade_date
from callcenter.domain.errors import CounterUnavailable, OutcomeUnknown
from callcenter.domain.fills import Fill
from callcenter.domain.orders import ClientOrderId, Order
from callcenter.domain.refusals import Refusal
from callcenter.gateways.fix import messages, reports
from callcenter.gateways.fix.conversation import Conversation, FixTerms
from callcenter.gateways.fix.journal import Entry
from callcenter.gateways.fix.reports import BadReport, Report
from callcenter.gateways.fix.words import ExecType, Kind
from callcenter.trading.ports import CounterEvent, CounterOrder, OrderEntry, StreamPosition

log = structlog.get_logger()

BranchOf = Callable[[AccountId], Awaitable[BranchCode | None]]

_BUSTS: Final = frozenset({ExecType.TRADE_CANCEL, ExecType.TRADE_CORRECT})


async def no_branch(account: AccountId) -> BranchCode | None:
    """Say of no account where it is kept."""
    return None


class FixOrderEntry(OrderEntry):
    """
    Order entry over one FIX session.

    Nothing is sent unless logged on, and nothing is ever sent again. The counter answers a
    question about an order after everything that came before it on the session: an order of today
    that it does not know then, it never will. One of an earlier day it may have forgotten.
    """

    def __init__(self, terms: FixTerms, clock: Clock, *, branch_of: BranchOf = no_branch) -> None:
        self._terms = terms
        self._clock = clock
        self._branch_of = branch_of
        self._conversation = Conversation(terms, clock)
        self._withdrawn: set[ClientOrderId] = set()
        self._cancelled: set[ClientOrderId] = set()  # the counter has the wish
        self._turns: WeakValueDictionary[ClientOrderId, asyncio.Lock] = WeakValueDictionary()

    async def start(self) -> None:
        """Begin to dial. A counter that is down is found out by the first question."""
        await self._conversation.start()

    async def stop(self) -> None:
        await self._conversation.stop()

    @property
    def dedupes(self) -> bool:
        return self._terms.dedupes

    async def place(self, order: Order) -> CounterOrder:
        client_id = order.client_id
        async with self._turn(client_id):
            if client_id in self._withdrawn:
                return CounterOrder(
                    client_id=client_id, accepted=False, reason=Refusal.DUPLICATE_ORDER
                )
            if client_id in self._conversation.journal.sent:
                found = await self.find(client_id)
                if found is not None:
                    return found
            return await self._send_order(order)

    async def cancel(self, order: Order) -> None:
        client_id = order.client_id
        async with self._turn(client_id):
            if client_id in self._cancelled:
                return
            cancel_id = f"{client_id}C{self._conversation.journal.next_out}"
            fields = messages.cancel(order, cancel_id, self._clock.now())
            with self._conversation.cancels.ask(cancel_id) as question:
                await self._conversation.send(Kind.CANCEL, fields, question)
                await question.wait(self._terms.answer_within_s, OutcomeUnknown(client_id))
            self._cancelled.add(client_id)

    async def find(self, client_id: ClientOrderId) -> CounterOrder | None:
        report = await self._conversation.status(client_id)
        if report.is_unknown_order and not self._conversation.may_have_forgotten(client_id):
            return None
        found = None if report.is_unknown_order else _standing(report)
        if found is None:
            raise OutcomeUnknown(client_id)
        return found

    async def withdraw(self, client_id: ClientOrderId) -> CounterOrder | None:
        async with self._turn(client_id):
            found = await self.find(client_id)
            if found is None:
                self._withdrawn.add(client_id)
            return found

    async def orders(self, day: date) -> AsyncIterator[CounterOrder]:
        """Tell how our orders stand: today's by the counter, earlier ones as last told."""
        if day == trade_date(self._clock.now()):
            told = await self._conversation.every_status()
        else:
            told = [each async for each in self._told(day)]
        for report in {report.client_id: report for report in told}.values():
            if _is_of(report, day, unsaid=True) and (order := _standing(report)) is not None:
                yield order

    async def fills(self, day: date) -> AsyncIterator[Fill]:
        if day == trade_date(self._clock.now()):
            # Its answer comes after all that the counter has told before: none is missing then.
            await self._conversation.every_status()
        async for report in self._told(day):
            if report.is_trade and (fill := _fill(report)) is not None:
                yield fill

    async def events(self, after: StreamPosition | None) -> AsyncIterator[CounterEvent]:
        journal = self._conversation.journal
        position = journal.beginning() if after is None else after
        while True:
            start, _, heard = position.partition("/")
            skipped = int(heard or 0)
            for entry in journal.read(StreamPosition(start)):
                for event in _events(entry)[skipped:]:
                    yield event
                position, skipped = entry.end, 0
            if not self._conversation.is_logged_on:
                raise CounterUnavailable("the line to the FIX counter is down")
            await journal.grown()

    async def ping(self) -> None:
        if not self._conversation.is_logged_on:
            raise CounterUnavailable("not logged on to the FIX counter")

    async def _send_order(self, order: Order) -> CounterOrder:
        branch = await self._branch_of(order.draft.account)
        fields = messages.new_order(order, branch, self._clock.now())
        with self._conversation.places.ask(order.client_id) as question:
            await self._conversation.send(Kind.NEW_ORDER, fields, question)
            unknown = OutcomeUnknown(order.client_id)
            return await question.wait(self._terms.answer_within_s, unknown)

    def _turn(self, client_id: ClientOrderId) -> asyncio.Lock:
        """One at a time for each order: a withdrawal must not overtake its placing."""
        return self._turns.setdefault(client_id, asyncio.Lock())

    async def _told(self, day: date) -> AsyncIterator[Report]:
        """Go through what was told of a trade date. Lets others work in between."""
        journal = self._conversation.journal
        for number, entry in enumerate(journal.read(StreamPosition(""))):
            if number % 500 == 0:
                await asyncio.sleep(0)
            report = _report(entry)
            if report is not None and _is_of(report, day):
                yield report


def _report(entry: Entry) -> Report | None:
    if entry.message.kind != Kind.EXECUTION_REPORT:
        return None
    try:
        return reports.read(entry.message.fields)
    except BadReport:
        return None  # it was complained about when it came


def _standing(report: Report) -> CounterOrder | None:
    """Return how the order stands, if the report says so."""
    if report.is_pending:
        return None
    try:
        return reports.counter_order(report)
    except BadReport as error:
        log.error("fix.bad_report", order=report.client_id, error=str(error))  # noqa: TRY400
        return None


def _fill(report: Report) -> Fill | None:
    try:
        return reports.fill(report)
    except BadReport:
        return None  # it was complained about when it was an event


def _is_of(report: Report, day: date, *, unsaid: bool = False) -> bool:
    """Tell whether a report is of a trade date; `unsaid` is the answer if it has none."""
    try:
        return report.trade_date == day
    except BadReport:
        return unsaid


def _events(entry: Entry) -> Sequence[CounterEvent]:
    """Return what a message tells: a fill, and then how the order stands with it."""
    report = _report(entry)
    if report is None or report.exec_type == ExecType.STATUS:
        return ()  # an answer to whoever asked
    if report.is_pending or report.is_of_a_repeat:
        return ()  # it says nothing of what stands
    if report.exec_type in _BUSTS:
        log.error("fix.fill_taken_back", order=report.client_id, kind=report.exec_type)
    try:
        standing = CounterEvent(position=entry.end, of=reports.counter_order(report))
        if not report.is_trade:
            return (standing,)
        # Whoever has heard of the fill goes on in the middle of the message.
        middle = StreamPosition(f"{entry.start}/1")
        return (CounterEvent(position=middle, of=reports.fill(report)), standing)
    except BadReport as error:
        log.error("fix.bad_report", number=entry.message.number, error=str(error))  # noqa: TRY400
        return ()
