"""
Bring a database to the shape that this version needs.

The migrations are the directory `migrations` of the checkout. A symbolic link beside this file
makes them part of the package, so that an installed callcenter carries them along.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, pool, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from callcenter.storage.database import driver_url, outage_in_our_words
from callcenter.storage.locks import Lock

_MIGRATIONS: Final = Path(__file__).parent / "migrations"
_CONNECT_S: Final = 10.0
_PATIENCE: Final = "60s"  # for another starter that is migrating


async def upgrade(dsn: str) -> str:
    """
    Migrate to the newest revision and return it. Any number of starters may do this at once.

    Raise `StoreUnavailable` if the database cannot be reached.
    """
    async with _alone(dsn) as connection:
        await connection.run_sync(_upgrade)
        await connection.commit()
    return newest()


async def current(dsn: str) -> str | None:
    """Return the revision of the database, or None if it was never migrated."""
    async with _connected(dsn) as connection:
        return await connection.run_sync(_current)


def newest() -> str:
    """Return the revision that this version needs."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise RuntimeError(f"there are no migrations in {_MIGRATIONS}")
    return head


@asynccontextmanager
async def _connected(dsn: str) -> AsyncIterator[AsyncConnection]:
    engine = create_async_engine(
        driver_url(dsn), poolclass=pool.NullPool, connect_args={"timeout": _CONNECT_S}
    )
    with outage_in_our_words():
        async with engine.connect() as connection:
            yield connection


@asynccontextmanager
async def _alone(dsn: str) -> AsyncIterator[AsyncConnection]:
    """Connect, and hold the lock of those who migrate until the connection ends."""
    async with _connected(dsn) as connection:
        await connection.execute(text(f"SET LOCAL lock_timeout = '{_PATIENCE}'"))
        await connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": Lock.MIGRATE})
        await connection.commit()
        yield connection


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _upgrade(connection: Connection) -> None:
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()
