"""The migrations make what `tables.py` says, and can be taken back."""

import asyncio
from argparse import Namespace
from pathlib import Path
from typing import Final

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from callcenter.domain.errors import StoreUnavailable
from callcenter.storage import migrate
from callcenter.storage.schema import metadata

_INI: Final = Path(__file__).parents[2] / "alembic.ini"

# Everything of a schema that a comparison by Alembic would not see.
_SHAPE: Final = text(
    """
    SELECT 'constraint ' || conrelid::regclass || ' ' || conname || ' '
        || pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable, column_default,
        is_identity, identity_generation) FROM information_schema.columns
        WHERE table_schema = 'public'
    UNION ALL SELECT concat_ws(' ', sequencename, start_value, max_value, cycle) FROM pg_sequences
        WHERE schemaname = 'public'
    UNION ALL SELECT concat_ws(' ', relname, obj_description(oid)) FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
    ORDER BY 1
    """
)


async def shape(dsn: str) -> list[str]:
    engine = create_async_engine(dsn, poolclass=NullPool)
    async with engine.connect() as connection:
        lines = await connection.scalars(_SHAPE)
        return [line for line in lines if "alembic_version" not in line]


async def alembic(name: str, dsn: str, revision: str | None = None) -> None:
    """Run Alembic as a developer does: by its file and a DSN."""
    config = Config(_INI, cmd_opts=Namespace(x=[f"dsn={dsn}"]))
    arguments = [revision] if revision else []
    await asyncio.to_thread(getattr(command, name), config, *arguments)


async def test_a_new_database_comes_to_the_newest_revision(empty_dsn: str) -> None:
    before = await migrate.current(empty_dsn)

    await migrate.upgrade(empty_dsn)

    assert before is None
    assert await migrate.current(empty_dsn) == migrate.newest()


async def test_two_starters_at_once_do_no_harm(empty_dsn: str) -> None:
    revisions = await asyncio.gather(migrate.upgrade(empty_dsn), migrate.upgrade(empty_dsn))

    assert list(revisions) == [migrate.newest()] * 2


async def test_a_psql_address_will_do(dsn: str) -> None:
    assert await migrate.current(dsn.replace("+asyncpg", "")) == migrate.newest()


async def test_no_database_is_an_outage(dsn: str) -> None:
    with pytest.raises(StoreUnavailable, match="does not exist"):
        await migrate.upgrade(dsn.replace("/test_", "/nobody_made_test_"))


async def test_the_migrations_can_be_taken_back_and_made_again(dsn: str) -> None:
    before = await shape(dsn)

    await alembic("downgrade", dsn, "base")
    between = await shape(dsn)
    await alembic("upgrade", dsn, "head")

    assert between == []
    assert await shape(dsn) == before


async def test_alembic_finds_nothing_to_add(dsn: str) -> None:
    await alembic("check", dsn)


async def test_the_migrations_make_what_the_tables_say(dsn: str, empty_dsn: str) -> None:
    engine = create_async_engine(empty_dsn, poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)

    made = await shape(dsn)
    assert made == await shape(empty_dsn)
