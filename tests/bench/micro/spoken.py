"""
Bench `spoken`: a read-back put into Mandarin words, figures and all, by processor time.

The bare limit fills the same values into a template, as digits.
"""

import time
from collections.abc import Callable
from itertools import count
from typing import Final

from callcenter.app import load_catalogue
from callcenter.domain.calls import Language
from tests.bench.report import Figure, duration
from tests.bench.turns import taking_turns
from tests.e2e import said

TIMES: Final = 200
ROUNDS: Final = 15
_TEMPLATE: Final = "买入{name}，代码{code}，价格{price}元，数量{quantity}股，金额{amount}元"


async def bench() -> list[Figure]:
    catalogue, quantities = load_catalogue(), count(100)

    def spoken() -> object:
        return catalogue.utterance(said.read_back(quantity=next(quantities)), Language.ZH)

    def filled() -> object:
        quantity = next(quantities)
        return _TEMPLATE.format(
            name="浦发银行",
            code="600000",
            price="10.05",
            quantity=quantity,
            amount=10.05 * quantity,
        )

    async def ours() -> float:
        return _each_us(spoken)

    async def bare() -> float:
        return _each_us(filled)

    measured = await taking_turns(ours, bare, rounds=ROUNDS)
    return [duration("a read-back in words", *measured, " µs")]


def _each_us(do: Callable[[], object]) -> float:
    began = time.process_time()
    for _ in range(TIMES):
        do()
    return 1e6 * (time.process_time() - began) / TIMES
