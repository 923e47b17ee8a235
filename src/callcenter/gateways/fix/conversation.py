"""Questions to the counter and its answers, over a session that comes and goes."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import structlog

from callcenter.domain.clock import Clock, trade_date
from callcenter.domain.errors import CounterUnavailable, OutcomeUnknown, Refused
from callcenter.domain.orders import ClientOrderId, is_named_on
from callcenter.gateways.fix import messages, reports
from callcenter.gateways.fix.codes import refusal_of_cancel
from callcenter.gateways.fix.engine import Engine, SessionTerms
from callcenter.gateways.fix.journal import Journal
from callcenter.gateways.fix.link import Address, Link
from callcenter.gateways.fix.questions import Question, Questions
from callcenter.gateways.fix.reports import BadReport, Report
from callcenter.gateways.fix.wirelog import WireLog
from callcenter.gateways.fix.words import (
    ExecType,
    Fields,
    Kind,
    Message,
    OrdStatus,
    Tag,
)
from callcenter.trading.ports import CounterOrder

log = structlog.get_logger()

T = TypeVar("T")

_HAS_THE_WISH: Final = frozenset({OrdStatus.PENDING_CANCEL, OrdStatus.CANCELED})
_ALREADY_PENDING: Final = "3"  # CxlRejReason
_SYNC_EVERY_S: Final = 1.0
_LOGOUT_WITHIN_S: Final = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FixTerms:
    """Everything about one FIX counter that an operator sets."""

    address: Address
    session: SessionTerms
    folder: Path  # numbers and journal
    log_folder: Path
    answer_within_s: float = 5.0
    connect_within_s: float = 5.0
    retry_at_most_s: float = 30.0
    dedupes: bool = False  # the counter refuses a ClOrdID that it has had (OrdRejReason 6)
    mass_status: bool = True  # it answers OrderMassStatusRequest


class Conversation:
    """
    Asks, and matches the answers by their ids.

    An order or a cancel whose answer was cut off by a broken line is asked about at the next
    logon, before anybody has to wait for its time-out.
    """

    def __init__(self, terms: FixTerms, clock: Clock) -> None:
        self._terms = terms
        self._clock = clock
        self.places: Questions[CounterOrder] = Questions(self._forget)
        self.cancels: Questions[None] = Questions(self._forget)
        self._statuses: Questions[Report] = Questions(self._forget)
        self._lists: Questions[Sequence[Report]] = Questions(self._forget)
        self._rows: dict[str, list[Report]] = {}  # of lists that are being told
        self._logons = 0
        self._asked = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._takes: Mapping[str, Callable[[Message], None]] = {
            Kind.EXECUTION_REPORT: self._take_report,
            Kind.CANCEL_REJECT: self._take_cancel_reject,
            Kind.BUSINESS_REJECT: self._take_reject,
            Kind.REJECT: self._take_reject,
        }

    async def start(self) -> None:
        """Open the journal and begin to dial. Raise `RuntimeError` if another process has it."""
        self.journal = Journal(self._terms.folder, self._clock.now())
        self._wirelog = WireLog(self._terms.log_folder, self._clock)
        self._engine = Engine(self._terms.session, self.journal, self._clock, self._wirelog, self)
        self._link = Link(
            self._terms.address,
            self._engine,
            connect_within_s=self._terms.connect_within_s,
            retry_at_most_s=self._terms.retry_at_most_s,
        )
        self._gone = asyncio.Event()
        self._spawn(self._link.run())
        self._spawn(self._keep_on_disk())

    async def stop(self) -> None:
        """Log out, wait a moment for the counter's goodbye, and close everything."""
        self._link.is_closing = True
        if self._engine.is_logged_on:
            self._gone.clear()
            await self._engine.log_out()
            try:
                async with asyncio.timeout(_LOGOUT_WITHIN_S):
                    await self._gone.wait()
            except TimeoutError:
                log.info("fix.no_goodbye")
        self._link.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.journal.close()
        self._wirelog.close()

    @property
    def is_logged_on(self) -> bool:
        return self._engine.is_logged_on

    async def send(self, kind: Kind, fields: Fields, question: Question[T]) -> None:
        """Send a message that asks `question`. Raise `CounterUnavailable`: nothing was sent."""
        question.logon = self._logons
        question.number = await self._engine.send(kind, fields)

    async def status(self, client_id: ClientOrderId) -> Report:
        """Ask how one order stands. Raise `CounterUnavailable` without an answer."""
        with self._statuses.ask(self._question_id()) as question:
            sent = self.journal.sent.get(client_id)
            fields = messages.status_request(client_id, question.id, sent)
            await self.send(Kind.STATUS_REQUEST, fields, question)
            return await self._answer(question)

    def may_have_forgotten(self, client_id: ClientOrderId) -> bool:
        """Tell whether "unknown order" says nothing: a counter may forget orders overnight."""
        return not is_named_on(trade_date(self._clock.now()), client_id)

    async def every_status(self) -> Sequence[Report]:
        """Ask how all of our orders stand. Raise `CounterUnavailable` without an answer."""
        if not self._terms.mass_status:
            sent = list(self.journal.sent)
            told = await asyncio.gather(*(self.status(client_id) for client_id in sent))
            return [report for report in told if not report.is_unknown_order]
        with self._lists.ask(self._question_id()) as question:
            fields = messages.mass_status_request(question.id)
            await self.send(Kind.MASS_STATUS_REQUEST, fields, question)
            try:
                return await self._answer(question)
            finally:
                self._rows.pop(question.id, None)

    def logged_on(self) -> None:
        self._logons += 1
        log.info("fix.logged_on", logons=self._logons)
        self._spawn(self._ask_again())
        self.journal.wake()

    def logged_off(self) -> None:
        if self._link.is_closing:
            log.info("fix.logged_out")
        else:
            log.warning("fix.logged_off")
        self._gone.set()
        # These may be asked again; an order and a cancel may not, and wait for the next logon.
        self._statuses.fail_all("the line to the FIX counter broke")
        self._lists.fail_all("the line to the FIX counter broke")
        self.journal.wake()

    def failed(self, error: OSError) -> None:
        log.error("fix.cannot_keep_message", error=repr(error))
        self._link.drop()

    def received(self, message: Message) -> None:
        take = self._takes.get(message.kind)
        if take is None:
            log.warning("fix.unexpected_message", kind=message.kind, number=message.number)
            return
        try:
            take(message)
        except BadReport as error:
            log.error("fix.bad_report", number=message.number, error=str(error))  # noqa: TRY400

    def _take_report(self, message: Message) -> None:
        report = reports.read(message.fields)
        if report.exec_type == ExecType.STATUS:
            self._take_status(report)
            return
        cancel = self.cancels.get(message.fields.get(Tag.CL_ORD_ID, ""))
        if cancel is not None and report.status in _HAS_THE_WISH:
            cancel.give(None)
        place = self.places.get(report.client_id)
        if place is None or report.is_pending:
            return
        if report.is_of_a_repeat:
            # What stands under this id was sent before us: that is the answer.
            self._spawn(self._settle_place(place))
        else:
            place.give(reports.counter_order(report))

    def _take_status(self, report: Report) -> None:
        fields = report.fields
        one = self._statuses.get(fields.get(Tag.ORD_STATUS_REQ_ID, ""))
        if one is not None:
            one.give(report)
        many = self._lists.get(fields.get(Tag.MASS_STATUS_REQ_ID, ""))
        if many is not None:
            self._collect(many, report)

    def _collect(self, question: Question[Sequence[Report]], report: Report) -> None:
        """Add a row; give the answer with the last one. No orders at all is a row, too."""
        rows = self._rows.setdefault(question.id, [])
        if not report.is_unknown_order:
            rows.append(report)
        total = report.fields.get(Tag.TOT_NUM_REPORTS)
        is_last = report.fields.get(Tag.LAST_RPT_REQUESTED) == "Y"
        if is_last or str(len(rows)) == total:
            question.give(rows)
        else:
            question.prolong()

    def _take_cancel_reject(self, message: Message) -> None:
        question = self.cancels.get(message.fields.get(Tag.CL_ORD_ID, ""))
        if question is None:
            return
        if message.fields.get(Tag.CXL_REJ_REASON) == _ALREADY_PENDING:
            question.give(None)
        else:
            question.fail(Refused(refusal_of_cancel(message.fields)))

    def _take_reject(self, message: Message) -> None:
        """The counter could not even read it, or will not: what was asked has not happened."""
        number = message.fields.get(Tag.REF_SEQ_NUM, "")
        why = message.fields.get(Tag.TEXT, "")
        log.error("fix.message_rejected", kind=message.kind, refers_to=number, text=why)
        if not (number.isascii() and number.isdigit()):
            return
        for questions in (self.places, self.cancels, self._statuses, self._lists):
            question = questions.numbered(int(number))
            if question is not None:
                question.fail(CounterUnavailable(f"the FIX counter cannot take it: {why}"))

    async def _ask_again(self) -> None:
        """Settle what was sent over a line that is gone."""
        now = self._logons
        await asyncio.gather(
            *(self._settle_place(each) for each in self.places if each.logon < now),
            *(self._settle_cancel(each) for each in self.cancels if each.logon < now),
        )

    async def _settle_place(self, question: Question[CounterOrder]) -> None:
        try:
            report = await self.status(ClientOrderId(question.id))
        except CounterUnavailable:
            return  # the next logon asks again, or whoever waits gives up
        if report.is_unknown_order:
            client_id = ClientOrderId(question.id)
            if self.may_have_forgotten(client_id):
                question.fail(OutcomeUnknown(client_id))
            else:
                question.fail(CounterUnavailable("the order was lost on its way"))
        elif not report.is_pending:
            question.give(reports.counter_order(report))

    async def _settle_cancel(self, question: Question[None]) -> None:
        client_id, _, _ = question.id.rpartition("C")
        try:
            report = await self.status(ClientOrderId(client_id))
        except CounterUnavailable:
            return
        if report.status in _HAS_THE_WISH:
            question.give(None)
        else:
            question.fail(CounterUnavailable("the cancel was lost on its way"))

    async def _answer(self, question: Question[T]) -> T:
        silent = CounterUnavailable("the FIX counter does not answer")
        return await question.wait(self._terms.answer_within_s, silent)

    async def _keep_on_disk(self) -> None:
        while True:
            await asyncio.sleep(_SYNC_EVERY_S)
            self._wirelog.flush()
            await self.journal.sync()

    def _forget(self, number: int) -> None:
        self._engine.forget(number)

    def _question_id(self) -> str:
        self._asked += 1
        return f"{self.journal.next_out}-{self._asked}"

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("fix.failed", error=repr(error))
