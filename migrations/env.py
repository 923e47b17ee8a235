"""How Alembic reaches the database: over a connection that it is given, or by a DSN."""

import asyncio
import os

from alembic import context
from sqlalchemy import Connection, pool, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from callcenter.storage.schema import metadata


def _dsn() -> str:
    dsn = context.get_x_argument(as_dictionary=True).get("dsn")
    dsn = dsn or os.environ.get("CALLCENTER_DATABASE_URL")
    if not dsn:
        raise SystemExit("which database? say -x dsn=postgresql://… or CALLCENTER_DATABASE_URL")
    return dsn


def _migrate(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=metadata)
    with context.begin_transaction():
        # A migration that waits for a lock makes every call behind it wait as well.
        connection.execute(text("SET LOCAL lock_timeout = '5s'"))
        context.run_migrations()


async def _migrate_by_dsn() -> None:
    url = make_url(_dsn()).set(drivername="postgresql+asyncpg")
    engine = create_async_engine(url, poolclass=pool.NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(_migrate)
        await connection.commit()
    await engine.dispose()


def _run() -> None:
    if context.is_offline_mode():
        context.configure(dialect_name="postgresql", target_metadata=metadata)
        with context.begin_transaction():
            context.run_migrations()
    elif (given := context.config.attributes.get("connection")) is not None:
        _migrate(given)
    else:
        asyncio.run(_migrate_by_dsn())


_run()
