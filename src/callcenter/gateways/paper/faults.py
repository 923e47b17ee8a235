"""Misbehaviour on demand: what a real counter does on a bad day, for tests and demonstrations."""

from dataclasses import dataclass
from typing import Final

from callcenter.domain.accounts import AccountId
from callcenter.domain.refusals import Refusal
from callcenter.gateways.paper.database import Connection

EVERYONE: Final = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """What goes wrong with an order on its way. Nothing, unless said."""

    before_s: float = 0.0  # it is booked late
    after_s: float = 0.0  # it is booked and the answer is late
    silent: bool = False  # it never arrives, and nothing is answered
    rejects: Refusal | None = None  # it is refused for this reason


NO_FAULTS: Final = Faults()

_READ: Final = """
    SELECT before_s, after_s, silent, rejects FROM paper.faults
    WHERE account IN ($1, $2) ORDER BY account = $2 LIMIT 1
"""


async def read_faults(c: Connection, account: AccountId) -> Faults | None:
    """Return the faults of an account, else those of everyone, or None if the table has neither."""
    row = await c.fetchrow(_READ, account, EVERYONE)
    if row is None:
        return None
    return Faults(
        before_s=row["before_s"],
        after_s=row["after_s"],
        silent=row["silent"],
        rejects=None if row["rejects"] is None else Refusal(row["rejects"]),
    )
