"""The cash of the counter: what comes in from elsewhere, and what leaves."""

from datetime import datetime
from decimal import Decimal
from typing import Final

from callcenter.domain.accounts import AccountId
from callcenter.gateways.paper.database import Connection

_CREDIT: Final = """
    UPDATE paper.money SET usable = usable + $2 WHERE account = $1 RETURNING account
"""
_DEBIT: Final = """
    UPDATE paper.money SET usable = usable - $2
    WHERE account = $1 AND usable - unsettled >= $2 RETURNING account
"""


async def credit(
    c: Connection, account: AccountId, amount: Decimal, at: datetime, what: str, reference: str
) -> bool:
    """Add money to what is usable and withdrawable; False if there is no such account."""
    return await c.fetchval(_CREDIT, account, amount) is not None


async def debit(
    c: Connection, account: AccountId, amount: Decimal, at: datetime, what: str, reference: str
) -> bool:
    """Take money that is withdrawable; False, and nothing taken, if there is not so much."""
    return await c.fetchval(_DEBIT, account, amount) is not None
