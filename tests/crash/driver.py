"""
A daemon without a telephone: our book, placing, reconciliation and a counter.

It is told what to do line by line and tells what happens, see `cells`. Nothing of the product is
changed but that orders may be made to stand still before two questions to the counter.
"""

import asyncio
import json
import sys
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import structlog

from callcenter.domain.accounts import AccountId, Customer
from callcenter.domain.calls import Call, CallerNumber, CallId, Did, Place
from callcenter.domain.clock import Clock, SystemClock
from callcenter.domain.errors import CounterUnavailable, Refused, StoreUnavailable
from callcenter.domain.orders import Order, OrderNumber, OrderState, Side, Station
from callcenter.domain.securities import Quote, Security
from callcenter.gateways.combined import CombinedCounter
from callcenter.gateways.fix import Address, FixOrderEntry, FixTerms, SessionTerms
from callcenter.gateways.paper.counter import PaperCounter
from callcenter.storage.calls import PostgresCallBook
from callcenter.storage.database import Database
from callcenter.storage.orders import PostgresOrderBook
from callcenter.trading.orders.comparison import Comparison
from callcenter.trading.orders.events import CounterEvents
from callcenter.trading.orders.placing import Outcome, Placing
from callcenter.trading.orders.reconciliation import Reconciliation
from callcenter.trading.orders.told import Told
from callcenter.trading.ports import CounterOrder, TradingGateway
from callcenter.trading.service import Trading
from tests import make, rules
from tests.crash.cells import Heard, MovedClock, Setup, Spoken, Step, Wish, line, told_line
from tests.crash.gate import Gate

PRICE: Final = Decimal("10.05")
QUANTITY: Final = 100
_CONNECTIONS: Final = 32
_RECONCILE_EVERY_S: Final = 0.2
_LOOK_FOR_EVENTS_EVERY_S: Final = 0.05
_QUIET: Final = 3  # looks; a line that broke may not have been noticed yet
_HEARD: Final = {
    OrderState.PENDING: Heard.UNKNOWN,
    OrderState.UNKNOWN: Heard.UNKNOWN,
    OrderState.ACCEPTED: Heard.ACCEPTED,
    OrderState.REJECTED: Heard.REJECTED,
    OrderState.WITHDRAWN: Heard.WITHDRAWN,
}


class StandingCounter(PaperCounter):
    """The paper counter behind a gate."""

    def __init__(self, dsn: str, clock: Clock, gate: Gate, *, answer_within_s: float) -> None:
        super().__init__(
            dsn,
            clock,
            answer_within_s=answer_within_s,
            connections=_CONNECTIONS,
            poll_s=_LOOK_FOR_EVENTS_EVERY_S,
            look_s=_LOOK_FOR_EVENTS_EVERY_S,
        )
        self._gate = gate

    async def quote(self, security: Security) -> Quote:
        await self._gate.reach(Step.CHECK)
        return await super().quote(security)

    async def place(self, order: Order) -> CounterOrder:
        await self._gate.reach(Step.SEND)
        return await super().place(order)


class StandingEntry(FixOrderEntry):
    """A counter that speaks FIX behind a gate. Its line keeps the time of the machine."""

    def __init__(self, setup: Setup, gate: Gate) -> None:
        folder = Path(setup.fix_folder)
        terms = FixTerms(
            address=Address(host="127.0.0.1", port=setup.fix_port or 0),
            session=SessionTerms(sender="HOTLINE", target="BROKER"),
            folder=folder / "state",
            log_folder=folder / "log",
            answer_within_s=setup.answer_within_s,
            retry_at_most_s=_RECONCILE_EVERY_S,
        )
        super().__init__(terms, SystemClock())
        self._gate = gate

    async def place(self, order: Order) -> CounterOrder:
        await self._gate.reach(Step.SEND)
        return await super().place(order)


