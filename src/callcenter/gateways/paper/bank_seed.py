"""Banks and bank accounts of the demo: every account has one bank, with half a million in it."""

from datetime import time
from decimal import Decimal
from typing import Final

from callcenter.gateways.paper.database import Connection

OPENING: Final = Decimal("500000.00")
ICBC, CMB = "ICBC", "CMB"

# Public pages contradict each other about limits; these are among them.
_BANKS: Final = (
    (ICBC, Decimal("5000000.00"), Decimal("5000000.00")),
    (CMB, Decimal("500000.00"), Decimal("1000000.00")),
)
_OPENS, _CLOSES = time(9, 0), time(16, 0)

_FOUND_BANK: Final = """
    INSERT INTO paper.banks (code, opens, closes, single, day) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT DO NOTHING
"""
# Accounts that end in an even digit are with the CMB.
_OPEN: Final = """
    INSERT INTO paper.bank_accounts (account, bank, balance)
    SELECT account, CASE WHEN right(account, 1)::int % 2 = 0 THEN $1 ELSE $2 END, $3
    FROM paper.customers c
    WHERE NOT EXISTS (SELECT FROM paper.bank_accounts b WHERE b.account = c.account)
"""


async def seed_banks(c: Connection) -> None:
    """Give a bank to every customer of the counter who has none."""
    banks = [(code, _OPENS, _CLOSES, single, day) for code, single, day in _BANKS]
    await c.executemany(_FOUND_BANK, banks)
    await c.execute(_OPEN, CMB, ICBC, OPENING)
