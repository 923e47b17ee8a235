"""Plays the rounds: orders come to stand at a step, the fault strikes, and all come to rest."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass, field
from typing import Final

from tests.crash.cells import Fault, Step, Told, Wish
from tests.crash.judge import Booked, Case, Written, judge
from tests.crash.judge import Fault as Wrongdoing
from tests.crash.world import ANSWER_WITHIN_S, PROMISE_S, World

# Where orders stop by themselves; those of later steps go on from there into what holds them.
_GATE: Final[Mapping[Step, Step]] = {
    Step.CHECK: Step.CHECK,
    Step.READ_BACK: Step.READ_BACK,
    Step.WRITE: Step.READ_BACK,
    Step.SEND: Step.SEND,
    Step.BOOKS: Step.SEND,
    Step.ANSWER: Step.SEND,
    Step.WRITE_ANSWER: Step.SEND,
}
_OUTAGE_S: Final = 0.3
_TOLD_S: Final = 20.0
_SETTLED_S: Final = 30.0
_JITTER_S: Final = 0.01
_ACCOUNTS: Final = 1_000

_BOOKED: Final = """
    SELECT client_id, facts->>'number' AS number, facts->>'caller' AS caller FROM paper.orders
    WHERE state = 'accepted' AND facts->>'caller' = ANY($1)
"""
_WRITTEN: Final = """
    SELECT number, caller, state, ARRAY(
        SELECT payload->>'state' FROM outbox WHERE payload->>'number' = orders.number ORDER BY id
    ) AS published
    FROM orders WHERE caller = ANY($1)
"""


@dataclass(slots=True)
class Cell:
    """What happened to the orders of one step under one fault."""

    orders: int = 0
    wrong: list[Wrongdoing] = field(default_factory=list)
    heard: Counter[str] = field(default_factory=Counter)


class Round:
    """So many callers at one step, and one blow."""

    def __init__(self, world: World, step: Step, fault: Fault, number: int) -> None:
        self._world = world
        self._step = step
        self._fault = fault
        self._number = number
        self._told: list[Told] = []

    async def play(self, wishes: Sequence[Wish]) -> list[Case]:
        """Return what became of each wish."""
        await self._strike_at_step(wishes)
        if self._fault is Fault.DAEMON:
            await self._go_on([wish for at, wish in enumerate(wishes) if at % 2 == 0])
        await self._come_to_rest()
        return await self._cases(wishes)

    async def _strike_at_step(self, wishes: Sequence[Wish]) -> None:
        driver, callers = await self._world.driver(), len(wishes)
        before, told_before = driver.at_gate, len(driver.told)
        driver.say("close", _GATE[self._step].value)
        for wish in wishes:
            driver.say("call", asdict(wish))
        await driver.until(
            lambda: driver.at_gate - before == callers, "callers at the gate", within_s=_TOLD_S
        )
        async with AsyncExitStack() as held:
            if self._step not in _GATE.values():
                standing = await held.enter_async_context(self._world.hold(self._step, callers))
                driver.say("open")
                await standing()
            if self._number % 2 == 0:
                await self._strike()
                await held.aclose()
                driver.say("open")
            else:  # let them run, and strike wherever they are by then
                driver.say("open")
                await held.aclose()
                await asyncio.sleep(self._world.random.uniform(0, _JITTER_S))
                await self._strike()
        await self._mend()
        if self._fault is not Fault.DAEMON:
            await driver.until(
                lambda: len(driver.told) - told_before == callers,
                "a word for every caller",
                within_s=_TOLD_S,
            )
        self._told += driver.told[told_before:]

    async def _strike(self) -> None:
        match self._fault:
            case Fault.DAEMON:
                await self._world.kill_driver()
            case Fault.POSTGRESQL:
                await self._world.ours.kill()
            case Fault.COUNTER:
                await self._world.counters.kill()
                self._world.relay.drop()
            case Fault.LINK if self._number % 3 == 0:
                self._world.relay.cut()
            case Fault.LINK:
                self._world.relay.stall()

    async def _mend(self) -> None:
        match self._fault:
            case Fault.DAEMON:
                pass
            case Fault.POSTGRESQL:
                await asyncio.sleep(_OUTAGE_S)
                await self._world.ours.start()
            case Fault.COUNTER:
                await asyncio.sleep(_OUTAGE_S)
                await self._world.counters.start()
            case Fault.LINK:
                await asyncio.sleep(_OUTAGE_S if self._number % 3 == 0 else 1.5 * ANSWER_WITHIN_S)
                if self._number % 3 == 1:
                    self._world.relay.cut()
        self._world.relay.mend()

    async def _go_on(self, staying: Sequence[Wish]) -> None:
        """Serve the calls of those who did not hang up where they were, as the dialplan does."""
        heard = {told.caller for told in self._told}
        driver = await self._world.driver()
        waiting = [wish for wish in staying if wish.caller not in heard]
        for wish in waiting:
            driver.say("call", asdict(wish))
        await driver.until(
            lambda: len(driver.told) == len(waiting), "a word for who stayed", within_s=_TOLD_S
        )
        self._told += driver.told

    async def _come_to_rest(self) -> None:
        """Let the promise of every order end, and reconciliation do its work."""
        driver = await self._world.driver()
        before = driver.settled
        await self._world.forward(PROMISE_S + 1)
        driver.say("settle")
        # What is not settled by then is found unresolved in the book.
        try:
            await driver.until(lambda: driver.settled > before, "all settled", within_s=_SETTLED_S)
        except TimeoutError:
            await self._world.kill_driver()

    async def _cases(self, wishes: Sequence[Wish]) -> list[Case]:
        callers = [wish.caller for wish in wishes]
        async with self._world.counters.connection() as counters:
            booked = await counters.fetch(_BOOKED, callers)
        async with self._world.ours.connection() as ours:
            written = await ours.fetch(_WRITTEN, callers)
        return [
            Case(
                wish=wish,
                told=[told for told in self._told if told.caller == wish.caller],
                booked=[
                    Booked(number=row["number"], client_id=row["client_id"])
                    for row in booked
                    if row["caller"] == wish.caller
                ],
                written=[
                    Written(number=row["number"], state=row["state"], published=row["published"])
                    for row in written
                    if row["caller"] == wish.caller
                ],
            )
            for wish in wishes
        ]


class Matrix:
    """All steps under all faults."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._wishes = 0
        self.cells: dict[tuple[Step, Fault], Cell] = {}

    async def fill(
        self, step: Step, fault: Fault, *, orders: int, at_once: int, first_round: int = 0
    ) -> Cell:
        """
        Play so many orders in rounds of at most `at_once`; return their cell.

        How the fault strikes changes from round to round: at orders that stand or that run, and a
        link is cut, or stalled and cut, or stalled and mended.
        """
        cell = self.cells.setdefault((step, fault), Cell())
        rounds = first_round
        while orders > 0:
            wishes = [self._wish() for _ in range(min(orders, at_once))]
            orders -= len(wishes)
            for case in await Round(self._world, step, fault, rounds).play(wishes):
                cell.orders += 1
                cell.wrong += judge(case)
                cell.heard[_heard(case)] += 1
            rounds += 1
        return cell

    def _wish(self) -> Wish:
        self._wishes += 1
        return Wish(
            caller=f"+8613{self._wishes:09}",
            call=f"crash-{self._wishes}.1",
            account=f"2{self._wishes % _ACCOUNTS + 1:07}",
        )


def _heard(case: Case) -> str:
    return case.told[-1].heard.value if case.told else "cut off"
