"""
The applications of the counter: book once, find, withdraw, cancel.

Each function runs in a transaction. The request id is the primary key and settles every race. Money
and fund shares that were taken are `held` with the application until the registrar has spoken.
"""

from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Final, NamedTuple

import asyncpg

from callcenter.domain.accounts import AccountStatus
from callcenter.domain.applications import (
    Application,
    ApplicationDraft,
    ApplicationKind,
    ApplicationOutcome,
    ApplicationState,
)
from callcenter.domain.refusals import Refusal
from callcenter.domain.requests import RequestId
from callcenter.gateways.paper.database import Connection
from callcenter.gateways.paper.sessions import Moment

_ARRIVE: Final = """
    INSERT INTO paper.applications (request_id, state, arrived_at, trade_date, account, kind,
        market, code, quantity)
    VALUES ($1, 'arrived', $2, $3, $4, $5, $6, $7, $8)
    ON CONFLICT (request_id) DO NOTHING RETURNING request_id
"""
_WITHDRAW: Final = """
    INSERT INTO paper.applications (request_id, state, arrived_at, trade_date)
    VALUES ($1, 'withdrawn', $2, $3) ON CONFLICT (request_id) DO NOTHING RETURNING request_id
"""
_FIND: Final = "SELECT * FROM paper.applications WHERE request_id = $1"
_ANSWER: Final = """
    UPDATE paper.applications SET state = $2, reason = $3, held = $4, held_shares = $5, price = $6
    WHERE request_id = $1
"""
# One application of an account at a time: what it has is judged and taken under this lock.
_LOCK: Final = """
    SELECT c.status FROM paper.customers c JOIN paper.money m USING (account)
    WHERE account = $1 FOR UPDATE OF m
"""
_ISSUE: Final = """
    SELECT i.*, COALESCE(q.value, 0) AS value,
        EXISTS (SELECT FROM paper.applications a WHERE a.account = $1 AND a.market = $2
                AND a.code = $3 AND a.state NOT IN ('arrived', 'rejected', 'void')) AS again
    FROM paper.issues i LEFT JOIN paper.quotas q ON q.account = $1 AND q.market = i.market
    WHERE i.market = $2 AND i.code = $3 AND (i.day IS NULL OR i.day = $4)
"""
_RIGHTS: Final = "SELECT * FROM paper.rights WHERE account = $1 AND market = $2 AND code = $3"
_USE_RIGHTS: Final = """
    UPDATE paper.rights SET entitled = entitled - $4
    WHERE account = $1 AND market = $2 AND code = $3
"""
_FUND: Final = "SELECT * FROM paper.open_funds WHERE code = $1"
_PAY: Final = """
    WITH paid AS (
        UPDATE paper.money SET usable = usable - $2
        WHERE account = $1 AND usable >= $2 RETURNING account
    )
    INSERT INTO paper.entries (account, what, reference, amount)
    SELECT account, 'application', $3, -$2 FROM paid RETURNING id
"""
_PAY_BACK: Final = """
    WITH paid AS (
        UPDATE paper.money SET usable = usable + $2 WHERE account = $1 RETURNING account
    )
    INSERT INTO paper.entries (account, what, reference, amount)
    SELECT account, 'application', $3, $2 FROM paid
"""
_TAKE_SHARES: Final = """
    UPDATE paper.fund_shares SET shares = shares - $3
    WHERE account = $1 AND code = $2 AND shares >= $3 RETURNING account
"""
_GIVE_SHARES: Final = """
    INSERT INTO paper.fund_shares (account, code, shares) VALUES ($1, $2, $3)
    ON CONFLICT (account, code) DO UPDATE SET shares = fund_shares.shares + excluded.shares
"""
_CANCEL: Final = """
    UPDATE paper.applications SET state = 'cancelled', held = 0, held_shares = 0
    WHERE request_id = $1
"""
_OPEN: Final = """
    SELECT * FROM paper.applications WHERE request_id = $1 AND state = 'accepted' FOR UPDATE
"""

