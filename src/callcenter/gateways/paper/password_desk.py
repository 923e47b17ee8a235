"""The paper counter changes passwords: once per request id, as it books orders."""

import asyncio
from datetime import datetime, timedelta
from typing import Final

import asyncpg
import structlog

from callcenter.domain.clock import Clock
from callcenter.domain.errors import CounterUnavailable, OutcomeUnknown
from callcenter.domain.passwords import (
    OwnPassword,
    PasswordChange,
    PasswordOutcome,
    PasswordState,
)
from callcenter.domain.refusals import Refusal
from callcenter.domain.requests import RequestId
from callcenter.domain.secret import Secret
from callcenter.gateways.paper import passwords
from callcenter.gateways.paper.database import Connection, Database, may_have_happened
from callcenter.gateways.paper.on_their_way import OnTheirWay
from callcenter.trading.passwords.ports import PasswordDesk

log = structlog.get_logger()

_MOST_WRONG: Final = 5
_WITHIN: Final = timedelta(days=1)
_KEPT: Final = "SELECT trade_password, fund_password FROM paper.customers WHERE account = $1"
_FIND: Final = "SELECT * FROM paper.password_changes WHERE request_id = $1"
_WRONG: Final = """
    SELECT count(*) FROM paper.password_changes
    WHERE account = $1 AND which = $2 AND at > $3 AND reason = $4
"""
_ANSWER: Final = """
    INSERT INTO paper.password_changes (request_id, account, which, at, state, reason)
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING request_id
"""
_WITHDRAW: Final = """
    INSERT INTO paper.password_changes (request_id, at, state) VALUES ($1, $2, 'withdrawn')
    ON CONFLICT DO NOTHING
"""
_LOCK: Final = {
    OwnPassword.TRADE: "SELECT trade_password FROM paper.customers WHERE account = $1 FOR UPDATE",
    OwnPassword.FUND: "SELECT fund_password FROM paper.customers WHERE account = $1 FOR UPDATE",
}
_SET: Final = {
    OwnPassword.TRADE: "UPDATE paper.customers SET trade_password = $2 WHERE account = $1",
    OwnPassword.FUND: "UPDATE paper.customers SET fund_password = $2 WHERE account = $1",
}


class PaperPasswordDesk(PasswordDesk):
    """
    Works on the books of a paper counter, which starts and stops the `database`.

    A change that is on its way is carried out even if whoever sent it gave up.
    """

    def __init__(self, database: Database, clock: Clock, *, answer_within_s: float = 5.0) -> None:
        self._database = database
        self._clock = clock
        self._on_their_way = OnTheirWay(answer_within_s, _change_failed)

    async def stop(self) -> None:
        """Drop what is on its way, whole changes only."""
        await self._on_their_way.drop()

    async def change(self, change: PasswordChange, old: Secret, new: Secret) -> PasswordOutcome:
        return await self._on_their_way.answer(self._deliver(change, old, new), change.request_id)

    async def find(self, request_id: RequestId) -> PasswordOutcome | None:
        async with self._database.connection() as c:
            return await _found(c, request_id)

    async def withdraw(self, request_id: RequestId) -> PasswordOutcome | None:
        async with self._database.connection() as c:
            await c.execute(_WITHDRAW, request_id, self._clock.now())
            return await _found(c, request_id)

    async def _deliver(self, change: PasswordChange, old: Secret, new: Secret) -> PasswordOutcome:
        async with self._database.connection() as c:
            row = await c.fetchrow(_KEPT, change.account)
        kept = passwords.NOBODYS if row is None else row[f"{change.which.value}_password"]
        right = await asyncio.to_thread(passwords.matches, old.reveal(), kept)
        to_keep = await asyncio.to_thread(passwords.keep, new.reveal())
        try:
            async with self._database.connection() as c, c.transaction():
                return await _book(c, change, kept, to_keep if right else None, self._clock.now())
        except CounterUnavailable as e:
            if may_have_happened(e):
                raise OutcomeUnknown(change.request_id) from e
            raise


async def _book(
    c: Connection, change: PasswordChange, kept: str, to_keep: str | None, at: datetime
) -> PasswordOutcome:
    """Set the new password and keep the answer, or only the answer; both, or none."""
    # Locked, so that tries are counted one by one; whoever changed it meanwhile was first.
    stands = await c.fetchval(_LOCK[change.which], change.account) == kept
    reason = await _judge(c, change, right=stands and to_keep is not None, at=at)
    state = PasswordState.CHANGED if reason is None else PasswordState.REFUSED
    facts = (change.request_id, change.account, change.which.value, at, state.value, reason)
    if await c.fetchval(_ANSWER, *facts) is None:
        found = await _found(c, change.request_id)
        return found or PasswordOutcome(state=PasswordState.WITHDRAWN)
    if reason is None:
        await c.execute(_SET[change.which], change.account, to_keep)
    return PasswordOutcome(state=state, message=reason)


async def _judge(
    c: Connection, change: PasswordChange, *, right: bool, at: datetime
) -> Refusal | None:
    wrong = Refusal.WRONG_OLD_PASSWORD
    tries = await c.fetchval(_WRONG, change.account, change.which.value, at - _WITHIN, wrong)
    if tries >= _MOST_WRONG:
        return Refusal.ACCOUNT_LOCKED
    return None if right else wrong


async def _found(c: Connection, request_id: RequestId) -> PasswordOutcome | None:
    row: asyncpg.Record | None = await c.fetchrow(_FIND, request_id)
    if row is None or row["state"] == PasswordState.WITHDRAWN:
        return None
    return PasswordOutcome(state=PasswordState(row["state"]), message=row["reason"])


def _change_failed(request: str, error: BaseException) -> None:
    log.warning("paper_counter.password_change_failed", request=request, error=repr(error))
