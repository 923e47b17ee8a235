"""A new broker gets its name here, and a way to open it in `counters`."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from callcenter.gateways.paper import seed_demo
from callcenter.storage.embedded import EmbeddedPostgres
from tests.contract.gateway.counters import Counter, Opens, Trouble, fake, over_fix, paper, run
from tests.fix.desk import Desk, desk


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def seeded_dsn(postgres: EmbeddedPostgres) -> AsyncIterator[str]:
    """One database for all: a counter is told to forget its orders, which takes no time."""
    await run(postgres.libpq_dsn, "CREATE DATABASE contract TEMPLATE callcenter", "postgres")
    dsn = postgres.libpq_dsn.replace("/callcenter?", "/contract?")
    await seed_demo(dsn, production=False, load_accounts=False)
    yield dsn
    await run(postgres.libpq_dsn, "DROP DATABASE contract", "postgres")


@pytest.fixture(scope="session")
def fix_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk(tmp_path_factory.mktemp("desk")) as opened:
        yield opened


@pytest.fixture(params=["fake", "paper", "fix"])
def opens(request: pytest.FixtureRequest, tmp_path: Path) -> Opens:
    if request.param == "fake":
        return fake
    if request.param == "fix":
        opened: Desk = request.getfixturevalue("fix_desk")
        return lambda trouble: over_fix(trouble, opened, tmp_path)
    dsn: str = request.getfixturevalue("seeded_dsn")
    return lambda trouble: paper(trouble, dsn)


@pytest.fixture
async def counter(opens: Opens) -> AsyncIterator[Counter]:
    async with opens(Trouble.NONE) as opened:
        yield opened
