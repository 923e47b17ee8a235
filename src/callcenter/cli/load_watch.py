"""What of our own installation a load run looks at: every process of it, and whom it can ask."""

import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from callcenter.app import NoPbx, Settings, open_reports, pbx_link
from callcenter.cli.show import note
from callcenter.domain.errors import CallcenterError
from callcenter.load.run import Run
from callcenter.load.watch.sources import DatabaseServer, MetricsPage, Pbx, Source
from callcenter.load.watch.watching import Watch
from callcenter.stack.stack import Stack


@asynccontextmanager
async def watch(
    settings: Settings, run: Run, capture: int | None, notes: list[str]
) -> AsyncIterator[Watch]:
    """
    Watch for as long as the block takes, also the process `capture`, which serves no caller.

    What cannot be asked is told in `notes`.
    """
    async with AsyncExitStack() as links:
        sources = await _sources(settings, links, notes)
        stack = Stack(settings, note)

        def roots() -> Mapping[str, int | None]:
            ours = {"sipp": run.sipp_pid, "load kit": os.getpid(), "capture": capture}
            return {**stack.status(), **ours}

        yield await links.enter_async_context(Watch(run.clock, roots, sources))


async def _sources(settings: Settings, links: AsyncExitStack, notes: list[str]) -> Sequence[Source]:
    sources: list[Source] = [MetricsPage(f"http://{settings.host}:{settings.http_port}/metrics")]
    try:
        # Of every call there are a dozen events, and nobody here wants to know.
        ami = await links.enter_async_context(pbx_link(settings, event_classes="off"))
        sources.append(Pbx(ami))
    except NoPbx as error:
        notes.append(f"Channels were not counted: {error}.")
    try:
        reports = await links.enter_async_context(open_reports(settings))
        sources.append(DatabaseServer(reports.database))
    except (CallcenterError, OSError) as error:
        notes.append(f"PostgreSQL was not watched: {error}.")
    return sources
