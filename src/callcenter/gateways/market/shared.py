"""One question to a source for many callers, and its answer kept for a moment."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from callcenter.domain.securities import Quote, Security
from callcenter.trading.ports import MarketFeed


@dataclass(slots=True, kw_only=True)
class _Batch:
    """Securities that will be asked for together."""

    securities: dict[str, Security] = field(default_factory=dict)
    answer: "asyncio.Task[Mapping[str, Quote]] | None" = None


class SharedFeed(MarketFeed):
    """
    Keeps each answer, an unknown code too, for `keep_s`.

    What is asked for within `gather_s`, or while another question is under way, goes in one
    question; who asks for what is being asked for already waits for that answer. So however many
    ask of a slow source, nobody waits for more than two answers. A caller who hangs up takes
    nothing from the others.
    """

    def __init__(
        self,
        feed: MarketFeed,
        *,
        keep_s: float = 3.0,
        gather_s: float = 0.02,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._feed = feed
        self._keep_s = keep_s
        self._gather_s = gather_s
        self._monotonic = monotonic
        self._sleep = sleep
        self._kept: dict[str, tuple[float, Quote | None]] = {}
        self._one_question = asyncio.Lock()
        self._gathering: _Batch | None = None
        self._asked: dict[str, _Batch] = {}

    async def stop(self) -> None:
        """Drop the questions that are under way."""
        tasks = {batch.answer for batch in self._asked.values() if batch.answer}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def quotes(self, securities: Sequence[Security]) -> Mapping[str, Quote]:
        found: dict[str, Quote | None] = {}
        batches: list[_Batch] = []
        for security in securities:
            at, quote = self._kept.get(security.id, (float("-inf"), None))
            if self._monotonic() - at < self._keep_s:
                found[security.id] = quote
            elif (batch := self._batch_of(security)) not in batches:
                batches.append(batch)
        for batch in batches:
            if batch.answer is not None:
                found.update(await asyncio.shield(batch.answer))
        wanted = {security.id for security in securities}
        return {name: quote for name, quote in found.items() if quote and name in wanted}

    def _batch_of(self, security: Security) -> _Batch:
        if (under_way := self._asked.get(security.id)) is not None:
            return under_way
        batch = self._gathering
        if batch is None:
            batch = self._gathering = _Batch()
            batch.answer = asyncio.create_task(self._answer(batch), name="quotes")
            batch.answer.add_done_callback(_take_note)
        batch.securities[security.id] = security
        self._asked[security.id] = batch
        return batch

    async def _answer(self, batch: _Batch) -> Mapping[str, Quote]:
        try:
            await self._sleep(self._gather_s)
            async with self._one_question:  # until it is our turn, more may join
                self._gathering = None
                found = await self._feed.quotes([*batch.securities.values()])
            now = self._monotonic()
            self._kept |= {name: (now, found.get(name)) for name in batch.securities}
            return found
        finally:
            if self._gathering is batch:
                self._gathering = None
            for name in batch.securities:
                self._asked.pop(name, None)


def _take_note(answer: "asyncio.Task[Mapping[str, Quote]]") -> None:
    """Look at an error that nobody may be waiting for any more."""
    if not answer.cancelled():
        answer.exception()
