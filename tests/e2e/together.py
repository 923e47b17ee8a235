"""Scenarios that are played at the same time, as calls come in real life, and judged one by one."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeVar, cast

from tests.e2e.installation import Installation
from tests.e2e.lines import Lines, lines_into

AT_ONCE: Final = 16  # of which the machine hears and speaks both sides

Result = TypeVar("Result")
Scenario = Callable[[Lines], Awaitable[Result]]


class Played:
    """What came of each scenario."""

    def __init__(self, outcomes: Mapping[Scenario[Any], object]) -> None:
        self._outcomes = outcomes

    def of(self, scenario: Scenario[Result]) -> Result:
        """Return what the scenario returned, or raise what it raised."""
        outcome = self._outcomes[scenario]
        if isinstance(outcome, BaseException):
            raise outcome
        return cast(Result, outcome)


class Together:
    """The scenarios of one file of tests. Each has callers and accounts of its own."""

    def __init__(self) -> None:
        self._scenarios: list[Scenario[Any]] = []

    def scenario(self, play: Scenario[Result]) -> Scenario[Result]:
        self._scenarios.append(play)
        return play

    def play(self, installation: Installation) -> Played:
        """Play them all, the first ones first; one that fails does not stop the others."""
        return asyncio.run(self._play(installation))

    async def _play(self, installation: Installation) -> Played:
        turns = asyncio.Semaphore(AT_ONCE)

        async def one(play: Scenario[Any]) -> object:
            async with turns:
                return await play(lines)

        async with lines_into(installation) as lines:
            outcomes = await asyncio.gather(*map(one, self._scenarios), return_exceptions=True)
        return Played(dict(zip(self._scenarios, outcomes, strict=True)))
