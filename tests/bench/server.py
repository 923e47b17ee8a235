"""The embedded PostgreSQL as the product starts it, with the demo's accounts, for one bench."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from callcenter.gateways.paper.seed import seed_demo
from callcenter.storage import migrate
from callcenter.storage.embedded import EmbeddedPostgres


@dataclass(frozen=True)
class Server:
    """A running server with fsync on, and a folder beside its data that goes with it."""

    postgres: EmbeddedPostgres
    folder: Path

    @property
    def dsn(self) -> str:
        return self.postgres.dsn

    @property
    def libpq_dsn(self) -> str:
        return self.postgres.libpq_dsn


@asynccontextmanager
async def running() -> AsyncIterator[Server]:
    """Start one in a folder that is thrown away."""
    with tempfile.TemporaryDirectory(prefix="callcenter-bench-") as name:
        folder = Path(name)
        postgres = EmbeddedPostgres(folder / "data", sockets=folder / "run")
        await asyncio.to_thread(postgres.start)
        try:
            await migrate.upgrade(postgres.dsn)
            await seed_demo(postgres.dsn, production=False, load_accounts=False)
            yield Server(postgres, folder)
        finally:
            await asyncio.to_thread(postgres.stop)
