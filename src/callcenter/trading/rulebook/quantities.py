"""How many shares an order may have, odd ones included, and how many the money pays for."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from decimal import Decimal

from callcenter.domain.errors import Fact
from callcenter.domain.orders import Side
from callcenter.domain.refusals import Refusal
from callcenter.trading.rulebook.case import Case
from callcenter.trading.rulebook.rows import Rule
from callcenter.trading.rulebook.values import Block, Quantity
from callcenter.trading.rulebook.verdict import (
    Clause,
    judged,
    passed,
    refused,
    unknown,
    warned,
)
from callcenter.trading.rulebook.words import OddLots


def check_quantity(case: Case, *, at_market: bool = False) -> Clause:
    """Judge a quantity; a sell by what can be sold, if that is told."""
    order = case.order
    table, place = case.tables.quantities, (order.security.market, order.security.board)
    rule = table.find(case.on, *place)
    if rule is None:
        return unknown("quantity", is_known=table.knows(*place))
    asked = rule.values
    most = asked.most_at_market if at_market else asked.most
    if order.quantity <= 0:
        return _too_small(rule)
    if order.quantity > most:
        return refused("quantity", Refusal.QUANTITY_TOO_LARGE, rule.row, facts={"most": most})
    if order.side is Side.SELL and asked.odd_lots is not OddLots.NEVER:
        return _check_sell(case, rule)
    return _check_whole(rule, order.quantity)


def _check_whole(rule: Rule[Quantity], quantity: int) -> Clause:
    if _is_whole(rule.values, quantity):
        return passed("quantity", rule.row, least=rule.values.least, unit=rule.values.step)
    if rule.values.step > 1:
        return refused("quantity", Refusal.WRONG_LOT, rule.row, facts={"unit": rule.values.step})
    return _too_small(rule)


def _check_sell(case: Case, rule: Rule[Quantity]) -> Clause:
    quantity, sellable = case.order.quantity, case.order.sellable
    if _is_whole(rule.values, quantity):
        return passed("quantity", rule.row, least=rule.values.least, unit=rule.values.step)
    if sellable is None:
        return warned("quantity", rule.row, why="an odd lot passes if nothing odd stays behind")
    odd = odd_part(rule.values, sellable)
    if odd and _is_whole(rule.values, quantity - odd):
        return passed("quantity", rule.row, odd=odd)
    if odd:
        unit = rule.values.step if rule.values.step > 1 else rule.values.least
        facts: dict[str, Fact] = {"unit": unit, "odd": odd}
        return refused("quantity", Refusal.WRONG_ODD_LOT, rule.row, facts=facts)
    return _check_whole(rule, quantity)


def _is_whole(rule: Quantity, quantity: int) -> bool:
    """Tell whether this many pass by themselves; nothing more does too."""
    return quantity == 0 or (quantity >= rule.least and (quantity - rule.least) % rule.step == 0)


def odd_part(rule: Quantity, held: int) -> int:
    """Return the shares of a holding that leave in one order or not at all."""
    match rule.odd_lots:
        case OddLots.WITH_THE_REST:
            return held % rule.step
        case OddLots.ALONE:
            return held if held < rule.least else 0
        case OddLots.NEVER:
            return 0


def _too_small(rule: Rule[Quantity]) -> Clause:
    facts: dict[str, Fact] = {"least": rule.values.least, "unit": rule.values.step}
    return refused("quantity", Refusal.QUANTITY_TOO_SMALL, rule.row, facts=facts)


def most_of_a_holding(rule: Quantity, sellable: int) -> int:
    """Return the largest quantity that one sell may have."""
    if sellable <= rule.most:
        return sellable
    return rule.most - (rule.most - rule.least) % rule.step


def most_affordable(rule: Quantity, money: Decimal, cost: Callable[[int], Decimal]) -> int:
    """Return the largest quantity of one buy that the money pays for; 0 if none."""
    allowed = range(rule.least, rule.most + 1, rule.step)
    affordable = bisect_right(allowed, money, key=cost)
    return allowed[affordable - 1] if affordable else 0


def allowed_quantities(rule: Quantity, side: Side, most: int, few: int) -> Sequence[int]:
    """
    Return every quantity up to `most` that one order may have, if they are few; else nothing.

    Of a sell `most` is what can be sold, odd shares included.
    """
    whole = range(rule.least, min(most, rule.most) + 1, rule.step)
    if len(whole) > few:
        return ()
    odd = odd_part(rule, most) if side is Side.SELL else 0
    with_odd = {odd + shares for shares in (0, *whole)} if odd else set()
    found = sorted({*whole, *(shares for shares in with_odd if shares <= most)})
    return found if len(found) <= few else ()


def nearest_quantities(rule: Quantity, quantity: int, most: int) -> Sequence[int]:
    """Return the whole quantities next to this one, up to `most`."""
    steps = (quantity - rule.least) // rule.step
    around = (rule.least + max(at, 0) * rule.step for at in (steps, steps + 1))
    return sorted({shares for shares in around if shares <= min(most, rule.most)})


def check_block(rule: Rule[Block], quantity: int, amount: Decimal) -> Clause:
    """Tell whether an order is large enough for a block trade, which nobody makes by telephone."""
    fine = quantity >= rule.values.least or amount >= rule.values.least_amount
    return judged("block trade", fine, Refusal.QUANTITY_TOO_SMALL, rule.row)
