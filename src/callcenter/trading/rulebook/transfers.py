"""Bank-securities transfers (三方存管): hours, limits, passwords, and one at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from callcenter.domain.clock import BEIJING, trade_date
from callcenter.domain.errors import Fact
from callcenter.domain.refusals import Refusal
from callcenter.trading.ports import TradingCalendar
from callcenter.trading.rulebook.rows import Rule
from callcenter.trading.rulebook.sessions import day_is_open
from callcenter.trading.rulebook.tables import Tables
from callcenter.trading.rulebook.values import TransferHours, TransferPasswords
from callcenter.trading.rulebook.verdict import Clause, judged, refused


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferFacts:
    """A transfer and what is known around it; amounts in yuan. What is None is not judged."""

    bank: str
    direction: str  # "in" is bank to securities
    amount: Decimal
    card: str = "ordinary"  # or "type-2"
    today: Decimal = Decimal(0)  # transferred the same way since midnight
    under_way: int = 0
    withdrawable: Decimal | None = None
    passwords: frozenset[str] | None = None  # that were keyed: trade, fund, bank


def check_transfer(
    tables: Tables, calendar: TradingCalendar, wanted: TransferFacts, at: datetime
) -> Iterator[Clause]:
    """Judge a transfer; a bank that the book does not name is judged as `other`."""
    yield _check_hours(tables, calendar, wanted, at)
    yield from _check_limits(tables, wanted, at)
    yield from _check_flow(tables, wanted, at)
    yield from _check_passwords(tables, wanted, at)


def hours_of(tables: Tables, bank: str, at: datetime) -> Rule[TransferHours] | None:
    return tables.transfer_hours.find(trade_date(at), _known(tables, bank))


def passwords_of(
    tables: Tables, bank: str, direction: str, at: datetime
) -> Rule[TransferPasswords] | None:
    """Return which passwords this bank's customers are asked for."""
    return tables.transfer_passwords.find(trade_date(at), _known(tables, bank), direction)


def _known(tables: Tables, bank: str) -> str:
    return bank if tables.transfer_hours.knows(bank) else "other"


def _check_hours(
    tables: Tables, calendar: TradingCalendar, wanted: TransferFacts, at: datetime
) -> Clause:
    rule = hours_of(tables, wanted.bank, at)
    if rule is None:
        return refused("hours", Refusal.RULES_MISSING)
    closed = day_is_open(calendar, at) if rule.values.trading_days_only else None
    if closed is not None:
        return refused("hours", closed, rule.row)
    fine = rule.values.start <= at.astimezone(BEIJING).time() < rule.values.end
    return judged("hours", fine, Refusal.TRANSFERS_CLOSED, rule.row, **_hours(rule.values))


def _hours(hours: TransferHours) -> dict[str, str]:
    return {"from": f"{hours.start:%H:%M}", "to": f"{hours.end:%H:%M}"}


def _check_limits(tables: Tables, wanted: TransferFacts, at: datetime) -> Iterator[Clause]:
    bank = _known(tables, wanted.bank)
    rule = tables.transfer_limits.find(trade_date(at), bank, wanted.card)
    if rule is None:
        yield refused("limit", Refusal.RULES_MISSING)
        return
    for about, asked, most, wrong in (
        ("single", wanted.amount, rule.values.single, Refusal.TRANSFER_TOO_LARGE),
        ("day", wanted.today + wanted.amount, rule.values.day, Refusal.TRANSFER_DAY_LIMIT),
    ):
        yield _at_most(f"{about} limit", asked, most, wrong, rule)


def _at_most(
    about: str, asked: Decimal, most: Decimal, wrong: Refusal, rule: Rule[object]
) -> Clause:
    facts: dict[str, Fact] = {"most": most}
    if asked <= most:
        return judged(about, True, wrong, rule.row, **facts)
    return refused(about, wrong, rule.row, facts=facts)


def _check_flow(tables: Tables, wanted: TransferFacts, at: datetime) -> Iterator[Clause]:
    rule = tables.transfer_flow.find(trade_date(at), wanted.direction)
    if rule is None:
        yield refused("one at a time", Refusal.RULES_MISSING)
        return
    fine = wanted.under_way < rule.values.at_once
    yield judged("one at a time", fine, Refusal.TRANSFER_IN_PROGRESS, rule.row)
    if rule.values.withdrawable_only and wanted.withdrawable is not None:
        most = wanted.withdrawable
        yield _at_most("withdrawable", wanted.amount, most, Refusal.NOT_WITHDRAWABLE, rule)


def _check_passwords(tables: Tables, wanted: TransferFacts, at: datetime) -> Iterator[Clause]:
    rule = passwords_of(tables, wanted.bank, wanted.direction, at)
    if rule is None or wanted.passwords is None:
        return
    missing = [each for each in rule.values.passwords if each not in wanted.passwords]
    wrong = Refusal.WRONG_BANK_PASSWORD if "bank" in missing else Refusal.WRONG_FUND_PASSWORD
    yield judged("passwords", not missing, wrong, rule.row, asks=", ".join(rule.values.passwords))
