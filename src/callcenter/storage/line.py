"""
A connection that is kept for one kind of statement, and spoken to in the driver's own words.

For the few statements that every order costs: the pool, the translation of statements and the
codecs of SQLAlchemy would take several times as long as the statements themselves.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Final, TypeAlias

import asyncpg

from callcenter.domain.errors import StoreUnavailable

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
Record: TypeAlias = asyncpg.Record

# Classes of SQLSTATE that say "not now" rather than "not like this": connection, not let in, no
# such database, rolled back (deadlock), resources (disk, memory), operator and time-out, system.
_OUTAGE_CLASSES: Final = frozenset({"08", "28", "3D", "40", "53", "57", "58"})
_OUTAGES: Final = frozenset({"25006", "55P03"})  # a standby; a lock that did not come in time
# The last one is what the driver says when the line is cut between two of its own steps.
_TROUBLE: Final = (
    OSError,
    asyncpg.InterfaceError,
    asyncpg.PostgresError,
    asyncpg.exceptions.InternalClientError,
)

# What the driver raises for a statement or a value that can never be carried out.
NOT_LIKE_THIS: Final = (asyncpg.PostgresError, ValueError)


class Line:
    """
    Connects when it is first used, and anew after it broke. One statement at a time.

    Each statement is kept by itself. An outage is `StoreUnavailable`.
    """

    def __init__(self, connect: Callable[[], Awaitable[Connection]]) -> None:
        self._connect = connect
        self._connection: Connection | None = None

    async def fetch(self, statement: str, *arguments: object) -> list[asyncpg.Record]:
        """Execute a statement, which is prepared once, and return its rows."""
        with driver_outage_in_our_words():
            if self._connection is None or self._connection.is_closed():
                self._connection = await self._connect()
            return await self._connection.fetch(statement, *arguments)

    async def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()


def columns(rows: Iterable[tuple[object, ...]]) -> list[list[object]]:
    """Turn rows into one list for each column, as arrays go over."""
    return [list(column) for column in zip(*rows, strict=True)]


def is_outage(sqlstate: str | None) -> bool:
    return sqlstate is not None and (sqlstate[:2] in _OUTAGE_CLASSES or sqlstate in _OUTAGES)


@contextmanager
def driver_outage_in_our_words() -> Iterator[None]:
    """Turn what the driver raises when PostgreSQL cannot answer now into `StoreUnavailable`."""
    try:
        yield
    except _TROUBLE as e:
        if _is_defect(e):
            raise
        raise StoreUnavailable(f"PostgreSQL: {e or type(e).__name__}") from e


def _is_defect(error: Exception) -> bool:
    """Tell a wrong statement or value (an `InterfaceError` too) from a server that is away."""
    if isinstance(error, asyncpg.PostgresError):
        return not is_outage(error.sqlstate)
    return isinstance(error, ValueError)
