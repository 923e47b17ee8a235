"""What the server of the database is busy with, for whoever watches a load run."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import text

from callcenter.storage.database import Database

RUNNING: Final = "running"
IDLE_IN_TRANSACTION: Final = "idle in transaction"

_SESSIONS: Final = text(
    "SELECT state, wait_event_type, wait_event, count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND backend_type = 'client backend'"
    " AND pid <> pg_backend_pid() GROUP BY state, wait_event_type, wait_event"
)
_COMMITS: Final = text(
    "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """
    One look at the sessions of our database, without the one that looks.

    `waits` are those with a statement or transaction under way, by what they wait for
    ("LWLock:WALWrite", as in the PostgreSQL manual, "Wait Events"): `RUNNING` for nothing, and
    `IDLE_IN_TRANSACTION` for us. `commits` are counted since the server's statistics began.
    """

    connections: int
    commits: int
    waits: Mapping[str, int]


async def activity(database: Database) -> Activity:
    """Raise `StoreUnavailable` if the server does not answer."""
    async with database.at_once() as connection:
        sessions = (await connection.execute(_SESSIONS)).all()
        commits = (await connection.execute(_COMMITS)).scalar_one()
    waits: dict[str, int] = {}
    for state, kind, event, count in sessions:
        if state is not None and state != "idle":
            name = _name(state, kind, event)
            waits[name] = waits.get(name, 0) + count
    return Activity(connections=sum(row[3] for row in sessions), commits=commits, waits=waits)


def _name(state: str, kind: str | None, event: str | None) -> str:
    if state.startswith(IDLE_IN_TRANSACTION):
        return IDLE_IN_TRANSACTION
    return f"{kind}:{event}" if event else RUNNING