_UNIT: Final = 500
_VALUE_PER_UNIT: Final = 5_000
_LEAST_VALUE: Final = 10_000
_RIGHTS_DAYS: Final = 5
_MARKET_WITH_CANCEL: Final = "SZ"


class Held(NamedTuple):
    """What an application has taken, and the price that it was taken at."""

    money: Decimal = Decimal(0)
    shares: Decimal = Decimal(0)
    price: Decimal | None = None


async def book(
    c: Connection, application: Application, now: Moment, rejects: Refusal | None = None
) -> ApplicationOutcome:
    """
    Take the application on, or refuse it and keep the refusal; `rejects` refuses it in any case.

    An id that was here before is told what has become of it.
    """
    draft, request_id = application.draft, application.request_id
    arrived = await c.fetchval(
        _ARRIVE,
        request_id,
        now.at,
        application.trade_date,
        draft.account,
        draft.kind,
        draft.market,
        draft.code,
        draft.quantity,
    )
    if arrived is not None:
        taken = rejects or await _judge(c, draft, request_id, now)
        reason = taken if isinstance(taken, Refusal) else None
        held = Held() if isinstance(taken, Refusal) else taken
        state = "accepted" if reason is None else "rejected"
        await c.execute(_ANSWER, request_id, state, reason, held.money, held.shares, held.price)
    refused = Refusal.DUPLICATE_SUBSCRIPTION.value
    withdrawn = ApplicationOutcome(state=ApplicationState.REJECTED, message=refused)
    return await find(c, request_id) or withdrawn


async def find(c: Connection, request_id: RequestId) -> ApplicationOutcome | None:
    """Return what became of it; None if it never came, which a tombstone proves for ever."""
    row = await c.fetchrow(_FIND, request_id)
    if row is None or row["state"] == "withdrawn":
        return None
    return ApplicationOutcome(
        state=ApplicationState(row["state"]),
        message=row["reason"],
        shares=row["shares"],
        amount=row["amount"],
        price=row["price"] if row["shares"] is not None else None,
    )


async def withdraw(c: Connection, request_id: RequestId, now: Moment) -> ApplicationOutcome | None:
    """Put a tombstone in the place of an application that has not come; else return what has."""
    if await c.fetchval(_WITHDRAW, request_id, now.at, now.day) is not None:
        return None
    return await find(c, request_id)


async def cancel(c: Connection, request_id: RequestId, now: Moment) -> bool:
    """Cancel what the registrar has not got yet; False if that cannot be."""
    row = await c.fetchrow(_OPEN, request_id)
    if row is None:
        return await _is_cancelled(c, request_id)
    market_allows = row["market"] in (None, _MARKET_WITH_CANCEL)
    if row["kind"] == ApplicationKind.IPO or not market_allows or row["trade_date"] != now.day:
        return False
    await give_back(c, row)
    await c.execute(_CANCEL, request_id)
    return True


async def give_back(c: Connection, row: asyncpg.Record) -> None:
    """Return to the account what an application holds; the caller empties the application."""
    account, request_id = row["account"], row["request_id"]
    if row["held"]:
        await pay(c, account, row["held"], request_id)
    if row["held_shares"]:
        await c.execute(_GIVE_SHARES, account, row["code"], row["held_shares"])
    if row["kind"] == ApplicationKind.RIGHTS:
        key = (account, row["market"], row["code"])
        await c.execute(_USE_RIGHTS, *key, -int(row["quantity"]))


async def take(c: Connection, account: str, amount: Decimal, reference: str) -> bool:
    """Take money that is usable; False, and nothing taken, if there is not so much."""
    return await c.fetchval(_PAY, account, amount, reference) is not None


async def pay(c: Connection, account: str, amount: Decimal, reference: str) -> None:
    await c.execute(_PAY_BACK, account, amount, reference)


async def give_shares(c: Connection, account: str, code: str, shares: Decimal) -> None:
    await c.execute(_GIVE_SHARES, account, code, shares)


async def _is_cancelled(c: Connection, request_id: RequestId) -> bool:
    found = await find(c, request_id)
    return found is not None and found.state is ApplicationState.CANCELLED


