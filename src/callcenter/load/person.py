"""A person at a telephone: hears that it speaks, waits until it is quiet, keys whole entries."""

import asyncio
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Final, Protocol

from callcenter.load.callers import Caller
from callcenter.load.model import Clock, Keyed

LOOKS_EVERY_S: Final = 0.2
QUIET_S: Final = 1.0  # longer than any pause between sentences, so the prompt is over
PATIENCE_S: Final = 15.0
LONGEST_PROMPT_S: Final = 60.0


class Stranded(Exception):
    """The hotline did not do what a caller expects."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """An order that was confirmed by key."""

    account: str
    code: str
    price: Decimal
    quantity: int


class Line(Protocol):
    """The telephone in the person's hand."""

    def heard_anything(self) -> bool:
        """Tell whether something audible has come since this was asked last."""
        ...

    async def press(self, keys: str) -> None:
        """Return when the last key is up."""
        ...


class Person:
    """What dialogues are written with. Times are random, around what people take."""

    def __init__(
        self,
        telephone: Line,
        caller: Caller,
        *,
        nth_call: int,
        random: Random,
        clock: Clock,
        pace: float = 1.0,
    ) -> None:
        self.caller = caller
        self.nth_call = nth_call  # of this caller
        self.random = random
        self.keyed: list[Keyed] = []
        self.placed: list[Placed] = []
        self.answers_heard = 0  # after a confirmation
        self.stays = True  # to hear the answer to a confirmation
        self._telephone = telephone
        self._clock = clock
        self._pace = pace
        self._is_heard = False  # something, since the last key
        self._turn = "the call"

    async def listen(self, least_s: float = 0.8, most_s: float = 2.5) -> None:
        """Wait until something is said after the last key, and listen to some of it."""
        await self._voice()
        await self.stay(least_s, most_s)

    async def hear_out(self) -> None:
        """Wait until something is said after the last key, and until it is over."""
        await self._voice()
        await self._quiet()

    async def stay(self, least_s: float, most_s: float) -> None:
        await asyncio.sleep(self.random.uniform(least_s, most_s) / self._pace)

    async def key(self, turn: str, keys: str) -> None:
        """Key a whole entry, as the answer to what `turn` names."""
        began = self._clock()
        await self._telephone.press(keys)
        self.keyed.append(Keyed(turn=turn, began_at=began, at=self._clock()))
        self._forget(turn)

    async def answer(self, turn: str, keys: str) -> None:
        """Listen for a moment, then key."""
        await self.listen()
        await self.key(turn, keys)

    async def confirm(self, order: Placed) -> None:
        """Press 1 for what was read back; who stays expects an answer."""
        await self.key("confirmation", "1")
        self.placed.append(order)
        if self.stays:
            await self._voice()
            self.answers_heard += 1

    async def say_nothing(self) -> None:
        """Hear the question out, be silent, and hear it again."""
        await self.hear_out()
        self._forget("silence")
        await self._voice()

    def _forget(self, turn: str) -> None:
        """Begin to wait for the answer to a turn."""
        self._turn, self._is_heard = turn, False
        self._telephone.heard_anything()

    async def _voice(self) -> None:
        deadline = self._clock() + PATIENCE_S
        while not self._is_heard:
            if self._clock() > deadline:
                raise Stranded(f"nothing was said within {PATIENCE_S:g} s after {self._turn}")
            await asyncio.sleep(LOOKS_EVERY_S)
            self._is_heard = self._telephone.heard_anything()

    async def _quiet(self) -> None:
        heard_at = self._clock()
        deadline = heard_at + LONGEST_PROMPT_S
        while (now := self._clock()) - heard_at < QUIET_S:
            if now > deadline:
                raise Stranded(f"no end of what was said after {self._turn}")
            await asyncio.sleep(LOOKS_EVERY_S)
            if self._telephone.heard_anything():
                heard_at = self._clock()
