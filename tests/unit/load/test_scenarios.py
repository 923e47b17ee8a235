import asyncio
from decimal import Decimal
from functools import partial
from random import Random

import pytest

from callcenter.load.callers import demo_callers
from callcenter.load.person import PATIENCE_S, Person, Stranded
from callcenter.load.scenarios import SCENARIOS, buy, query
from tests.unit.load.jumping import now, run_at_once

CALLER = demo_callers(1)[0]
PROMPT_S = 6.0
PACKETS_PER_S = 50
KEY_S = 0.2


class Hotline:
    """A line on which something is said after each entry, and which writes down the keys."""

    def __init__(self, *, prompts: int = 1_000, silent_again_s: float = 14.0) -> None:
        self.keys: list[str] = []
        self.speaking_when_keyed: list[bool] = []
        self._prompts = prompts
        self._again_s = silent_again_s
        self._before = 0
        self._told = 0
        self._began = 0.0
        self._ended: float | None = None

    def heard_anything(self) -> bool:
        before, self._told = self._told, self._heard()
        return self._told > before

    def _heard(self) -> int:
        return self._before + self._since(now())

    async def press(self, keys: str) -> None:
        self.keys.append(keys)
        self.speaking_when_keyed.append(self._speaks())
        self._before, self._prompts = self._heard(), self._prompts - 1
        self._ended = now()
        await asyncio.sleep(KEY_S * len(keys))
        self._began, self._ended = now(), None if self._prompts > 0 else now()

    def _speaks(self) -> bool:
        return (now() - self._began) % self._again_s < PROMPT_S

    def _since(self, at: float) -> int:
        """Packets of the prompt, said again after some silence."""
        if self._ended is not None:
            return 0
        whole, rest = divmod(at - self._began, self._again_s)
        return int((whole * PROMPT_S + min(rest, PROMPT_S)) * PACKETS_PER_S)


def person_at(line: Hotline, *, nth_call: int = 0, seed: int = 4) -> Person:
    random = Random(seed)  # noqa: S311
    return Person(line, CALLER, nth_call=nth_call, random=random, clock=now)


def turns(person: Person) -> list[str]:
    return [keyed.turn for keyed in person.keyed]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_scenario_comes_to_its_end_on_a_hotline_that_speaks(scenario: str) -> None:
    async def call() -> Person:
        person = person_at(Hotline())
        await SCENARIOS[scenario](person)
        return person

    person = run_at_once(call)

    assert bool(person.keyed) is (scenario != "greeting")


@pytest.mark.parametrize("scenario", sorted(set(SCENARIOS) - {"greeting"}))
def test_a_hotline_that_falls_silent_strands_the_caller(scenario: str) -> None:
    async def call() -> None:
        await SCENARIOS[scenario](person_at(Hotline(prompts=1)))

    with pytest.raises(Stranded, match=f"nothing was said within {PATIENCE_S:g} s after"):
        run_at_once(call)


def test_a_buyer_keys_the_dialogue_and_confirms_what_was_read_out_whole() -> None:
    async def call() -> tuple[Person, Hotline]:
        line = Hotline()
        person = person_at(line, nth_call=7)
        await SCENARIOS["buy"](person)
        return person, line

    person, line = run_at_once(call)

    assert line.keys == ["1", "20000001#", "246810#", "1", "600000#", "10*01#", "200#", "1"]
    assert line.speaking_when_keyed == [True] * 7 + [False]
    assert [(order.price, order.quantity) for order in person.placed] == [(Decimal("10.01"), 200)]
    assert person.answers_heard == 1


def test_what_is_written_down_of_a_call_has_no_keys() -> None:
    async def call() -> Person:
        person = person_at(Hotline())
        await query(person)
        return person

    person = run_at_once(call)

    assert turns(person) == ["main menu", "account", "password", "account menu"]
    assert "246810" not in repr(person.keyed)


def test_nobody_orders_the_same_again_within_fifty_calls() -> None:
    orders = {bought(nth_call=nth) for nth in range(50)}

    assert len(orders) == 50


def bought(nth_call: int) -> tuple[Decimal, int]:
    async def call() -> tuple[Decimal, int]:
        person = person_at(Hotline(), nth_call=nth_call)
        await buy(person)
        [order] = person.placed
        return order.price, order.quantity

    return run_at_once(call)


def test_who_hangs_up_does_so_after_key_1_between_keys_and_while_it_speaks() -> None:
    async def call(seed: int) -> tuple[str, int, int]:
        person = person_at(Hotline(), seed=seed)
        await SCENARIOS["hang-up"](person)
        return turns(person)[-1], len(person.placed), person.answers_heard

    ends = {run_at_once(partial(call, seed)) for seed in range(20)}

    assert ends == {("confirmation", 1, 0), ("half an account", 0, 0), ("trade menu", 0, 0)}
