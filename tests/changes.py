"""Orders written down and told things, as `trading` does it, for tests of what keeps them."""

from callcenter.domain.audit import Action
from callcenter.domain.fills import Fill
from callcenter.domain.orders import Order, OrderNumber
from callcenter.domain.progress import Word
from callcenter.trading.orders.hearing import Hearing, audit_entry, moved
from callcenter.trading.orders.ports import Change, OrderBook
from tests.fakes.clock import FakeClock

CLOCK = FakeClock()


async def add(book: OrderBook, *orders: Order) -> list[bool]:
    """Write orders down; return which of them were new."""
    return [
        await book.write_down(
            order, audit_entry(order, Action.ORDER, order.state.value, CLOCK), moved(order)
        )
        for order in orders
    ]


async def tell(book: OrderBook, number: OrderNumber, *said: Word | Fill) -> bool:
    """Tell an order something and write it down; False if the order changed meanwhile."""
    order = await book.find(number)
    assert order is not None
    return not await book.write([change_of(order, *said)])


def change_of(order: Order, *said: Word | Fill) -> Change:
    hearing = Hearing(order, CLOCK)
    for one in said:
        if isinstance(one, Fill):
            hearing.fill(one)
        else:
            hearing.word(one)
    change = hearing.change()
    assert change is not None
    return change
