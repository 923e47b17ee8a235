"""A whole result made by hand: what half an hour at 300 lines might leave."""

import math
from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Final

from callcenter.load.model import (
    LoadResult,
    Moment,
    Orders,
    ScenarioCount,
    Second,
    Share,
    TurnDelay,
    Verdict,
    Wire,
)
from callcenter.load.spread import Spread
from callcenter.load.watch.trends import trends
from callcenter.load.watched import Gauge, ProcessSample, WaitSample, Watched
from tests.unit.load.results import PLAN, result

LASTS_S: Final = 1800
RAMP_S: Final = 60
END_S: Final = 1860
MB: Final = 2**20

_CORES: Final = {
    "asterisk": 0.55,
    "daemon": 0.32,
    "postgresql": 0.18,
    "sipp": 0.09,
    "load": 0.12,
    "capture": 0.02,
}
_MEMORY: Final = {
    "asterisk": 190,
    "daemon": 140,
    "postgresql": 160,
    "sipp": 40,
    "load": 70,
    "capture": 104,
}
_TURNS: Final = {
    "account": 0.018,
    "password": 0.045,
    "code": 0.022,
    "price": 0.02,
    "quantity": 0.035,
    "confirmation": 0.06,
}

_SOAK: Final = replace(
    PLAN,
    profile="soak",
    mix=(Share(scenario="buy", weight=60), Share(scenario="query", weight=40)),
    calls_at_once=300,
    calls_per_s=10.0,
    ramp_s=float(RAMP_S),
    lasts_s=float(LASTS_S),
    callers=3000,
)


def soak() -> LoadResult:
    random = Random(5)  # noqa: S311 - only the shape of a plot
    watched = _watched(random)
    return result(
        plan=_SOAK,
        environment=replace(result().environment, machine="two cores, 4 GB", cores=2),
        lasted_s=float(END_S),
        scenarios=(
            ScenarioCount(
                scenario="buy",
                attempted=7_654,
                succeeded=7_650,
                failures={"503": 3, "no <prompt>": 1},
            ),
            ScenarioCount(scenario="query", attempted=5_103, succeeded=5_103),
        ),
        seconds=tuple(_seconds(random)),
        post_dial=Spread.of(random.lognormvariate(-4.2, 0.4) for _ in range(12_757)),
        orders=Orders(placed=7_650, found=7_650, heard=7_649, found_twice=0, wrong=0),
        wire=_wire(random),
        watched=watched,
        trends=trends(watched, _SOAK),
        verdicts=(
            Verdict(name="failed calls", bar="at most 0", measured="4", met=False),
            Verdict(name="key to prompt, p99", bar="at most 250 ms", measured="141 ms", met=True),
            Verdict(name="RTP lost", bar="at most 0.1 %", measured="0.004 %", met=True),
            Verdict(name="orders agree", bar="placed = found = heard", measured="–", met=None),
        ),
        notes=("The store was not asked for orders: it is on another machine.",),
    )


def _level(at: float) -> float:
    """Return the share of the load at a second: up, steady, and down."""
    return max(0.0, min(1.0, at / RAMP_S, (END_S - at) / (END_S - LASTS_S)))


def _seconds(random: Random) -> Iterator[Second]:
    for at in range(END_S):
        answered = round(_level(at) * 7 + random.random()) if at < LASTS_S else 0
        yield Second(
            at=float(at),
            calls_up=round(300 * _level(at)),
            begun=answered,
            answered=answered,
            ended=answered,
            failed=0,
        )


def _wire(random: Random) -> Wire:
    delays = {
        turn: [random.lognormvariate(math.log(usual), 0.45) for _ in range(2_000)]
        for turn, usual in _TURNS.items()
    }
    spreads = {turn: Spread.of(values) for turn, values in delays.items()}
    return Wire(
        key_to_prompt=Spread.of(value for values in delays.values() for value in values),
        by_turn=tuple(TurnDelay(turn=turn, delay=of) for turn, of in spreads.items() if of),
        over_time=tuple(
            Moment(at=at, count=40, p50=0.03, p99=0.09 + 0.05 * random.random())
            for at in range(0, END_S, 6)
        ),
        prompt_gaps=Spread.of([0.071, 0.093]),
        packets_received=27_000_123,
        packets_lost=1_042,
        jitter=Spread.of([0.0011, 0.0013, 0.0042]),
        dropped_by_capture=17,
        heard_after_confirmation=7_649,
        packets_repeated=3,
        packets_reordered=11,
        calls=12_757,
        one_in=4,
        turns_untold=86,
        turns_unanswered=412,
    )


def _watched(random: Random) -> Watched:
    times = [float(at) for at in range(0, END_S + 5, 5)]
    return Watched(
        processes=tuple(_processes(times)),
        gauges=tuple(_gauges(times, random)),
        waits=tuple(_waits(times, random)),
    )


def _processes(times: list[float]) -> Iterator[ProcessSample]:
    used = dict.fromkeys(_CORES, 0.0)
    for at in times:
        for name, cores in _CORES.items():
            used[name] += 5 * cores * _level(at)
            yield ProcessSample(
                at=at,
                name=name,
                cpu_s=used[name],
                memory=round(_MEMORY[name] * MB * (0.5 + 0.5 * min(1.0, at / RAMP_S))),
                files=round(50 + 300 * _level(at)) if name != "postgresql" else None,
                threads=46,
            )


def _gauges(times: list[float], random: Random) -> Iterator[Gauge]:
    for at in times:
        calls = round(300 * _level(at))
        yield Gauge(at=at, name="asterisk channels", value=calls + (2 if at >= END_S else 0))
        yield Gauge(at=at, name="daemon calls", value=calls)
        yield Gauge(at=at, name="daemon connections", value=calls)
        yield Gauge(at=at, name="daemon tasks", value=30 + calls)
        yield Gauge(at=at, name="daemon lag", value=0.004 + 0.01 * random.random())
        yield Gauge(at=at, name="postgresql connections", value=12)
        yield Gauge(at=at, name="postgresql commits", value=1000 + 80 * at)


def _waits(times: list[float], random: Random) -> Iterator[WaitSample]:
    for at in times:
        yield WaitSample(at=at, event="running", sessions=random.randrange(3))
        if random.random() < 0.4:
            yield WaitSample(at=at, event="IO:WALSync", sessions=1)
        if random.random() < 0.05:
            yield WaitSample(at=at, event="Lock:transactionid", sessions=1)
