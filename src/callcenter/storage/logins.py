"""The log of login attempts, and of the customers who got in."""

from datetime import datetime
from typing import Final

from sqlalchemy import text

from callcenter.customers.ports import Failures, LoginLog
from callcenter.domain.audit import AuditEntry
from callcenter.domain.calls import CallerNumber
from callcenter.storage import audit
from callcenter.storage.database import Database

# What happened first is told by the id: two attempts may bear the same time.
_FAILURES: Final = text(
    """
    SELECT
        (SELECT count(*) FROM login_attempts
          WHERE login = :login AND at >= :since AND NOT succeeded AND id > coalesce(
              (SELECT max(id) FROM login_attempts
                WHERE login = :login AND at >= :since AND succeeded), 0)) AS by_account,
        (SELECT count(*) FROM login_attempts
          WHERE caller = :caller AND at >= :since AND NOT succeeded) AS by_caller
    """
)

_ATTEMPT: Final = text(
    """
    INSERT INTO login_attempts (at, login, caller, call_id, succeeded)
    VALUES (:at, :login, :caller, :call_id, :succeeded)
    """
)

_SEEN: Final = text(
    """
    INSERT INTO customers (account, branch, first_seen_at, last_seen_at)
    VALUES (:account, :branch, :at, :at)
    ON CONFLICT (account) DO UPDATE SET
        branch = coalesce(excluded.branch, customers.branch),
        last_seen_at = greatest(excluded.last_seen_at, customers.last_seen_at)
    """
)


class PostgresLoginLog(LoginLog):
    def __init__(self, database: Database) -> None:
        self._database = database

    async def failures(self, login: str, caller: CallerNumber, since: datetime) -> Failures:
        async with self._database.at_once() as connection:
            counted = await connection.execute(
                _FAILURES, {"login": login, "caller": caller, "since": since}
            )
            row = counted.one()
            return Failures(by_account=row.by_account, by_caller=row.by_caller)

    async def write(self, login: str, succeeded: bool, entry: AuditEntry) -> None:
        attempt = {
            "at": entry.at,
            "login": login,
            "caller": entry.station.caller,
            "call_id": entry.station.call,
            "succeeded": succeeded,
        }
        async with self._database.transaction() as connection:
            await connection.execute(_ATTEMPT, attempt)
            await audit.write(connection, entry)
            if succeeded and entry.account is not None:
                branch = entry.details.get("branch")  # where the account is kept, if it was told
                seen = {"account": entry.account, "branch": branch, "at": entry.at}
                await connection.execute(_SEEN, seen)

    async def write_unheard(self, entry: AuditEntry) -> None:
        async with self._database.transaction() as connection:
            await audit.write(connection, entry)
