"""Where an operator works with the paper counter."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from callcenter.app.parts import paper_clerk, paper_counter
from callcenter.domain.clock import SystemClock
from callcenter.gateways.paper.desk import Desk
from callcenter.settings import Settings


@asynccontextmanager
async def open_paper(settings: Settings) -> AsyncIterator[Desk]:
    """Connect for as long as a command takes. Nothing is filled by it."""
    counter = paper_counter(settings, SystemClock())
    await counter.start()
    try:
        yield Desk(counter.database, counter.hours, paper_clerk(settings, counter))
    finally:
        await counter.stop()
