"""What we have asked the counter and wait for, by the ids that come back."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Generic, TypeVar

from callcenter.domain.errors import CounterUnavailable

Answer = TypeVar("Answer")


class Question(Generic[Answer]):
    """Something asked under an id; `number` is that of its message, `logon` when it was sent."""

    def __init__(self, question_id: str, forget: Callable[[int], None]) -> None:
        self.id = question_id
        self.number = 0
        self.logon = 0
        self.answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._forget = forget
        self._give_up: Callable[[], asyncio.TimerHandle] | None = None
        self._timer: asyncio.TimerHandle | None = None

    def give(self, answer: Answer) -> None:
        if not self.answer.done():
            self.answer.set_result(answer)
            self._forget(self.number)

    async def wait(self, within_s: float, otherwise: Exception) -> Answer:
        """Return the answer; raise `otherwise` if nothing comes for so long."""
        loop = asyncio.get_running_loop()
        self._give_up = partial(loop.call_later, within_s, self.fail, otherwise)
        self._timer = self._give_up()
        try:
            return await self.answer
        finally:
            self._timer.cancel()

    def prolong(self) -> None:
        """Begin the time anew: a part of the answer has come."""
        if self._give_up is not None and self._timer is not None:
            self._timer.cancel()
            self._timer = self._give_up()

    def fail(self, error: Exception) -> None:
        if not self.answer.done():
            self.answer.set_exception(error)
            self.answer.exception()  # nobody may be waiting any more
            self._forget(self.number)


class Questions(Generic[Answer]):
    """Those of one kind that have no answer yet."""

    def __init__(self, forget: Callable[[int], None]) -> None:
        """`forget` is told the number of each message whose answer nobody waits for any more."""
        self._forget = forget
        self._open: dict[str, Question[Answer]] = {}

    @contextmanager
    def ask(self, question_id: str) -> Iterator[Question[Answer]]:
        question: Question[Answer] = Question(question_id, self._forget)
        self._open[question_id] = question
        try:
            yield question
        finally:
            self._open.pop(question_id, None)
            question.answer.cancel()
            self._forget(question.number)

    def get(self, question_id: str) -> Question[Answer] | None:
        return self._open.get(question_id)

    def fail_all(self, why: str) -> None:
        for question in self:
            question.fail(CounterUnavailable(why))

    def numbered(self, number: int) -> Question[Answer] | None:
        return next((q for q in self if q.number == number), None)

    def __iter__(self) -> Iterator[Question[Answer]]:
        return iter(list(self._open.values()))
