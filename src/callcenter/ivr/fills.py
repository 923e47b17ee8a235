"""Dialogues over what was filled: today, and in the past. The newest first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from callcenter.domain.orders import Order, OrderNumber, Side
from callcenter.ivr.catalogue import Say, say
from callcenter.ivr.listing import read_list
from callcenter.ivr.periods import ask_period
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.session import Session
from callcenter.trading.orders.ports import OrderFill


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """All fills of an order at one price on one day: nobody wants to hear fifty of them."""

    order: Order
    day: date
    price: Decimal
    quantity: int
    at: datetime  # the last of them


async def fills_today(session: Session) -> None:
    """Read what was filled today."""
    lines = together(await session.trading.fills_today(session.customer.account))
    if not lines:
        return await session.talk.say(say(Prompt.NO_FILLS_TODAY))
    return await read_list(session.talk, [[_line(session, line)] for line in lines])


async def history(session: Session) -> None:
    """Ask for a period and read what was filled in it, each day announced once."""
    period = await ask_period(session)
    found = await session.trading.fills(session.customer.account, period.first, period.last)
    if not found:
        told = say(Prompt.NO_FILLS_IN_PERIOD, first=period.first, last=period.last)
        return await session.talk.say(told)
    return await read_list(session.talk, _by_day(session, together(found)))


def together(fills: Iterable[OrderFill]) -> list[Line]:
    """Add up the fills of one order at one price, in the order in which they are told."""
    lines: dict[tuple[OrderNumber, date, Decimal], Line] = {}
    for one in fills:
        key = one.order.draft.number, one.fill.key.trade_date, one.fill.price
        known = lines.get(key)
        lines[key] = Line(
            order=one.order,
            day=one.fill.key.trade_date,
            price=one.fill.price,
            quantity=one.fill.quantity + (known.quantity if known else 0),
            at=max(one.fill.at, known.at) if known else one.fill.at,
        )
    return list(lines.values())


def _by_day(session: Session, lines: Sequence[Line]) -> list[list[Say]]:
    items, day = [], None
    for line in lines:
        head = [] if line.day == day else [say(Prompt.FILLS_OF_DAY, day=line.day)]
        items.append([*head, _line(session, line)])
        day = line.day
    return items


def _line(session: Session, line: Line) -> Say:
    draft = line.order.draft
    return say(
        Prompt.FILL_BUY if draft.side is Side.BUY else Prompt.FILL_SELL,
        at=line.at,
        name=session.name(draft.security),
        quantity=line.quantity,
        price=line.price,
    )
