"""What we have asked the counter and wait for, by the ids that come back."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from callcenter.domain.errors import CounterUnavailable

Answer = TypeVar("Answer")


@dataclass(slots=True)
class Question(Generic[Answer]):
    """Something asked under an id; `number` is that of its message, `logon` when it was sent."""

    id: str
    answer: asyncio.Future[Answer]
    forget: Callable[[int], None]
    logon: int = 0
    number: int = 0
    rows: list[Answer] = field(default_factory=list)

    def give(self, answer: Answer) -> None:
        if not self.answer.done():
            self.answer.set_result(answer)
            self.forget(self.number)

    async def wait(self, within_s: float, otherwise: Exception) -> Answer:
        """Return the answer; raise `otherwise` if it takes longer."""
        too_late = asyncio.get_running_loop().call_later(within_s, self.fail, otherwise)
        try:
            return await self.answer
        finally:
            too_late.cancel()

    def fail(self, error: Exception) -> None:
        if not self.answer.done():
            self.answer.set_exception(error)
            self.answer.exception()  # nobody may be waiting any more
            self.forget(self.number)


class Questions(Generic[Answer]):
    """Those of one kind that have no answer yet."""

    def __init__(self, forget: Callable[[int], None]) -> None:
        """`forget` is told the number of each message whose answer nobody waits for any more."""
        self._forget = forget
        self._open: dict[str, Question[Answer]] = {}

    @contextmanager
    def ask(self, question_id: str) -> Iterator[Question[Answer]]:
        question = Question(question_id, asyncio.get_running_loop().create_future(), self._forget)
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
