"""The source that was chosen, with everything around it that makes it fit for callers."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Literal

from callcenter.domain.clock import Clock
from callcenter.domain.securities import Quote, Security
from callcenter.gateways.market.fallback import FallbackFeed, LastKnownFeed
from callcenter.gateways.market.http import HttpFeed, Manners
from callcenter.gateways.market.limits import LimitsCheck, LimitsOf
from callcenter.gateways.market.meter import FeedMeter
from callcenter.gateways.market.recorded import RecordedFeed
from callcenter.gateways.market.shared import SharedFeed
from callcenter.gateways.market.simulated import RangeOf, SimulatedFeed
from callcenter.gateways.market.sina import Sina
from callcenter.gateways.market.tencent import Tencent
from callcenter.gateways.market.texts import TextFormat
from callcenter.trading.ports import MarketFeed

Source = Literal["counter", "simulated", "recorded", "sina", "tencent"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What an operator chose."""

    first: Source = "counter"
    second: Source | None = None
    walks: bool = False
    seed: int = 1
    recorded_dir: Path = Path()
    recorded_ahead: timedelta = timedelta(0)
    sina_address: str = ""
    tencent_address: str = ""
    manners: Manners = field(default_factory=Manners)
    keep_s: float = 3.0


class ChosenFeed(MarketFeed):
    """
    Builds what was chosen. `counter` is the counter's own feed.

    Public sources are asked once for many callers, and remembered while they are away.
    """

    def __init__(
        self,
        choice: Choice,
        counter: MarketFeed,
        clock: Clock,
        *,
        limits_of: LimitsOf,
        range_of: RangeOf,
        meter: FeedMeter | None = None,
    ) -> None:
        self._choice = choice
        self._counter = counter
        self._clock = clock
        self._limits_of = limits_of
        self._range_of = range_of
        self._meter = meter
        self._http: list[HttpFeed] = []
        self._shared: SharedFeed | None = None
        self._open = AsyncExitStack()
        self._feed = self._built()

    async def start(self) -> None:
        for feed in self._http:
            await feed.start()
            self._open.push_async_callback(feed.stop)
        if self._shared is not None:
            self._open.push_async_callback(self._shared.stop)

    async def stop(self) -> None:
        await self._open.aclose()

    async def quotes(self, securities: Sequence[Security]) -> Mapping[str, Quote]:
        return await self._feed.quotes(securities)

    def _built(self) -> MarketFeed:
        chosen = [self._choice.first, self._choice.second]
        sources = [self._source(name) for name in chosen if name is not None]
        feed = sources[0] if len(sources) == 1 else FallbackFeed(*sources)
        if not self._http:
            return feed
        self._shared = SharedFeed(feed, keep_s=self._choice.keep_s)
        return LastKnownFeed(self._shared)

    def _source(self, name: Source) -> MarketFeed:
        choice = self._choice
        build: Mapping[Source, Callable[[], MarketFeed]] = {
            "counter": lambda: self._counter,
            "simulated": self._simulated,
            "recorded": lambda: RecordedFeed(
                choice.recorded_dir, self._clock, ahead=choice.recorded_ahead
            ),
            "sina": lambda: self._over_http(Sina(), choice.sina_address),
            "tencent": lambda: self._over_http(Tencent(), choice.tencent_address),
        }
        return build[name]()

    def _simulated(self) -> MarketFeed:
        choice = self._choice
        return SimulatedFeed(
            self._counter, self._range_of, self._clock, walks=choice.walks, seed=choice.seed
        )

    def _over_http(self, form: TextFormat, address: str) -> MarketFeed:
        feed = HttpFeed(form, address, self._clock, manners=self._choice.manners, meter=self._meter)
        self._http.append(feed)
        return LimitsCheck(feed, self._limits_of, meter=self._meter)