class Driver:
    def __init__(self, setup: Setup) -> None:
        self._clock = MovedClock(setup.ahead_s)
        self._database = Database(setup.dsn, pool_size=_CONNECTIONS)
        self._gate = Gate(lambda: _tell(line("at")))
        self._paper = StandingCounter(
            setup.counter_dsn, self._clock, self._gate, answer_within_s=setup.answer_within_s
        )
        self._fix = None if setup.fix_port is None else StandingEntry(setup, self._gate)
        self._counter: TradingGateway = self._paper
        if self._fix is not None:
            self._counter = CombinedCounter(self._fix, self._paper)
        self._book = PostgresOrderBook(self._database, self._clock)
        self._calls = PostgresCallBook(self._database)
        promise = timedelta(seconds=setup.promise_s)
        placing = Placing(self._counter, self._book, self._clock, promise=promise)
        told = Told(self._book, self._clock)
        comparison = Comparison(self._counter, self._book, told, self._clock)
        self._reconciliation = Reconciliation(
            self._book, placing, every_s=_RECONCILE_EVERY_S, comparison=comparison
        )
        self._events = CounterEvents(
            "paper" if self._fix is None else "fix",
            self._counter,
            self._book,
            told,
            on_gap=self._reconciliation.gap,
            first_pause_s=_LOOK_FOR_EVENTS_EVERY_S,
        )
        self._trading = Trading(
            self._counter,
            self._book,
            self._clock,
            placing,
            self._reconciliation,
            rules=rules.book(),
        )
        self._talking: set[asyncio.Task[None]] = set()

    async def run(self, orders: asyncio.StreamReader) -> None:
        """Do as told until the harness goes away."""
        await self._paper.start()
        if self._fix is not None:
            await self._fix.start()
        self._keep(self._reconciliation.run())
        self._keep(self._events.run())
        while not self._reconciliation.done:  # noqa: ASYNC110  the product has no event for this
            await asyncio.sleep(0.01)
        _tell(line("ready"))
        while said := await orders.readline():
            ((what, value),) = json.loads(said).items()
            self._obey(what, value)

    def _obey(self, what: str, value: Any) -> None:
        match what:
            case "close":
                self._gate.close(Step(value))
            case "open":
                self._gate.open()
            case "call":
                self._keep(self._talk(Wish(**value)))
            case "forward":
                self._clock.ahead += timedelta(seconds=value)
            case "settle":
                self._keep(self._settle())
            case _:
                raise ValueError(what)

    def _keep(self, doing: Any) -> None:
        task = asyncio.create_task(doing)
        self._talking.add(task)
        task.add_done_callback(self._talking.discard)
        task.add_done_callback(_end_with)

    async def _settle(self) -> None:
        """Say so once no order waits for the counter's word, and new ones are taken."""
        quiet = 0
        while quiet < _QUIET:
            await asyncio.sleep(_LOOK_FOR_EVENTS_EVERY_S)
            with suppress(StoreUnavailable):
                at_rest = self._reconciliation.done and not await self._book.unsettled()
                quiet = quiet + 1 if at_rest else 0
        _tell(line("settled"))

    async def _talk(self, wish: Wish) -> None:
        """Serve one call, and tell what its caller was told, in the dialogues' way."""
        told: Spoken
        try:
            told = await self._serve(wish)
        except Refused:
            told = Spoken(caller=wish.caller, heard=Heard.REFUSED)
        except CounterUnavailable:
            told = Spoken(caller=wish.caller, heard=Heard.COUNTER_AWAY)
        except StoreUnavailable:
            told = Spoken(caller=wish.caller, heard=Heard.MAINTENANCE)
        _tell(told_line(told))

    async def _serve(self, wish: Wish) -> Spoken:
        """Do what the order dialogue does, from where another daemon left the call."""
        call = Call(
            id=CallId(wish.call),
            caller=CallerNumber(wish.caller),
            did=Did("4008"),
            branch=None,
            answered_at=self._clock.now(),
        )
        place = await self._calls.open(call) or Place()
        number = place.draft.get("number")
        if number and (order := await self._trading.find_order(OrderNumber(number))) is not None:
            return _told(wish, number, await self._trading.complete(order))
        return await self._order(wish, call, number)

    async def _order(self, wish: Wish, call: Call, number: str | None) -> Spoken:
        customer = make.customer(account=AccountId(wish.account))
        security = await self._check(customer)
        if number is None:
            number = await self._trading.new_number()
            await self._calls.keep_place(call.id, Place(draft={"number": number}))
        await self._gate.reach(Step.READ_BACK)
        draft = make.draft(
            number=number,
            account=customer.account,
            security=security,
            price=PRICE,
            quantity=QUANTITY,
        )
        if (twin := await self._trading.recent_twin(draft)) is not None:
            # Asked whether they want it once more, they do not.
            return Spoken(caller=wish.caller, heard=Heard.JUST_ORDERED, number=twin.draft.number)
        station = Station(call=call.id, caller=call.caller, did=call.did, branch=call.branch)
        return _told(wish, number, await self._trading.place(draft, customer, station))

    async def _check(self, customer: Customer) -> Security:
        (security,) = await self._trading.find("600000")
        offer = await self._trading.offer(customer, Side.BUY, security)
        offer.check_price(PRICE)
        offer.check_quantity(PRICE, QUANTITY)
        return security


def _told(wish: Wish, number: str, outcome: Outcome) -> Spoken:
    return Spoken(caller=wish.caller, heard=_HEARD[outcome.state], number=number)


def _tell(message: bytes) -> None:
    sys.stdout.buffer.write(message)
    sys.stdout.buffer.flush()


def _end_with(task: asyncio.Task[None]) -> None:
    """A defect must not hide in a task that nobody waits for."""
    if not task.cancelled() and (error := task.exception()) is not None:
        _tell(line("defect", repr(error)))


async def main() -> None:
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    orders = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    if first := await orders.readline():
        await Driver(Setup(**json.loads(first)["start"])).run(orders)


if __name__ == "__main__":
    asyncio.run(main())
