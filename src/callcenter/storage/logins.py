"""The log of login attempts, and of the customers who got in."""

import json
from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter
from typing import Final, NamedTuple

from callcenter.customers.ports import Failures, LoginLog
from callcenter.domain.audit import AuditEntry
from callcenter.domain.calls import CallerNumber
from callcenter.storage import audit
from callcenter.storage.database import Database
from callcenter.storage.line import Line, columns

# What happened first is told by the id: two attempts may bear the same time.
_FAILURES: Final = """
    SELECT
        (SELECT count(*) FROM login_attempts
          WHERE login = asked.login AND at >= asked.since AND NOT succeeded AND id > coalesce(
              (SELECT max(id) FROM login_attempts
                WHERE login = asked.login AND at >= asked.since AND succeeded), 0)) AS by_account,
        (SELECT count(*) FROM login_attempts
          WHERE caller = asked.caller AND at >= asked.since AND NOT succeeded) AS by_caller
    FROM unnest($1::text[], $2::text[], $3::timestamptz[]) WITH ORDINALITY
        AS asked (login, caller, since, n)
    ORDER BY n
"""
_ATTEMPTS: Final = """
    WITH came AS (
        SELECT * FROM unnest($1::text[], $2::boolean[], $3::timestamptz[], $4::text[], $5::text[],
            $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[])
            WITH ORDINALITY AS came (login, succeeded, at, call_id, caller, did, branch, account,
                action, outcome, details, kept_in, n)
    ), tried AS (
        INSERT INTO login_attempts (at, login, caller, call_id, succeeded)
        SELECT at, login, caller, call_id, succeeded FROM came ORDER BY n
    ), audited AS (
        INSERT INTO audit_trail
            (at, call_id, caller, did, branch, account, action, outcome, details)
        SELECT at, call_id, caller, did, branch, account, action, outcome, details::jsonb
        FROM came ORDER BY n
    )
    INSERT INTO customers (account, branch, first_seen_at, last_seen_at)
    SELECT account, kept_in, at, at FROM came WHERE succeeded AND account IS NOT NULL
    ON CONFLICT (account) DO UPDATE SET
        branch = coalesce(excluded.branch, customers.branch),
        last_seen_at = greatest(excluded.last_seen_at, customers.last_seen_at)
"""


class _Asked(NamedTuple):
    login: str
    caller: CallerNumber
    since: datetime


class _Attempt(NamedTuple):
    login: str
    succeeded: bool
    entry: AuditEntry


class PostgresLoginLog(LoginLog):
    def __init__(self, database: Database) -> None:
        self._database = database
        self._asked = database.together(_failures)
        self._tried = database.together(_write, apart=attrgetter("login"))

    async def failures(self, login: str, caller: CallerNumber, since: datetime) -> Failures:
        return await self._asked.ask(_Asked(login, caller, since))

    async def write(self, login: str, succeeded: bool, entry: AuditEntry) -> None:
        await self._tried.ask(_Attempt(login, succeeded, entry))

    async def write_unheard(self, entry: AuditEntry) -> None:
        async with self._database.transaction() as connection:
            await audit.write(connection, entry)


async def _failures(line: Line, asked: Sequence[_Asked]) -> list[Failures]:
    counted = await line.fetch(_FAILURES, *columns(asked))
    return [Failures(by_account=row["by_account"], by_caller=row["by_caller"]) for row in counted]


async def _write(line: Line, attempts: Sequence[_Attempt]) -> list[None]:
    """Write attempts down, each with its row of the trail and who got in, or none of it."""
    await line.fetch(_ATTEMPTS, *columns([_row_of(attempt) for attempt in attempts]))
    return [None] * len(attempts)


def _row_of(attempt: _Attempt) -> tuple[object, ...]:
    login, succeeded, entry = attempt
    row = audit.row_of(entry) | {"details": json.dumps(dict(entry.details))}
    # Where the account is kept, if it was told.
    return (login, succeeded, *row.values(), entry.details.get("branch"))
