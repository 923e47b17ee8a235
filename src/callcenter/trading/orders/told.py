"""What the counter tells of orders, written down in batches: on its stream, or when compared."""

from collections.abc import Iterable, Mapping, Sequence

from callcenter.domain.clock import Clock
from callcenter.domain.fills import Fill, FillKey
from callcenter.domain.orders import Order
from callcenter.trading.orders.hearing import Hearing, word_of
from callcenter.trading.orders.ports import Difference, OrderBook, StreamMark
from callcenter.trading.ports import CounterOrder


class Told:
    """
    Applies what the counter tells, whatever order it comes in and however often.

    What cannot be true, and what is of nobody's order, becomes a difference.
    """

    def __init__(self, book: OrderBook, clock: Clock) -> None:
        self._book = book
        self._clock = clock

    async def write(
        self,
        told: Sequence[CounterOrder | Fill],
        *,
        mark: StreamMark | None = None,
        keep_repeats: bool = True,
    ) -> int:
        """
        Write all of it down, with the mark, in one transaction; return how many orders it changed.

        Repeats are recorded as events that were not applied, unless told not to.
        """
        while True:
            if not keep_repeats:
                fills = await self._known_fills(told)
                told = [one for one in told if not _is_known(one, fills)]
            batch = await self._read(told)
            for one in told:
                batch.hear(one, keep_repeats=keep_repeats)
            changes = [change for each in batch.hearings if (change := each.change())]
            if not changes and not batch.differences and mark is None:
                return 0
            late = await self._book.write(changes, differences=batch.differences, mark=mark)
            if not late:
                return sum(change.after is not change.before for change in changes)
            # Somebody else wrote one of them meanwhile: what was written is a repeat now.

    async def _known_fills(self, told: Sequence[CounterOrder | Fill]) -> Mapping[FillKey, Fill]:
        keys = {one.key for one in told if isinstance(one, Fill)}
        return await self._book.known_fills(keys) if keys else {}

    async def _read(self, told: Sequence[CounterOrder | Fill]) -> "_Batch":
        client_ids = {one.client_id for one in told}
        orders = await self._book.by_client_id(client_ids) if client_ids else {}
        # The fills second, or one that another daemon has just counted would seem to be new.
        return _Batch(orders.values(), await self._known_fills(told), self._clock)


class _Batch:
    """Orders as they were read, while they are told things."""

    def __init__(
        self, orders: Iterable[Order], fills: Mapping[FillKey, Fill], clock: Clock
    ) -> None:
        self._of = {order.client_id: Hearing(order, clock) for order in orders}
        self._fills = dict(fills)
        self.differences: list[Difference] = []

    @property
    def hearings(self) -> Iterable[Hearing]:
        return self._of.values()

    def hear(self, told: CounterOrder | Fill, *, keep_repeats: bool) -> None:
        hearing = self._of.get(told.client_id)
        if hearing is None:
            difference: Difference | None = _nobodys(told)
        elif isinstance(told, Fill):
            difference = self._hear_fill(hearing, told, keep_repeats=keep_repeats)
        else:
            difference = hearing.word(word_of(told), keep_repeats=keep_repeats)
        if difference is not None:
            self.differences.append(difference)

    def _hear_fill(self, hearing: Hearing, fill: Fill, *, keep_repeats: bool) -> Difference | None:
        known = self._fills.get(fill.key)
        if known is None:
            difference = hearing.fill(fill)
            if difference is None:
                self._fills[fill.key] = fill
            return difference
        if not _is_same(known, fill):
            return _another(known, fill, hearing.before)
        if keep_repeats:
            hearing.repeat(fill)
        return None


def _is_known(told: CounterOrder | Fill, fills: Mapping[FillKey, Fill]) -> bool:
    if not isinstance(told, Fill):
        return False
    known = fills.get(told.key)
    return known is not None and _is_same(known, told)


def _is_same(one: Fill, other: Fill) -> bool:
    """Tell whether two fills are one; when it was may be told in more or less detail."""
    return (one.key, one.client_id, one.quantity, one.price) == (
        other.key,
        other.client_id,
        other.quantity,
        other.price,
    )


def _nobodys(told: CounterOrder | Fill) -> Difference:
    if isinstance(told, Fill):
        name = f"fill {_name(told.key)}"
        return Difference(
            key=f"nobody's {name}",
            what=f"{name} of {told.quantity} shares at {told.price} is of no order of ours",
            client_id=told.client_id,
        )
    return Difference(
        key=f"nobody's order {told.client_id}",
        what=f"the counter has an order {told.client_id} that is not ours",
        client_id=told.client_id,
    )


def _another(known: Fill, told: Fill, order: Order) -> Difference:
    what = (
        f"fill {_name(told.key)} was {known.quantity} shares at {known.price} of "
        f"{known.client_id} and is told as {told.quantity} at {told.price} of {told.client_id}"
    )
    return Difference(key=what, what=what, client_id=order.client_id, number=order.draft.number)


def _name(key: FillKey) -> str:
    return f"{key.trade_date} {key.market} {key.number}"
