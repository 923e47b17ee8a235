"""Which phase of the trading day it is, and what is accepted in it."""

from collections.abc import Sequence
from datetime import datetime, time

from callcenter.domain.clock import BEIJING, trade_date
from callcenter.domain.errors import CalendarEnds, Fact
from callcenter.domain.orders import OrderKind
from callcenter.domain.refusals import Refusal
from callcenter.domain.securities import Security
from callcenter.trading.ports import TradingCalendar
from callcenter.trading.rulebook.case import Case
from callcenter.trading.rulebook.rows import Rule
from callcenter.trading.rulebook.tables import Tables
from callcenter.trading.rulebook.values import KindOfOrder, Phase
from callcenter.trading.rulebook.verdict import Clause, judged, passed, refused
from callcenter.trading.rulebook.words import Channel, Matching


def channel_of(kind: OrderKind) -> Channel:
    return Channel.AFTER_HOURS if kind is OrderKind.AFTER_HOURS else Channel.ORDINARY


def phase_at(
    tables: Tables, security: Security, kind: OrderKind, at: datetime
) -> Rule[Phase] | None:
    """Return the phase by the clock alone; None outside all phases."""
    now = at.astimezone(BEIJING).time()
    phases = _phases(tables, security, kind, at)
    return next((rule for rule in phases if _covers(rule.values, now)), None)


def has_closed(tables: Tables, security: Security, kind: OrderKind, at: datetime) -> bool:
    """Tell by the clock alone whether all phases of that day have ended."""
    now = at.astimezone(BEIJING).time()
    return all(rule.values.end <= now for rule in _phases(tables, security, kind, at))


def _phases(
    tables: Tables, security: Security, kind: OrderKind, at: datetime
) -> Sequence[Rule[Phase]]:
    return tables.sessions.all(trade_date(at), security.market, security.board, channel_of(kind))


def _covers(phase: Phase, now: time) -> bool:
    return phase.start <= now < phase.end


def day_is_open(calendar: TradingCalendar, at: datetime) -> Refusal | None:
    """Return why there is no trading on this day at all, or None."""
    try:
        return None if calendar.is_session(trade_date(at)) else Refusal.NOT_A_TRADING_DAY
    except CalendarEnds:
        return Refusal.CALENDAR_UNKNOWN


def check_session(case: Case) -> Clause:
    closed = day_is_open(case.calendar, case.at)
    if closed is not None:
        return refused("session", closed, used={"day": case.on.isoformat()})
    phase = phase_at(case.tables, case.order.security, case.order.kind, case.at)
    if phase is None:
        return refused("session", Refusal.MARKET_CLOSED)
    fine, name = phase.values.orders, phase.values.phase
    return judged("session", fine, Refusal.NO_ORDERS_NOW, phase.row, phase=name)


def check_cancel(case: Case) -> Clause:
    """Judge a cancellation at this moment, as `check_session` does an order."""
    closed = day_is_open(case.calendar, case.at)
    phase = phase_at(case.tables, case.order.security, case.order.kind, case.at)
    if closed is not None or phase is None:
        return refused("cancel", closed or Refusal.MARKET_CLOSED)
    used: dict[str, Fact] = {"phase": phase.values.phase}
    if phase.values.cancels:
        return passed("cancel", phase.row, **used)
    refusal, facts = Refusal.CANCEL_NOT_ALLOWED_NOW, _cancels_again(case)
    return refused("cancel", refusal, phase.row, facts=facts, used=used)


def _cancels_again(case: Case) -> dict[str, Fact]:
    """Return from when on that day cancellations are taken again, if they are."""
    now = case.at.astimezone(BEIJING).time()
    phases = _phases(case.tables, case.order.security, case.order.kind, case.at)
    later = sorted(rule.values.start for rule in phases if rule.values.cancels)
    return next(({"again_from": f"{start:%H:%M}"} for start in later if start > now), {})


def kind_of(case: Case) -> Rule[KindOfOrder] | None:
    security = case.order.security
    return case.tables.kinds.find(case.on, security.market, security.board, case.order.kind)


def check_kind(case: Case, *, by_the_clock: bool) -> Clause:
    """Judge the kind of order: whether the board has it, in this phase, on such a day."""
    rule = kind_of(case)
    used: dict[str, Fact] = {"kind": case.order.kind.value}
    if rule is None:
        return refused("kind", Refusal.ORDER_KIND_NOT_ALLOWED, used=used)
    if by_the_clock and _matching(case) not in rule.values.matching:
        wrong = Refusal.MARKET_ORDER_NOT_NOW if rule.values.at_market else Refusal.NO_ORDERS_NOW
        return refused("kind", wrong, rule.row, used=used)
    limit = case.limit
    if rule.values.needs_limits and (limit is None or limit.values.up is None):
        return refused("kind", Refusal.MARKET_ORDER_NEEDS_LIMITS, rule.row, used=used)
    return passed("kind", rule.row, **used)


def is_continuous(case: Case) -> bool:
    return _matching(case) is Matching.CONTINUOUS


def _matching(case: Case) -> Matching | None:
    phase = phase_at(case.tables, case.order.security, case.order.kind, case.at)
    return None if phase is None else phase.values.matching