async def _judge(
    c: Connection, draft: ApplicationDraft, request_id: RequestId, now: Moment
) -> Refusal | Held:
    """Judge the application, and take what it needs; or say why not."""
    status = await c.fetchval(_LOCK, draft.account)
    if status is None:
        return Refusal.LOGIN_FAILED
    if AccountStatus(status) is not AccountStatus.NORMAL:
        return Refusal.ACCOUNT_FROZEN
    return await _BY_KIND[draft.kind](c, draft, request_id, now)


async def _judge_issue(
    c: Connection, draft: ApplicationDraft, request_id: RequestId, now: Moment
) -> Refusal | Held:
    row = await c.fetchrow(_ISSUE, draft.account, draft.market, draft.code, now.day)
    if row is None:
        return Refusal.NOT_SUBSCRIPTION_DAY
    if row["again"]:
        return Refusal.DUPLICATE_SUBSCRIPTION
    if row["value"] < _LEAST_VALUE:
        return Refusal.NO_QUOTA
    quota = int(row["value"] // _VALUE_PER_UNIT) * _UNIT
    if draft.quantity > min(quota, row["most"] or quota):
        return Refusal.OVER_QUOTA
    if draft.quantity % _UNIT:
        return Refusal.WRONG_SUBSCRIPTION_UNIT
    return Held(price=row["price"])


async def _judge_rights(
    c: Connection, draft: ApplicationDraft, request_id: RequestId, now: Moment
) -> Refusal | Held:
    key = (draft.account, draft.market, draft.code)
    row = await c.fetchrow(_RIGHTS, *key)
    if row is None or not row["entitled"]:
        return Refusal.NO_RIGHTS
    if row["day"] > _RIGHTS_DAYS:
        return Refusal.RIGHTS_PERIOD_OVER
    if draft.quantity > row["entitled"]:
        return Refusal.OVER_RIGHTS
    amount = row["price"] * draft.quantity
    if not await take(c, draft.account, amount, request_id):
        return Refusal.NOT_ENOUGH_MONEY
    await c.execute(_USE_RIGHTS, *key, int(draft.quantity))
    return Held(money=amount, price=row["price"])


async def _judge_subscription(
    c: Connection, draft: ApplicationDraft, request_id: RequestId, now: Moment
) -> Refusal | Held:
    row = await c.fetchrow(_FUND, draft.code)
    if row is None:
        return Refusal.UNKNOWN_FUND
    if not row["may_subscribe"]:
        return Refusal.FUND_SUBSCRIPTION_SUSPENDED
    if draft.quantity < row["least"]:
        return Refusal.FUND_AMOUNT_TOO_SMALL
    if row["most"] is not None and draft.quantity > row["most"]:
        return Refusal.FUND_AMOUNT_TOO_LARGE
    if not await take(c, draft.account, draft.quantity, request_id):
        return Refusal.NOT_ENOUGH_MONEY
    return Held(money=draft.quantity)


async def _judge_redemption(
    c: Connection, draft: ApplicationDraft, request_id: RequestId, now: Moment
) -> Refusal | Held:
    row = await c.fetchrow(_FUND, draft.code)
    if row is None:
        return Refusal.UNKNOWN_FUND
    if not row["may_redeem"]:
        return Refusal.FUND_REDEMPTION_SUSPENDED
    taken = await c.fetchval(_TAKE_SHARES, draft.account, draft.code, draft.quantity)
    return Refusal.NOT_ENOUGH_FUND_SHARES if taken is None else Held(shares=draft.quantity)


_Judges = Callable[[Connection, ApplicationDraft, RequestId, Moment], Awaitable[Refusal | Held]]
_BY_KIND: Final[dict[ApplicationKind, _Judges]] = {
    ApplicationKind.IPO: _judge_issue,
    ApplicationKind.RIGHTS: _judge_rights,
    ApplicationKind.FUND_SUBSCRIBE: _judge_subscription,
    ApplicationKind.FUND_REDEEM: _judge_redemption,
}
