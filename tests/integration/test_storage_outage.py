"""What our stores do when PostgreSQL is gone, comes back, or is slow."""

import asyncio
import os
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Final

import asyncpg
import psutil
import pytest
from sqlalchemy import select, text

from callcenter.domain.calls import CallEnd, CallId, Place, Turn
from callcenter.domain.errors import StoreUnavailable
from callcenter.domain.orders import OrderNumber, OrderState
from callcenter.domain.progress import Word
from callcenter.storage import migrate
from callcenter.storage.calls import PostgresCallBook
from callcenter.storage.database import Database, driver_url
from callcenter.storage.embedded import EmbeddedPostgres
from callcenter.storage.orders import PostgresOrderBook
from callcenter.storage.tables import turns
from callcenter.trading.orders.ports import Change
from tests import make
from tests.changes import add, change_of
from tests.fakes.store import AlwaysNoon

GONE_S: Final = 10.0

NUMBER = OrderNumber("60000001")


@pytest.fixture
def server() -> Iterator[EmbeddedPostgres]:
    """A server of its own, to be killed."""
    home = Path(tempfile.mkdtemp(prefix="callcenter-tests-"))
    server = EmbeddedPostgres(home / "data", sockets=home / "run")
    asyncio.run(migrate.upgrade(server.start()))
    yield server
    server.stop()
    shutil.rmtree(home)


@pytest.fixture
async def killable(server: EmbeddedPostgres) -> AsyncIterator[Database]:
    database = Database(server.dsn)
    yield database
    await database.close()


def crash(server: EmbeddedPostgres) -> None:
    assert server.pid is not None
    # Its processes go on until they notice, and one of them may answer once more.
    backends = psutil.Process(server.pid).children(recursive=True)
    os.kill(server.pid, signal.SIGKILL)
    psutil.wait_procs(backends, timeout=GONE_S)


def turn(words: str) -> Turn:
    return Turn(at=make.NOON, prompts=("main-menu",), words=words, keys="1", outcome="chosen")


async def words_in(database: Database) -> list[str]:
    async with database.at_once() as connection:
        return list(await connection.scalars(select(turns.c.words).order_by(turns.c.id)))


async def test_a_crash_inside_a_transaction_is_an_outage_and_keeps_nothing(
    server: EmbeddedPostgres, killable: Database
) -> None:
    async def write() -> None:
        async with killable.transaction() as connection:
            await connection.execute(text("INSERT INTO outbox (kind, payload) VALUES ('a', '{}')"))
            crash(server)
            await connection.execute(text("SELECT 1"))

    with pytest.raises(StoreUnavailable):
        await write()
    with pytest.raises(StoreUnavailable):
        await killable.ping()
    server.start()
    async with killable.at_once() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM outbox")) == 0


async def test_after_a_restart_the_first_request_is_served(
    server: EmbeddedPostgres, killable: Database
) -> None:
    book = PostgresOrderBook(killable, AlwaysNoon())
    await asyncio.gather(*(book.next_number() for _ in range(10)))

    await asyncio.to_thread(server.stop)
    await asyncio.to_thread(server.start)

    numbers = await asyncio.gather(*(book.next_number() for _ in range(10)))
    assert len(set(numbers)) == 10


async def test_turns_wait_for_the_server_to_come_back(
    server: EmbeddedPostgres, killable: Database
) -> None:
    book = PostgresCallBook(killable)
    await book.open(make.call())
    server.stop()
    book.write_turn(make.call().id, turn("欢迎致电"))

    with pytest.raises(StoreUnavailable):
        await book.close(make.call().id, CallEnd.GOODBYE, make.NOON)

    server.start()
    await book.close(make.call().id, CallEnd.GOODBYE, make.NOON)
    assert await words_in(killable) == ["欢迎致电"]


async def test_callers_go_on_while_the_disk_does_not_answer(
    server: EmbeddedPostgres, killable: Database
) -> None:
    """A commit that waits for a standby, of which there is none, waits as for a disk."""
    book = PostgresCallBook(killable)
    await book.open(make.call())
    await _set(server, "synchronous_standby_names", "nobody")
    next_call = asyncio.create_task(book.open(make.call(id=CallId("pbx-next.1"))))

    await book.keep_place(make.call().id, Place(dialogue="buy"))
    book.write_turn(make.call().id, turn("欢迎致电"))
    await book.flush()

    assert await words_in(killable) == ["欢迎致电"]
    assert not next_call.done()
    await _set(server, "synchronous_standby_names", "")
    assert await next_call is None


async def _set(server: EmbeddedPostgres, name: str, value: str) -> None:
    connection = await asyncpg.connect(server.libpq_dsn)
    await connection.execute(f"ALTER SYSTEM SET {name} = '{value}'")
    await connection.execute("SELECT pg_reload_conf()")
    while await connection.fetchval(f"SHOW {name}") != value:
        pass
    await connection.close()


