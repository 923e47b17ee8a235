"""Bench `keys`: whole orders in bursts of a hundred milliseconds a key, on good and bad lines."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from callcenter.telephony.sipcaller.badline import untouched
from tests.bench.report import Figure
from tests.e2e.bursts import KEYED, Burst, all_key, bad_lines
from tests.e2e.installation import Installation

BURSTS: Final = 200
FIRST_ACCOUNT: Final = 20000501


async def bench(installation: Installation, custom: Path) -> list[Figure]:
    good = await all_key(installation, [untouched] * BURSTS, first_account=FIRST_ACCOUNT)
    bad = await all_key(installation, bad_lines(BURSTS), first_account=FIRST_ACCOUNT + BURSTS)
    return [
        Figure("bursts read back as keyed", _confirmed(good), bar=BURSTS, at_least=True),
        Figure("orders of these", sum(len(burst.orders) for burst in good)),
        Figure("bursts over bad lines", BURSTS),
        Figure("bursts over bad lines read back as keyed", _confirmed(bad)),
        Figure("orders that were not keyed and confirmed so", _wrong([*good, *bad]), bar=0),
    ]


def _confirmed(bursts: Sequence[Burst]) -> int:
    return sum(burst.confirmed for burst in bursts)


def _wrong(bursts: Sequence[Burst]) -> int:
    return sum(burst.orders != [KEYED] * burst.confirmed for burst in bursts)
