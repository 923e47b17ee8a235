"""Everything that is known of a run, put together."""

import platform
import subprocess
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Final

import psutil

from callcenter.load.model import (
    CallTrace,
    Environment,
    LoadResult,
    Orders,
    Plan,
    ScenarioCount,
    Wire,
)
from callcenter.load.run import Calls
from callcenter.load.spread import Spread
from callcenter.load.verdicts import verdicts
from callcenter.load.watch.trends import trends
from callcenter.load.watched import Watched

_LATE_S: Final = 0.1
_GIT_S: Final = 5.0


def result_of(
    plan: Plan,
    calls: Calls,
    *,
    orders: Orders,
    wire: Wire | None,
    watched: Watched,
    notes: Sequence[str] = (),
) -> LoadResult:
    whole = LoadResult(
        plan=plan,
        environment=environment(),
        began=calls.began,
        lasted_s=calls.lasted_s,
        stopped_early=calls.stopped_early,
        scenarios=tuple(_counts(calls.traces)),
        seconds=tuple(calls.seconds),
        post_dial=Spread.of(calls.post_dial),
        orders=orders,
        wire=wire,
        watched=watched,
        trends=trends(watched, plan),
        notes=(*notes, *_about_ourselves(calls)),
    )
    return replace(whole, verdicts=verdicts(whole))


def environment() -> Environment:
    return Environment(
        commit=_commit(), machine=_machine(), cores=psutil.cpu_count(), versions=_versions()
    )


def _counts(traces: Sequence[CallTrace]) -> Iterator[ScenarioCount]:
    failures: Mapping[str, Counter[str]] = defaultdict(Counter)
    attempted = Counter(trace.scenario for trace in traces)
    for trace in traces:
        if trace.failure is not None:
            failures[trace.scenario][trace.failure] += 1
    for scenario, count in sorted(attempted.items()):
        why = failures[scenario]
        yield ScenarioCount(
            scenario=scenario,
            attempted=count,
            succeeded=count - why.total(),
            failures=dict(why.most_common()),
        )


def _about_ourselves(calls: Calls) -> Iterator[str]:
    if calls.worst_lag_s > _LATE_S:
        yield (
            f"The telephones themselves were up to {calls.worst_lag_s * 1000:.0f} ms late: this "
            "machine was busy, so callers keyed later than they meant to."
        )


def _machine() -> str:
    memory = psutil.virtual_memory().total / 2**30
    return f"{_processor()}, {psutil.cpu_count()} cores, {memory:.0f} GB, {platform.platform()}"


def _processor() -> str:
    try:
        told = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.machine()
    names = [line.partition(": ")[2] for line in told.splitlines() if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _versions() -> Mapping[str, str]:
    return {"callcenter": version("callcenter"), "Python": platform.python_version()}


def _commit() -> str | None:
    """Return the commit that runs, with a + if files differ from it; None outside a checkout."""
    here = Path(__file__).parent
    try:
        commit, changed = (
            subprocess.run(  # noqa: S603 - our own words
                ["git", "-C", str(here), *words],  # noqa: S607 - wherever it is
                capture_output=True,
                text=True,
                timeout=_GIT_S,
                check=True,
            ).stdout.strip()
            for words in (("rev-parse", "--short=12", "HEAD"), ("status", "--porcelain", "-uno"))
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return f"{commit}+" if changed else commit
