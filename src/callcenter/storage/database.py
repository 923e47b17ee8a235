"""The way to PostgreSQL: a bounded pool, time limits, and one word for every outage."""

import asyncio
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Collection,
    Hashable,
    Iterator,
    Sequence,
)
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from typing import Any, Final, TypeVar, cast

from sqlalchemy import event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import Pool

from callcenter.domain.errors import StoreUnavailable
from callcenter.storage.line import Connection, Line, Record, is_outage
from callcenter.together import Together

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")

# A plan that was made while a table was empty must not read all of it once it is large.
_BY_KEYS: Final = "SET enable_seqscan = off"
_AHEAD_OF_THE_DISK: Final = "SET synchronous_commit = off"


class Database:
    """
    A pool of connections. Whatever a caller does with one, an outage is `StoreUnavailable`.

    What a lost connection left open was rolled back, unless the answer to its commit was lost.
    """

    def __init__(
        self,
        dsn: str,
        *,
        pool_size: int = 10,
        connect_timeout_s: float = 3.0,
        statement_timeout_s: float = 5.0,
    ) -> None:
        limit_ms = str(int(statement_timeout_s * 1000))
        self._engine = create_async_engine(
            driver_url(dsn),
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=connect_timeout_s,
            hide_parameters=True,  # errors go to the log, accounts and words do not
            connect_args={
                "timeout": connect_timeout_s,
                "command_timeout": statement_timeout_s + 1,  # the server should be first to say so
                "server_settings": {
                    "application_name": "callcenter",
                    "timezone": "UTC",
                    # Our statements find rows by their keys, whatever the values: plan them once.
                    "plan_cache_mode": "force_generic_plan",
                    "statement_timeout": limit_ms,
                    "lock_timeout": limit_ms,
                    "idle_in_transaction_session_timeout": limit_ms,
                },
            },
        )
        self._at_once = self._engine.execution_options(isolation_level="AUTOCOMMIT")
        event.listen(self._engine.sync_engine.pool, "checkout", _refuse_closed)
        self._lines: list[Line] = []
        self._glances = self.line()
        self._glancing = asyncio.Lock()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """Keep all that is done with the connection, or nothing. Do only SQL inside."""
        with outage_in_our_words():
            async with self._engine.begin() as connection:
                yield connection

    @asynccontextmanager
    async def at_once(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection on which each statement is kept by itself: for single ones."""
        with outage_in_our_words():
            async with self._at_once.connect() as connection:
                yield connection

    def line(self, *, awaits_disk: bool = True) -> Line:
        """
        Give a connection of its own to a statement that is needed all the time.

        Without `awaits_disk`, a crash of PostgreSQL (not of ours) may lose what was written in the
        last second, but nothing from before anything that did await the disk.
        """
        self._lines.append(Line(partial(self._connection, awaits_disk=awaits_disk)))
        return self._lines[-1]

    async def glance(self, statement: str, *arguments: object) -> Sequence[Record]:
        """Look whether there is something to do: for what is asked all the time, mostly in vain."""
        async with self._glancing:
            return await self._glances.fetch(statement, *arguments)

    async def any_in(self, table: str, states: Collection[str]) -> bool:
        """Look whether a row is in one of these states. Spelt out, their own index is used."""
        named = ", ".join(f"'{state}'" for state in sorted(states))
        return bool(await self.glance(f"SELECT FROM {table} WHERE state IN ({named}) LIMIT 1"))

    def together(
        self,
        do: Callable[[Line, Sequence[Asked]], Awaitable[Sequence[Answer]]],
        *,
        apart: Callable[[Asked], Hashable] | None = None,
        awaits_disk: bool = True,
    ) -> Together[Asked, Answer]:
        """Do on a line of its own, in one statement, what is asked for at the same moment."""
        line = self.line(awaits_disk=awaits_disk)
        return Together(partial(do, line), outage=StoreUnavailable, apart=apart)

    async def ping(self) -> None:
        """Return if the database answers, else raise `StoreUnavailable`."""
        async with self.at_once() as connection:
            await connection.execute(text("SELECT 1"))

    async def close(self) -> None:
        for line in self._lines:
            await line.close()
        await self._engine.dispose()

    async def _connection(self, *, awaits_disk: bool) -> Connection:
        """Connect as the pool does, and leave the pool."""
        with outage_in_our_words():
            try:
                pooled = await self._engine.raw_connection()
            except self._engine.dialect.loaded_dbapi.Error as e:  # the engine does not wrap it here
                if not is_outage(getattr(e, "sqlstate", None)):
                    raise
                raise StoreUnavailable(f"PostgreSQL: {e}") from e
        connection = cast(Connection, pooled.driver_connection)
        pooled.detach()
        await connection.execute(_BY_KEYS if awaits_disk else f"{_BY_KEYS}; {_AHEAD_OF_THE_DISK}")
        return connection


def driver_url(dsn: str) -> str:
    """Return a DSN, which may be as psql takes it, as SQLAlchemy and asyncpg take it."""
    url = make_url(dsn).set(drivername="postgresql+asyncpg")
    if "sslmode" in url.query:
        ssl = url.query["sslmode"]
        url = url.difference_update_query(["sslmode"]).update_query_dict({"ssl": ssl})
    return url.render_as_string(hide_password=False)


@contextmanager
def outage_in_our_words() -> Iterator[None]:
    """Turn what says that PostgreSQL cannot answer now into `StoreUnavailable`."""
    try:
        yield
    except (OSError, PoolTimeout) as e:
        raise StoreUnavailable(f"PostgreSQL does not answer: {e or type(e).__name__}") from e
    except DBAPIError as e:
        if e.connection_invalidated or is_outage(getattr(e.orig, "sqlstate", None)):
            raise StoreUnavailable(f"PostgreSQL: {e.orig}") from e
        raise


def _refuse_closed(dbapi_connection: Any, _record: object, _proxy: Pool) -> None:
    """
    Let the pool replace a connection that the server has closed, as after its restart.

    The driver notices by itself, so that this costs no round trip, unlike a ping before each use.
    """
    if dbapi_connection.driver_connection.is_closed():
        raise DisconnectionError
