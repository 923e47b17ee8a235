"""A PostgreSQL for the tests: one server for the run, one database for each test."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from uuid import uuid4

import asyncpg
import pytest

from callcenter.storage import migrate
from callcenter.storage.database import Database
from callcenter.storage.embedded import EmbeddedPostgres
from tests.scratch import scratch

_STARTED: Final = pytest.StashKey[EmbeddedPostgres]()
_HASTE: Final = {"fsync": "off", "full_page_writes": "off"}  # nothing here outlives the run


@pytest.fixture(scope="session")
def postgres(pytestconfig: pytest.Config) -> EmbeddedPostgres:
    """The server of this run, the same for every folder of tests. It goes with the run."""
    if _STARTED not in pytestconfig.stash:
        pytestconfig.stash[_STARTED] = _start(pytestconfig)
    return pytestconfig.stash[_STARTED]


@pytest.fixture
async def empty_dsn(postgres: EmbeddedPostgres) -> AsyncIterator[str]:
    """A database of its own with nothing in it."""
    async with _database(postgres, "template0") as dsn:
        yield dsn


@pytest.fixture
async def dsn(postgres: EmbeddedPostgres) -> AsyncIterator[str]:
    """A database of its own with our tables in it, which the migrations made."""
    async with _database(postgres, "callcenter") as dsn:
        yield dsn


@pytest.fixture
async def database(dsn: str) -> AsyncIterator[Database]:
    database = Database(dsn)
    yield database
    await database.close()


def _start(config: pytest.Config) -> EmbeddedPostgres:
    home = scratch("callcenter-tests-")
    server = EmbeddedPostgres(home / "data", sockets=home / "run", settings=_HASTE)
    config.add_cleanup(lambda: shutil.rmtree(home))
    config.add_cleanup(server.stop)
    asyncio.run(migrate.upgrade(server.start()))
    return server


@asynccontextmanager
async def _database(server: EmbeddedPostgres, template: str) -> AsyncIterator[str]:
    name = f"test_{uuid4().hex}"
    await _tell(server, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    try:
        yield server.dsn.replace("/callcenter?", f"/{name}?")
    finally:
        await _tell(server, f"DROP DATABASE {name} WITH (FORCE)")


async def _tell(server: EmbeddedPostgres, sql: str) -> None:
    connection = await asyncpg.connect(server.libpq_dsn, database="postgres")
    try:
        await connection.execute(sql)
    finally:
        await connection.close()
