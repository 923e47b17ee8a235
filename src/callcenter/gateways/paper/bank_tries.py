"""Wrong passwords: a bank account is closed to the telephone for the day after a few of them."""

from datetime import date
from typing import Final

import asyncpg

from callcenter.domain.transfers import PasswordKind
from callcenter.gateways.paper.database import Connection

_TRIED: Final = """
    UPDATE paper.bank_accounts SET wrong_bank = $3, wrong_fund = $4, wrong_on = $5
    WHERE account = $1 AND bank = $2
"""


class Tries:
    """The wrong passwords of one day, as a bank account keeps them."""

    def __init__(self, row: asyncpg.Record, day: date) -> None:
        today = row["wrong_on"] == day
        self._key = (row["account"], row["bank"])
        self._day = day
        self._wrong = {
            PasswordKind.BANK: row["wrong_bank"] if today else 0,
            PasswordKind.FUND: row["wrong_fund"] if today else 0,
        }

    def left(self, password: PasswordKind | None, most: int) -> int:
        return most if password is None else most - self._wrong[password]

    async def note(self, c: Connection, password: PasswordKind | None, *, right: bool) -> None:
        """Keep that a password was tried: a right one forgives the wrong ones before it."""
        if password is None:
            return
        self._wrong[password] = 0 if right else self._wrong[password] + 1
        bank, fund = self._wrong[PasswordKind.BANK], self._wrong[PasswordKind.FUND]
        await c.execute(_TRIED, *self._key, bank, fund, self._day)
