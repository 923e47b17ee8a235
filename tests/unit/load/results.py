"""Ready-made results of load runs."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from callcenter.domain.clock import BEIJING
from callcenter.load.model import (
    CallTrace,
    Environment,
    Keyed,
    LoadResult,
    Orders,
    Plan,
    ScenarioCount,
    Second,
    Share,
    Target,
)
from callcenter.load.spread import Spread
from callcenter.load.watched import Watched

PLAN = Plan(
    profile="smoke",
    target=Target(host="127.0.0.1", port=5060, number="4008"),
    mix=(Share(scenario="buy", weight=3), Share(scenario="query", weight=1)),
    calls_at_once=10,
    calls_per_s=2.0,
    ramp_s=5.0,
    lasts_s=20.0,
    callers=100,
)

_RESULT = LoadResult(
    plan=PLAN,
    environment=Environment(commit="0123abcd", machine="two cores", versions={"SIPp": "3.6.1"}),
    began=datetime(2026, 11, 23, 9, 30, tzinfo=BEIJING),
    lasted_s=60.0,
    stopped_early=False,
    scenarios=(
        ScenarioCount(scenario="buy", attempted=3, succeeded=2, failures={"486": 1}),
        ScenarioCount(scenario="query", attempted=1, succeeded=1),
    ),
    seconds=(Second(at=0.0, calls_up=2, begun=2, answered=2, ended=0, failed=0),),
    post_dial=Spread.of([0.012, 0.03]),
    orders=Orders(placed=2, found=2, heard=2, found_twice=0, wrong=0),
    wire=None,
    watched=Watched(),
)


def result(**changes: Any) -> LoadResult:
    return replace(_RESULT, **changes)


def trace(**changes: Any) -> CallTrace:
    usual = CallTrace(
        scenario="buy",
        caller="13920000001",
        media_port=32000,
        dialled_at=1.0,
        answered_at=1.02,
        ended_at=40.0,
        keyed=(Keyed(turn="trade menu", began_at=3.0, at=3.1),),
    )
    return replace(usual, **changes)
