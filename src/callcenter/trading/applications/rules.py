"""Whether an application may be made or cancelled, by the rule book and what the counter told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar

from callcenter.domain.applications import ApplicationKind, NewIssue, OpenFund, RightsIssue
from callcenter.domain.clock import BEIJING
from callcenter.domain.errors import Refused
from callcenter.domain.refusals import Refusal
from callcenter.domain.securities import Market
from callcenter.trading.rulebook import applications as rules
from callcenter.trading.rulebook.rows import Rule
from callcenter.trading.rulebook.tables import Tables
from callcenter.trading.rulebook.verdict import Clause

Values = TypeVar("Values")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """What counts of a person who subscribes new shares."""

    market_value: Decimal  # yuan, average of the days that the rule names
    earlier: int  # applications for this issue that count
    misses: Sequence[date]


class ApplicationRules:
    """Every method raises `Refused` with the first reason, RULES_MISSING if the book has no row."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def quota(self, issue: NewIssue, market_value: Decimal, on: date) -> int:
        """Return the shares that may be subscribed; 0 if none."""
        rule = _needed(self._tables.issues.find(on, issue.market, issue.board))
        most = rules.quota(rule.values, market_value)
        return most if issue.most is None else min(most, issue.most)

    def unit(self, issue: NewIssue, on: date) -> int:
        """Return the step of quantities in shares."""
        return _needed(self._tables.issues.find(on, issue.market, issue.board)).values.unit

    def check_issue(self, issue: NewIssue, subscriber: Subscriber, quantity: int, on: date) -> None:
        rule = _needed(self._tables.issues.find(on, issue.market, issue.board))
        wanted = rules.Subscription(
            quantity=quantity,
            market_value=subscriber.market_value,
            earlier=subscriber.earlier,
            misses=subscriber.misses,
            issue_most=issue.most,
        )
        for clause in rules.check_subscription(rule, wanted, on):
            _require(clause)

    def check_rights(self, issue: RightsIssue, quantity: int, on: date) -> None:
        rule = _needed(self._tables.rights.find(on, issue.market))
        side = rule.values.side  # the exchange's own way to call it
        for clause in rules.check_rights(
            rule, side, quantity, entitled=issue.entitled, day=issue.day
        ):
            _require(clause)

    def check_subscribe(self, fund: OpenFund, amount: Decimal, on: date) -> None:
        rule = _needed(self._tables.open_funds.find(on, "subscribe"))
        if not fund.may_subscribe:
            raise Refused(Refusal.FUND_SUBSCRIPTION_SUSPENDED)
        _require(rules.check_fund(rule, amount=amount, shares=None))
        if amount < fund.least:
            raise Refused(Refusal.FUND_AMOUNT_TOO_SMALL, least=fund.least)
        if fund.most is not None and amount > fund.most:
            raise Refused(Refusal.FUND_AMOUNT_TOO_LARGE, most=fund.most)

    def check_redeem(self, fund: OpenFund, shares: Decimal, redeemable: Decimal, on: date) -> None:
        rule = _needed(self._tables.open_funds.find(on, "redeem"))
        if not fund.may_redeem:
            raise Refused(Refusal.FUND_REDEMPTION_SUSPENDED)
        _require(rules.check_fund(rule, amount=None, shares=shares))
        if shares > redeemable:
            raise Refused(Refusal.NOT_ENOUGH_FUND_SHARES, most=redeemable)

    def check_cancel(
        self, kind: ApplicationKind, market: Market | None, made_at: datetime, now: datetime
    ) -> None:
        """Judge a cancellation: never of new shares, of rights where the market allows it."""
        made_on, today = made_at.astimezone(BEIJING).date(), now.astimezone(BEIJING).date()
        if kind is ApplicationKind.IPO or (market is None and made_on != today):
            raise Refused(Refusal.NOT_CANCELLABLE)
        if market is not None:
            rule = _needed(self._tables.rights.find(today, market))
            _require(rules.check_rights_cancel(rule, same_day=made_on == today))
            return
        action = "subscribe" if kind is ApplicationKind.FUND_SUBSCRIBE else "redeem"
        until = _needed(self._tables.open_funds.find(today, action)).values.until
        if made_at.astimezone(BEIJING).time() < until <= now.astimezone(BEIJING).time():
            raise Refused(Refusal.NOT_CANCELLABLE)


def _needed(rule: Rule[Values] | None) -> Rule[Values]:
    if rule is None:
        raise Refused(Refusal.RULES_MISSING)
    return rule


def _require(clause: Clause) -> None:
    if clause.refused and clause.refusal is not None:
        raise Refused(clause.refusal, **clause.facts)
