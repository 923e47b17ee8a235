"""A new broker gets its name here, and a way to open it in `counters`."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from callcenter.gateways.paper import seed_demo
from callcenter.storage.embedded import EmbeddedPostgres
from tests.contract.gateway.counters import Counter, Opens, Trouble, fake, paper, run


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def seeded_dsn(postgres: EmbeddedPostgres) -> AsyncIterator[str]:
    """One database for all: a counter is told to forget its orders, which takes no time."""
    await run(postgres.libpq_dsn, "CREATE DATABASE contract TEMPLATE callcenter", "postgres")
    dsn = postgres.libpq_dsn.replace("/callcenter?", "/contract?")
    await seed_demo(dsn, production=False, load_accounts=False)
    yield dsn
    await run(postgres.libpq_dsn, "DROP DATABASE contract", "postgres")


@pytest.fixture(params=["fake", "paper"])
def opens(request: pytest.FixtureRequest) -> Opens:
    if request.param == "fake":
        return fake
    dsn: str = request.getfixturevalue("seeded_dsn")
    return lambda trouble: paper(trouble, dsn)


@pytest.fixture
async def counter(opens: Opens) -> AsyncIterator[Counter]:
    async with opens(Trouble.NONE) as opened:
        yield opened
