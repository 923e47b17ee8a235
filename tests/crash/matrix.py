"""Plays the rounds: orders come to stand at a step, the fault strikes, and all come to rest."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass, field, replace
from typing import Final

from tests.crash.cells import Fault, Spoken, Step, Wish
from tests.crash.judge import Case, Written, judge
from tests.crash.judge import Fault as Wrongdoing
from tests.crash.world import ANSWER_WITHIN_S, PROMISE_S, DriverProcess, World

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
_LOOK_AGAIN_S: Final = 0.05

_WRITTEN: Final = """
    SELECT number, caller, state, filled, cancelled, ARRAY(
        SELECT payload->>'state' FROM outbox
        WHERE payload->>'number' = orders.number AND kind = 'OrderMoved' ORDER BY id
    ) AS published, ARRAY(
        SELECT payload->'fill'->>'number' FROM outbox
        WHERE payload->>'number' = orders.number AND kind = 'FillHappened' ORDER BY id
    ) AS fills_published, COALESCE((
        SELECT sum(quantity) FROM fills WHERE fills.order_number = orders.number
    ), 0)::bigint AS in_fills
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
        self._told: list[Spoken] = []

    async def play(self, wishes: Sequence[Wish]) -> list[Case]:
        """Return what became of each wish."""
        await self._strike_at_step(wishes)
        if self._fault is Fault.DAEMON:
            # One stays on the line, one dials again, one is not heard of any more.
            staying = wishes[::3]
            redialling = [replace(wish, call=f"{wish.call}-again") for wish in wishes[1::3]]
            await self._go_on([*staying, *redialling])
        await self._come_to_rest()
        return await self._cases(wishes)

    async def _strike_at_step(self, wishes: Sequence[Wish]) -> None:
        driver, callers = await self._world.driver(), len(wishes)
        told_before = len(driver.told)
        await self._bring(driver, wishes)
        async with AsyncExitStack() as held:
            if self._step not in _GATE.values():
                standing = await held.enter_async_context(self._world.hold(self._step, callers))
                if self._step is Step.APPLY:
                    await self._world.move_market([wish.caller for wish in wishes])
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

    async def _bring(self, driver: DriverProcess, wishes: Sequence[Wish]) -> None:
        """Let the callers come to where their orders stop, or place them if they only look on."""
        at_gate, told, callers = driver.at_gate, len(driver.told), len(wishes)
        if self._step is not Step.APPLY:
            driver.say("close", _GATE[self._step].value)
        for wish in wishes:
            driver.say("call", asdict(wish))
        await driver.until(
            lambda: driver.at_gate - at_gate + len(driver.told) - told == callers,
            "callers at their step",
            within_s=_TOLD_S,
        )

    async def _strike(self) -> None:
        match self._fault:
            case Fault.DAEMON:
                await self._world.kill_driver()
            case Fault.POSTGRESQL:
                await self._world.ours.kill()
            case Fault.COUNTER:
                await self._world.kill_counter()
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
                await self._world.start_counter()
            case Fault.LINK:
                await asyncio.sleep(_OUTAGE_S if self._number % 3 == 0 else 1.5 * ANSWER_WITHIN_S)
                if self._number % 3 == 1:
                    self._world.relay.cut()
        self._world.relay.mend()

    async def _go_on(self, staying: Sequence[Wish]) -> None:
        """Serve the calls that go on in another daemon, as the dialplan does, and new ones."""
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
        """Look at the books until nothing is wrong with them any more, or for long enough."""
        loop = asyncio.get_running_loop()
        until = loop.time() + _TOLD_S
        cases = await self._look(wishes)
        while any(map(judge, cases)) and loop.time() < until:
            await asyncio.sleep(_LOOK_AGAIN_S)
            cases = await self._look(wishes)
        return cases

    async def _look(self, wishes: Sequence[Wish]) -> list[Case]:
        callers = [wish.caller for wish in wishes]
        booked = await self._world.booked(callers)
        async with self._world.ours.connection() as ours:
            written = await ours.fetch(_WRITTEN, callers)
        return [
            Case(
                wish=wish,
                told=[told for told in self._told if told.caller == wish.caller],
                booked=[order for caller, order in booked if caller == wish.caller],
                written=[
                    Written(**{name: row[name] for name in Written.__slots__})
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
    """Return what the caller was told last, and what has become of the order since."""
    heard = case.told[-1].heard.value if case.told else "cut off"
    moved_on = [order.state for order in case.written if order.filled or order.cancelled]
    return ", ".join([heard, *moved_on])
