"""The audit trail: rows that go in once, in the transaction of what they tell."""

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.customers.ports import AuditLog
from callcenter.domain.audit import AuditEntry
from callcenter.storage.database import Database
from callcenter.storage.tables import audit_trail


class PostgresAuditLog(AuditLog):
    def __init__(self, database: Database) -> None:
        self._database = database

    async def write(self, entry: AuditEntry) -> None:
        async with self._database.at_once() as connection:
            await write(connection, entry)


async def write(connection: AsyncConnection, entry: AuditEntry) -> None:
    """Add a row to the trail; it stays if the transaction of `connection` does."""
    await connection.execute(insert(audit_trail), row_of(entry))


def row_of(entry: AuditEntry) -> dict[str, object]:
    """Return an entry as a row of the trail has it."""
    return {
        "at": entry.at,
        "call_id": entry.station.call,
        "caller": entry.station.caller,
        "did": entry.station.did,
        "branch": entry.station.branch,
        "account": entry.account,
        "action": entry.action,
        "outcome": entry.outcome,
        "details": dict(entry.details),
    }