async def test_a_server_that_is_not_there_is_an_outage(tmp_path: Path) -> None:
    database = Database(f"postgresql://callcenter@/callcenter?host={tmp_path}")

    with pytest.raises(StoreUnavailable):
        await database.ping()


@pytest.mark.parametrize(
    ("written", "taken"),
    [
        ("postgresql://u:p@db/x", "postgresql+asyncpg://u:p@db/x"),
        (
            "postgres://u:p@db:6432/x?sslmode=require",
            "postgresql+asyncpg://u:p@db:6432/x?ssl=require",
        ),
        ("postgresql+asyncpg://u@/x?host=%2Frun", "postgresql+asyncpg://u@/x?host=%2Frun"),
    ],
)
def test_an_address_may_be_as_psql_takes_it(written: str, taken: str) -> None:
    assert driver_url(written) == taken


async def test_a_full_pool_is_an_outage_and_not_a_wait_for_ever(dsn: str) -> None:
    database = Database(dsn, pool_size=1, connect_timeout_s=0.1)

    async with database.at_once():
        with pytest.raises(StoreUnavailable):
            await database.ping()

    await database.ping()
    await database.close()


async def test_a_statement_that_takes_too_long_is_an_outage(dsn: str) -> None:
    database = Database(dsn, statement_timeout_s=0.1)

    with pytest.raises(StoreUnavailable, match="timeout"):
        async with database.transaction() as connection:
            await connection.execute(text("SELECT pg_sleep(10)"))

    await database.ping()
    await database.close()


async def test_a_mistake_of_ours_is_not_called_an_outage(database: Database) -> None:
    with pytest.raises(Exception, match="does not exist") as caught:
        async with database.at_once() as connection:
            await connection.execute(text("SELECT * FROM nothing"))

    assert not isinstance(caught.value, StoreUnavailable)


async def test_two_answers_from_two_daemons_are_applied_once(dsn: str) -> None:
    daemons = [Database(dsn), Database(dsn)]
    books = [PostgresOrderBook(database, AlwaysNoon()) for database in daemons]
    await add(books[0], make.order())
    answers = [OrderState.ACCEPTED, OrderState.REJECTED, OrderState.UNKNOWN]
    changes = [change_of(make.order(), Word(answer=answer)) for answer in answers]

    async def answer(book: PostgresOrderBook, change: Change) -> bool:
        return not await book.write([change])

    applied = await asyncio.gather(*(answer(books[i % 2], changes[i % 3]) for i in range(20)))

    assert applied.count(True) == 1
    for database in daemons:
        await database.close()


async def test_one_order_from_two_daemons_is_added_once(dsn: str) -> None:
    daemons = [Database(dsn), Database(dsn)]

    books = [PostgresOrderBook(database, AlwaysNoon()) for database in daemons]

    added = await asyncio.gather(*(add(books[i % 2], make.order()) for i in range(10)))

    assert added.count([True]) == 1
    for database in daemons:
        await database.close()


async def test_turns_are_written_behind_the_call(database: Database) -> None:
    book = PostgresCallBook(database, every_s=0.001)
    behind = asyncio.create_task(book.run())

    book.write_turn(CallId("pbx-1"), turn("欢迎致电"))
    async with asyncio.timeout(10):
        while await words_in(database) == []:
            pass

    behind.cancel()
    await asyncio.wait([behind])


async def test_what_was_said_last_is_written_when_the_daemon_stops(database: Database) -> None:
    book = PostgresCallBook(database, every_s=3600)
    behind = asyncio.create_task(book.run())
    await database.ping()
    for i in range(5000):
        book.write_turn(CallId("pbx-1"), turn(str(i)))

    behind.cancel()
    await asyncio.wait([behind])

    assert await words_in(database) == [str(i) for i in range(5000)]


async def test_a_turn_that_postgres_cannot_hold_does_not_stop_the_others(
    database: Database,
) -> None:
    book = PostgresCallBook(database)
    book.write_turn(CallId("pbx-1"), turn("no text may hold a \0"))
    await book.flush()

    book.write_turn(CallId("pbx-1"), turn("再见"))
    await book.flush()

    assert await words_in(database) == ["再见"]


async def test_a_look_does_not_wait_for_the_pool(dsn: str) -> None:
    database = Database(dsn, pool_size=1, connect_timeout_s=0.1)
    await database.glance("SELECT")
    async with database.transaction():
        assert len(await database.glance("SELECT")) == 1
    await database.close()


async def test_looks_at_the_same_moment_take_turns(database: Database) -> None:
    looks = (database.glance("SELECT $1::int AS at", at) for at in range(3))

    assert [row["at"] for [row] in await asyncio.gather(*looks)] == [0, 1, 2]
