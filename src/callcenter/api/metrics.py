"""GET /metrics for Prometheus."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import structlog
from aiohttp import web
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)

from callcenter.api.event_loop import EventLoop
from callcenter.domain.errors import StoreUnavailable
from callcenter.domain.orders import OrderState

log = structlog.get_logger()

OrdersByState = Callable[[], Awaitable[Mapping[OrderState, int]]]
Count = Callable[[], int]

_BUCKETS_S: Final = (0.005, 0.01, 0.02, 0.04, 0.08, 0.12, 0.2, 0.5, 1.0, 2.0)


class Metrics:
    """
    What the daemon counts, in a registry of its own.

    Fulfils the telephone's `Meter` and the quotes' `FeedMeter`; numbers that the database knows are
    asked at each scrape, and left out while it does not answer.
    """

    def __init__(self, orders_by_state: OrdersByState) -> None:
        self._orders_by_state = orders_by_state
        self._registry = CollectorRegistry()
        self._in_progress = Gauge(
            "callcenter_calls_in_progress", "Calls led by this daemon", registry=self._registry
        )
        self._calls = Counter(
            "callcenter_calls_ended", "Calls ended, by how", ["how"], registry=self._registry
        )
        self._turns = Counter(
            "callcenter_turns", "Prompts that began to be said", registry=self._registry
        )
        self._latency = Histogram(
            "callcenter_key_to_prompt_seconds",
            "From a key to the next prompt, in the daemon",
            buckets=_BUCKETS_S,
            registry=self._registry,
        )
        self._quote_requests = Counter(
            "callcenter_quote_requests",
            "Requests to a source of quotes, by how they ended",
            ["source", "how"],
            registry=self._registry,
        )
        self._quote_limits = Counter(
            "callcenter_quote_limits_differ",
            "Price limits that a source told and that we compute otherwise",
            registry=self._registry,
        )
        self._orders = Gauge(
            "callcenter_orders", "Orders of today, by state", ["state"], registry=self._registry
        )
        self._connections = Gauge(
            "callcenter_agi_connections", "Open FastAGI connections", registry=self._registry
        )
        self._tasks = Gauge(
            "callcenter_asyncio_tasks", "Tasks of the event loop", registry=self._registry
        )
        self._lag = Gauge(
            "callcenter_event_loop_lag_seconds",
            "How late the event loop was at worst since the last scrape",
            registry=self._registry,
        )

    def call_began(self) -> None:
        self._in_progress.inc()

    def call_ended(self, how: str) -> None:
        self._in_progress.dec()
        self._calls.labels(how).inc()

    def prompt_began(self, after_key_s: float | None) -> None:
        self._turns.inc()
        if after_key_s is not None:
            self._latency.observe(after_key_s)

    def asked(self, source: str, how: str) -> None:
        self._quote_requests.labels(source, how).inc()

    def limits_differed(self) -> None:
        self._quote_limits.inc()

    def watch(self, loop: EventLoop, agi_connections: Count) -> None:
        """Tell from now on what the event loop has to do, and how many peers are connected."""
        self._tasks.set_function(loop.tasks)
        self._lag.set_function(loop.take_worst_lag_s)
        self._connections.set_function(agi_connections)

    async def handle(self, request: web.Request) -> web.Response:
        orders = await self._todays_orders()
        self._orders.clear()
        for state, count in orders.items():
            self._orders.labels(state).set(count)
        body = generate_latest(self._registry)
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def _todays_orders(self) -> Mapping[OrderState, int]:
        try:
            return await self._orders_by_state()
        except StoreUnavailable as error:
            log.warning("metrics.without_orders", reason=str(error))
            return {}
