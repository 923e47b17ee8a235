"""Group commit: what is asked for at the same moment is done in one statement."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Final, Generic, NamedTuple, TypeVar

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")

_MOST: Final = 64


class _Waiting(NamedTuple, Generic[Asked, Answer]):
    asked: Asked
    answer: asyncio.Future[Answer]


class Together(Generic[Asked, Answer]):
    """
    Collects what waits and does it at once, at most `_MOST` at a time.

    Who comes alone does not wait for company; who comes while another group is on its way goes
    with the next one. Everybody is answered when his group is done. An `outage` is said to all of
    it; what else fails takes nobody with it, for the group is done one by one then. Of those whom
    `apart` calls the same, one goes with a group, and the next one with a later group.
    """

    def __init__(
        self,
        do: Callable[[Sequence[Asked]], Awaitable[Sequence[Answer]]],
        *,
        outage: type[Exception],
        apart: Callable[[Asked], Hashable] | None = None,
    ) -> None:
        self._do = do
        self._outage = outage
        self._apart = apart
        self._waiting: list[_Waiting[Asked, Answer]] = []
        self._working: asyncio.Task[None] | None = None

    async def ask(self, asked: Asked) -> Answer:
        """Return the answer. Who is cancelled meanwhile may have been done all the same."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(asked, answer))
        if self._working is None or self._working.done():
            self._working = asyncio.create_task(self._work())
        return await answer

    async def stop(self) -> None:
        """Break off what is being done; who waits for it is cancelled."""
        if self._working is not None:
            self._working.cancel()
            await asyncio.wait([self._working])

    async def _work(self) -> None:
        while self._waiting:
            group, self._waiting = self._next_group()
            try:
                await self._answer(group)
            except asyncio.CancelledError:
                for _, answer in (*group, *self._waiting):
                    answer.cancel()
                raise

    def _next_group(self) -> tuple[list[_Waiting[Asked, Answer]], list[_Waiting[Asked, Answer]]]:
        """Return who goes now, and who waits on."""
        if self._apart is None:
            return self._waiting[:_MOST], self._waiting[_MOST:]
        group: dict[Hashable, _Waiting[Asked, Answer]] = {}
        left: list[_Waiting[Asked, Answer]] = []
        for one in self._waiting:
            name = self._apart(one.asked)
            if len(group) < _MOST and name not in group:
                group[name] = one
            else:
                left.append(one)
        return list(group.values()), left

    async def _answer(self, group: Sequence[_Waiting[Asked, Answer]]) -> None:
        try:
            answers = await self._do([asked for asked, _ in group])
        except self._outage as error:
            for _, answer in group:
                _fail(answer, self._outage(str(error)))
        except Exception as error:  # noqa: BLE001  whatever it is, it is said to whom it concerns
            await self._one_by_one(group, error)
        else:
            for (_, answer), said in zip(group, answers, strict=True):
                if not answer.done():
                    answer.set_result(said)

    async def _one_by_one(self, group: Sequence[_Waiting[Asked, Answer]], error: Exception) -> None:
        if len(group) == 1:
            return _fail(group[0][1], error)
        for one in group:
            await self._answer([one])


def _fail(answer: "asyncio.Future[Answer]", error: Exception) -> None:
    if not answer.done():
        answer.set_exception(error)
