"""The counter's own line to PostgreSQL, and the one place that knows how it breaks."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final, TypeAlias

import asyncpg

from callcenter.domain.errors import CounterUnavailable
from callcenter.gateways.paper.bell import Bell

Connection: TypeAlias = (
    "asyncpg.Connection[asyncpg.Record] | asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"
)

_STATEMENT_MS: Final = 5_000
_LOCK_MS: Final = 3_000
_STOP_S: Final = 2.0

# Classes of SQLSTATE that say "not now": connection, not let in, no such database, rolled back,
# resources, operator and time-out, system. All else is a defect of ours and must be seen.
_NOT_NOW: Final = frozenset({"08", "28", "3D", "40", "53", "57", "58"})
# The last one is what the driver says when the line is cut between two of its own steps.
_TROUBLE: Final = (
    OSError,
    asyncpg.InterfaceError,
    asyncpg.PostgresError,
    asyncpg.exceptions.InternalClientError,
)
_NOT_NOW_EITHER: Final = frozenset({"25006", "55P03"})  # a standby; a lock that did not come


@contextmanager
def counter_errors() -> Iterator[None]:
    """Turn what asyncpg raises when the server cannot answer into `CounterUnavailable`."""
    try:
        yield
    except _TROUBLE as e:
        if _is_defect(e):
            raise
        raise CounterUnavailable(f"the paper counter does not answer: {type(e).__name__}") from e


def _is_defect(error: Exception) -> bool:
    """Tell a wrong statement or value (an `InterfaceError` too) from a server that is away."""
    if isinstance(error, asyncpg.PostgresError):
        state = error.sqlstate or ""
        return state[:2] not in _NOT_NOW and state not in _NOT_NOW_EITHER
    return isinstance(error, ValueError)


def plain(dsn: str) -> str:
    """Return `dsn` as asyncpg reads it; SQLAlchemy's have a driver in their scheme."""
    return dsn.replace("postgresql+asyncpg://", "postgresql://", 1)


async def _leave_as_it_is(_: Connection) -> None:
    """Save the round trip that makes a connection like new: nothing of ours changes one."""


class Database:
    """
    A small pool of connections that come and go with the server.

    Whoever has kept events over one of them rings the `bell`.
    """

    def __init__(self, dsn: str, *, connections: int) -> None:
        self._dsn = plain(dsn)
        self._connections = connections
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None
        self.bell = Bell()

    async def start(self) -> None:
        """Be ready. Connects on first use, so a counter that is down does not stop a start."""
        self._pool = asyncpg.create_pool(
            self._dsn,
            min_size=0,
            max_size=self._connections,
            timeout=_STATEMENT_MS / 1000,
            command_timeout=_STATEMENT_MS / 1000 + 1,
            reset=_leave_as_it_is,
            server_settings={
                "application_name": "paper-counter",
                "statement_timeout": str(_STATEMENT_MS),
                "lock_timeout": str(_LOCK_MS),
                # Rows are found by their keys, whatever the values and however many there are:
                # a plan is made once, and one of an empty table must do for a large one.
                "plan_cache_mode": "force_generic_plan",
                "enable_seqscan": "off",
            },
        )
        await self._pool

    async def stop(self) -> None:
        """Close the connections, the hard way if a question is still open after `_STOP_S`."""
        pool, self._pool = self._pool, None
        if pool is None:
            return
        try:
            async with asyncio.timeout(_STOP_S):
                await pool.close()
        except TimeoutError:
            pool.terminate()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """Lend a connection; raise `CounterUnavailable` if there is none or it breaks."""
        if self._pool is None:
            raise CounterUnavailable("the paper counter is closed")
        with counter_errors():
            async with self._pool.acquire(timeout=_STATEMENT_MS / 1000) as c:
                yield c

    @asynccontextmanager
    async def long_work(self) -> AsyncIterator[Connection]:
        """Lend a connection of its own whose statements may take long: settlement, audit."""
        with counter_errors():
            c = await asyncpg.connect(
                self._dsn,
                timeout=_STATEMENT_MS / 1000,
                server_settings={"application_name": "paper-counter"},
            )
            try:
                yield c
            finally:
                await c.close(timeout=_STOP_S)


def may_have_happened(error: CounterUnavailable) -> bool:
    """
    Tell whether the one statement that broke may have been carried out.

    What the server reports as an error it has undone. It may have committed if the line went
    without a word, or if the server told all to leave because one of its processes crashed.
    """
    cause = error.__cause__
    if isinstance(cause, asyncpg.ConnectionDoesNotExistError):
        cause = cause.__cause__  # the last word of the server, if it had one
    if not isinstance(cause, asyncpg.PostgresError):
        return True
    return isinstance(cause, asyncpg.CrashShutdownError) or (cause.sqlstate or "")[:2] == "08"
