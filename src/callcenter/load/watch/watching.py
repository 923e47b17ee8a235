"""Watching: a look at every program each second, until told to stop."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Final, Self

from callcenter.load.model import Clock
from callcenter.load.watch.processes import Tree, lives, sample, trees
from callcenter.load.watch.sources import CannotSee, Source
from callcenter.load.watched import Gauge, ProcessSample, WaitSample, Watched

EVERY_S: Final = 1.0
_FAMILIES_EVERY: Final = 5  # looks, between which children are taken to stay the same

Roots = Callable[[], Mapping[str, int | None]]


class Watch:
    """
    Looks from the beginning of the `async with` to its end.

    `roots` names the main process of each part, None for one that does not run yet. Begin before
    the first call and end some seconds after the last one, so that what calls leave behind shows.
    """

    def __init__(
        self, clock: Clock, roots: Roots, sources: Sequence[Source], *, every_s: float = EVERY_S
    ) -> None:
        self._clock = clock
        self._roots = roots
        self._sources = sources
        self._every_s = every_s
        self._processes: list[ProcessSample] = []
        self._gauges: list[Gauge] = []
        self._waits: list[WaitSample] = []
        self._blind: dict[str, None] = {}
        self._known: Mapping[str, int | None] = {}
        self._trees: Mapping[str, Tree] = {}
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run(), name="load-watch")
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    @property
    def seen(self) -> Watched:
        return Watched(
            processes=tuple(self._processes),
            gauges=tuple(self._gauges),
            waits=tuple(self._waits),
        )

    @property
    def notes(self) -> Sequence[str]:
        """What could not be seen and why, once each."""
        return list(self._blind)

    async def look(self, looks: int = 0) -> None:
        """Look once at everything; each fifth time anew who belongs to whom."""
        at = self._clock()
        self._processes += await asyncio.to_thread(self._look_at_processes, at, looks)
        await asyncio.gather(*(self._ask(source, at) for source in self._sources))

    async def _run(self) -> None:
        looks, due = 0, self._clock()
        while True:
            await self.look(looks)
            looks, due = looks + 1, due + self._every_s
            await asyncio.sleep(max(0.0, due - self._clock()))

    def _look_at_processes(self, at: float, looks: int) -> Sequence[ProcessSample]:
        roots = self._roots()
        if looks % _FAMILIES_EVERY == 0 or roots != self._known:
            self._known, self._trees = roots, trees(roots)
        return [sample(at, name, tree) for name, tree in self._trees.items() if lives(tree)]

    async def _ask(self, source: Source, at: float) -> None:
        try:
            seen = await source.look()
        except CannotSee as error:
            self._blind[str(error)] = None
            return
        self._gauges += [Gauge(at=at, name=n, value=value) for n, value in seen.gauges.items()]
        self._waits += [WaitSample(at=at, event=e, sessions=n) for e, n in seen.waits.items()]
