"""What a bank does on a bad day, on demand: for tests and demonstrations."""

from dataclasses import dataclass
from typing import Final

from callcenter.domain.accounts import AccountId
from callcenter.domain.refusals import Refusal
from callcenter.gateways.paper.database import Connection
from callcenter.gateways.paper.faults import EVERYONE


@dataclass(frozen=True, slots=True, kw_only=True)
class BankFaults:
    """What goes wrong with a transfer on its way. Nothing, unless said."""

    before_s: float = 0.0  # it arrives late
    after_s: float = 0.0  # it arrives and the answer is late
    silent: bool = False  # it never arrives, and nothing is answered
    rejects: Refusal | None = None  # it is refused for this reason
    works_s: float = 0.0  # the bank takes so long, and says meanwhile that it works on it
    sticks: bool = False  # one side has booked it and nobody knows of the other (单边账)
    reverses: bool = False  # the bank takes it back instead of finishing it (冲正)


NO_BANK_FAULTS: Final = BankFaults()

_READ: Final = """
    SELECT * FROM paper.bank_faults WHERE account IN ($1, $2) ORDER BY account = $2 LIMIT 1
"""


async def read_bank_faults(c: Connection, account: AccountId) -> BankFaults | None:
    """Return the faults of an account, else those of everyone, or None if there are neither."""
    row = await c.fetchrow(_READ, account, EVERYONE)
    if row is None:
        return None
    return BankFaults(
        before_s=row["before_s"],
        after_s=row["after_s"],
        silent=row["silent"],
        rejects=None if row["rejects"] is None else Refusal(row["rejects"]),
        works_s=row["works_s"],
        sticks=row["sticks"],
        reverses=row["reverses"],
    )
