"""What a trade costs besides its amount: each fee once per order, however many fills."""

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from callcenter.domain.orders import Side
from callcenter.domain.refusals import Refusal
from callcenter.domain.securities import Board
from callcenter.trading.rulebook.rows import Rule
from callcenter.trading.rulebook.tables import Tables
from callcenter.trading.rulebook.values import Fee
from callcenter.trading.rulebook.verdict import Clause, judged


def fees_of(tables: Tables, board: Board, side: Side, on: date) -> Sequence[Rule[Fee]]:
    """Return every fee that this trade has on a day."""
    return [
        rule
        for fee, of_board, of_side in tables.fees.cells
        if (of_board, of_side) == (board, side)
        for rule in tables.fees.all(on, fee, board, side)
    ]


def charge(fee: Fee, amount: Decimal) -> Decimal:
    """Return one fee of an order of this amount, rounded half-up; not below its least."""
    return max(_to(fee.to, amount * fee.per_cent / 100), fee.least)


def total(fees: Sequence[Rule[Fee]], amount: Decimal) -> Decimal:
    """Return all fees of an order; those that the commission pays are not counted again."""
    counted = (rule.values for rule in fees if not rule.values.inside_commission)
    return sum((charge(fee, amount) for fee in counted), Decimal(0))


def check_charge(rule: Rule[Fee], amount: Decimal, charged: Decimal) -> Clause:
    """Compare what somebody charged for an order with what the row says."""
    ours = charge(rule.values, amount)
    fine = ours == charged
    return judged("fee", fine, Refusal.COUNTER_FAULT, rule.row, ours=ours, charged=charged)


def check_ceiling(rule: Rule[Fee], per_cent: Decimal) -> Clause:
    """Tell whether a tariff stays below what the rules allow."""
    fine = per_cent <= rule.values.per_cent
    return judged("tariff", fine, Refusal.COUNTER_FAULT, rule.row, most=rule.values.per_cent)


def _to(step: Decimal, amount: Decimal) -> Decimal:
    return (amount / step).quantize(Decimal(1), rounding=ROUND_HALF_UP) * step
