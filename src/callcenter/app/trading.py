"""The parts of the daemon that take orders, and bring them into agreement with the counter."""

from collections.abc import Coroutine, Sequence
from datetime import timedelta

from callcenter.api.metrics import Metrics
from callcenter.app.orders import OrderCounter, market_hours
from callcenter.app.parts import load_rule_book, paper_clerk
from callcenter.app.quotes import chosen_feed
from callcenter.domain.clock import Clock
from callcenter.gateways.paper.counter import PaperCounter
from callcenter.settings import Settings
from callcenter.storage.database import Database
from callcenter.storage.orders import PostgresOrderBook
from callcenter.trading.orders.comparison import Comparison
from callcenter.trading.orders.events import CounterEvents
from callcenter.trading.orders.placing import Placing
from callcenter.trading.orders.reconciliation import Reconciliation
from callcenter.trading.orders.reservations import Reservations
from callcenter.trading.orders.told import Told
from callcenter.trading.quotes import CounterQuotes, Quotes
from callcenter.trading.service import Trading


class TradingParts:
    """Orders for the calls (`service`), their rules and quotes, and what looks after them."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        database: Database,
        counter: PaperCounter,
        orders: OrderCounter,
        metrics: Metrics,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._counter = counter
        self._orders = orders
        self._book = PostgresOrderBook(database, clock)
        self._told = Told(self._book, clock)
        promise = timedelta(seconds=settings.order_promise_s)
        self._placing = Placing(orders.gateway, self._book, clock, promise=promise)
        self.rules = load_rule_book(settings.rule_choices)
        self.feed = chosen_feed(settings, CounterQuotes(counter), clock, self.rules, metrics)
        old_after = timedelta(seconds=settings.quotes_old_after_s)
        self._quotes = Quotes(self.feed, clock, old_after=old_after)
        self.reconciliation = self._build_reconciliation()
        self.service = self._build_service()

    def background(self) -> Sequence[Coroutine[None, None, None]]:
        """Return what runs as long as the daemon does."""
        fills_by = None if self._settings.quotes == "counter" else self.feed
        return (
            self.reconciliation.run(),
            self._events().run(),
            self._reservations().run(),
            paper_clerk(self._settings, self._counter, fills_by).run(),
        )

    def _build_reconciliation(self) -> Reconciliation:
        return Reconciliation(
            self._book,
            self._placing,
            every_s=self._settings.reconcile_every_s,
            comparison=Comparison(self._orders.gateway, self._book, self._told, self._clock),
        )

    def _build_service(self) -> Trading:
        return Trading(
            self._orders.gateway,
            self._book,
            self._clock,
            self._placing,
            self.reconciliation,
            self._quotes,
            rules=self.rules,
            hours=market_hours(self._settings, self.rules),
            redial_guard=timedelta(seconds=self._settings.redial_guard_s),
        )

    def _events(self) -> CounterEvents:
        return CounterEvents(
            self._orders.name,
            self._orders.gateway,
            self._book,
            self._told,
            on_gap=self.reconciliation.gap,
        )

    def _reservations(self) -> Reservations:
        return Reservations(
            self._book,
            self._counter,
            self._placing,
            self.reconciliation,
            self._quotes,
            self.rules,
            self._clock,
            every_s=self._settings.reservations_every_s,
        )
