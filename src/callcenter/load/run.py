"""One run from its first call to its last."""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Final

from callcenter.domain.clock import BEIJING
from callcenter.load.callers import Caller
from callcenter.load.crowd import Crowd
from callcenter.load.model import CallTrace, Plan, Second
from callcenter.load.person import Placed
from callcenter.load.scenarios import SCENARIOS, Dialogue
from callcenter.load.sipp import Sipp, SippError
from callcenter.load.switchboard import ABORTED, Counts, Switchboard
from callcenter.precedence import TELEPHONES, go_first, session_goes_first

_LOOKS_EVERY_S: Final = 0.25
_SEEN_TO_THE_END_S: Final = 180.0
_STARTS_S: Final = 20.0
_HANGING_UP_S: Final = 10.0
_RAMP_STEPS: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """How it goes at this moment."""

    at: float
    calling: bool  # or only seeing calls to their end
    counts: Counts
    set_ups_per_s: int
    orders: int


Progress = Callable[[Now], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """What the telephones and SIPp know of a run."""

    began: datetime
    lasted_s: float
    stopped_early: bool
    traces: Sequence[CallTrace]
    seconds: Sequence[Second]
    post_dial: Sequence[float]
    placed: Sequence[Placed]
    heard: int
    left: int
    worst_lag_s: float


class Run:
    """Calls until the time is over, or until `stop`."""

    def __init__(
        self,
        plan: Plan,
        callers: Sequence[Caller],
        *,
        host: str,
        folder: Path,
        dialogues: Mapping[str, Dialogue] = SCENARIOS,
    ) -> None:
        """`host` is our own address; SIPp's files go to `folder`; `dialogues` are by scenario."""
        self._plan = plan
        self._host = host
        self._folder = folder
        self._began = time.monotonic()
        self.began = datetime.now(BEIJING)
        random = Random(plan.seed)  # noqa: S311 - it only imitates people
        crowd = Crowd(host, callers, plan.mix, random=random, clock=self.clock, pace=plan.pace)
        self._switchboard = Switchboard(crowd, self.clock, dialogues)
        self._stopped = asyncio.Event()
        self._seconds: list[Second] = []
        self._worst_lag_s = 0.0
        self.sipp_pid: int | None = None  # once it has begun

    def clock(self) -> float:
        """Return the seconds since the run began."""
        return time.monotonic() - self._began

    def stop(self) -> None:
        """Let everyone hang up and nobody call any more."""
        self._stopped.set()

    async def calls(self, program: Path, progress: Progress) -> Calls:
        """Make all calls and return what came of them. Raise `SippError` if SIPp gives up."""
        go_first(TELEPHONES)
        with session_goes_first(TELEPHONES):
            return await self._calls(program, progress)

    async def _calls(self, program: Path, progress: Progress) -> Calls:
        sipp = await Sipp.start(
            program,
            self._plan.target,
            host=self._host,
            switchboard=await self._switchboard.open(),
            at_once=self._plan.calls_at_once,
            calls_per_s=next(_steps(self._plan))[1],
            folder=self._folder,
        )
        self.sipp_pid = sipp.pid
        try:
            await self._make_calls(sipp, progress)
        finally:
            await sipp.stop()
            await self._switchboard.close()
        return self._result(sipp)

    async def _make_calls(self, sipp: Sipp, progress: Progress) -> None:
        told = asyncio.create_task(self._tell(progress), name="load-progress")
        try:
            await self._wait_for(sipp)
            await self._call(sipp)
            sipp.no_more_calls()
            if self._stopped.is_set():
                self._switchboard.hang_up_all()
            patience = _HANGING_UP_S if self._stopped.is_set() else _SEEN_TO_THE_END_S
            stopped = asyncio.create_task(self._stopped.wait())
            await asyncio.wait(
                {sipp.ended, stopped}, timeout=patience, return_when=asyncio.FIRST_COMPLETED
            )
            if stopped.done() and not sipp.ended.done():
                self._switchboard.hang_up_all()
                await asyncio.wait({sipp.ended}, timeout=_HANGING_UP_S)
            stopped.cancel()
        finally:
            told.cancel()
            with suppress(asyncio.CancelledError):
                await told

    async def _wait_for(self, sipp: Sipp) -> None:
        """Wait until SIPp runs; before, it takes no orders."""
        there = asyncio.create_task(self._switchboard.connected())
        await asyncio.wait(
            {there, sipp.ended}, timeout=_STARTS_S, return_when=asyncio.FIRST_COMPLETED
        )
        there.cancel()
        if not there.done() or sipp.ended.done():
            raise self._gone()

    def _gone(self) -> SippError:
        return SippError(f"SIPp does not run. Its last words are in {self._folder / 'sipp.out'}.")

    async def _call(self, sipp: Sipp) -> None:
        """Raise the rate over the ramp and hold it until the time is over."""
        begins = self.clock()
        for at, calls_per_s in [*_steps(self._plan), (self._plan.lasts_s, 0.0)]:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopped.wait(), max(0.0, begins + at - self.clock()))
            if self._stopped.is_set():
                return
            if sipp.ended.done():
                raise self._gone()
            if calls_per_s:
                sipp.set_rate(calls_per_s)

    async def _tell(self, progress: Progress) -> None:
        """Note each second what happened in it, and how late we ourselves are."""
        before, begins = Counts(), self.clock()
        while True:
            due = self.clock() + _LOOKS_EVERY_S
            await asyncio.sleep(_LOOKS_EVERY_S)
            self._worst_lag_s = max(self._worst_lag_s, self.clock() - due)
            counts = self._switchboard.counts
            if self.clock() - begins >= 1.0:
                self._seconds.append(_second(begins, before, counts))
                before, begins = counts.copy(), self.clock()
            progress(self._now(counts))

    def _now(self, counts: Counts) -> Now:
        at = self.clock()
        return Now(
            at=at,
            calling=at < self._plan.lasts_s and not self._stopped.is_set(),
            counts=counts,
            set_ups_per_s=self._seconds[-1].answered if self._seconds else 0,
            orders=self._switchboard.counts.orders,
        )

    def _result(self, sipp: Sipp) -> Calls:
        why = sipp.causes()
        attempts = self._switchboard.finished
        for call_id, attempt in attempts.items():
            if attempt.failure == ABORTED:
                attempt.failure = why.get(call_id, ABORTED)
        persons = [attempt.person for attempt in attempts.values()]
        return Calls(
            began=self.began,
            lasted_s=self.clock(),
            stopped_early=self._stopped.is_set(),
            traces=[attempt.trace() for attempt in attempts.values()],
            seconds=self._seconds,
            post_dial=sipp.post_dial_delays(),
            placed=self._switchboard.placed,
            heard=sum(person.answers_heard for person in persons),
            left=sum(len(person.placed) for person in persons if not person.stays),
            worst_lag_s=self._worst_lag_s,
        )


def _steps(plan: Plan) -> Iterator[tuple[float, float]]:
    """Yield when which rate begins, the first at once. Few: a change delays the next call."""
    steps = _RAMP_STEPS if plan.ramp_s else 1
    for n in range(steps):
        yield plan.ramp_s * n / steps, plan.calls_per_s * (n + 1) / steps


def _second(at: float, before: Counts, now: Counts) -> Second:
    return Second(
        at=at,
        calls_up=now.up,
        begun=now.begun - before.begun,
        answered=now.answered - before.answered,
        ended=now.ended - before.ended,
        failed=now.failed - before.failed,
    )
