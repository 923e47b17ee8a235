"""Callers who key a whole order in one burst, over good lines and over bad ones."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from random import Random
from typing import Final

from callcenter.telephony.sipcaller import CallEnded
from callcenter.telephony.sipcaller.badline import BadLine, Way
from tests.e2e import said
from tests.e2e.caller import Caller
from tests.e2e.installation import Installation
from tests.e2e.lines import Lines, lines_into
from tests.hear import NotHeard

AT_ONCE: Final = 20
KEY_MS: Final = 50  # and as long until the next
SEED: Final = 4733
KEYED: Final = ("buy", "10.05", 100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Burst:
    """One caller who listened to the read-back, and confirmed only what had been keyed."""

    confirmed: bool
    arrived: Sequence[str]  # the keys of each turn
    orders: Sequence[tuple[str, str, int]]


def bad_lines(number: int) -> Sequence[Way]:
    """Lines with a loss of one in a hundred, as the worst that anybody pays for."""
    return [
        BadLine(
            random=Random(f"{SEED}/{at}"),  # noqa: S311
            loses=0.01,
            swaps=0.02,
            repeats=0.05,
            unmarks=0.5,
        )
        for at in range(number)
    ]


async def all_key(
    hotline: Installation, ways: Sequence[Way], *, first_account: int
) -> Sequence[Burst]:
    """Have one caller for each line key an order, each for an account of his own."""
    turns = asyncio.Semaphore(AT_ONCE)
    async with lines_into(hotline) as lines:

        async def one(way: Way, account: str) -> Burst:
            async with turns:
                return await _keys_an_order(lines, account, way)

        return await asyncio.gather(
            *(one(way, str(first_account + at)) for at, way in enumerate(ways))
        )


async def _keys_an_order(lines: Lines, account: str, way: Way) -> Burst:
    confirmed = False
    async with lines.call(f"139{account}", way=way) as caller:
        await caller.call.heard_since(caller.call.answered_at)
        keys = f"1{account}#246810#1600000#10*05#100#"
        await caller.call.press(keys, key_ms=KEY_MS, gap_ms=KEY_MS)
        # Nothing, or something else, may be read back: nobody confirms that.
        with suppress(NotHeard, CallEnded):
            await _hears_it_read_back(caller)
            await caller.keys("1")
            confirmed = True
            await lines.orders(account, at_least=1)
    turns = (await lines.evidence(caller.number)).turns
    return Burst(
        confirmed=confirmed,
        arrived=[turn["keys"] for turn in turns],
        orders=[
            (str(order["side"]), str(order["price"]), order["quantity"])
            for order in await lines.orders(account)
        ],
    )


async def _hears_it_read_back(caller: Caller) -> None:
    try:
        await caller.hears(said.read_back(), within_s=10)
    except NotHeard:
        await caller.keys("#")  # once more; on a busy machine sound comes in pieces
        await caller.hears(said.read_back())
