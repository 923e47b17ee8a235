"""A person at a telephone: hears that it speaks, waits until it is quiet, keys whole entries."""

import asyncio
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Final, Protocol

from callcenter.load.callers import Caller
from callcenter.load.model import Clock, Keyed

LOOKS_EVERY_S: Final = 0.1
QUIET_S: Final = 0.6  # a prompt has no pause without packets, so this one is over
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

    @property
    def heard(self) -> int:
        """How many packets have arrived so far."""
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
        self._mark = 0
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
        self._turn, self._mark = turn, self._telephone.heard

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
        self._turn, self._mark = "silence", self._telephone.heard
        await self._voice()

    async def _voice(self) -> None:
        deadline = self._clock() + PATIENCE_S
        while self._telephone.heard <= self._mark:
            if self._clock() > deadline:
                raise Stranded(f"nothing was said within {PATIENCE_S:g} s after {self._turn}")
            await asyncio.sleep(LOOKS_EVERY_S / 2)

    async def _quiet(self) -> None:
        quiet_since, before = self._clock(), self._telephone.heard
        deadline = quiet_since + LONGEST_PROMPT_S
        while (now := self._clock()) - quiet_since < QUIET_S:
            if now > deadline:
                raise Stranded(f"no end of what was said after {self._turn}")
            await asyncio.sleep(LOOKS_EVERY_S)
            if (heard := self._telephone.heard) > before:
                quiet_since, before = self._clock(), heard
