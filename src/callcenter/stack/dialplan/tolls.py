"""Proof that nobody who calls can dial out: no way leads a caller to what dials."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from callcenter.stack.dialplan.calls import Run, asked_about, runs, targets
from callcenter.stack.dialplan.listing import Dialplan, Step

QUEUE: Final = "agents"
_OURS: Final = "${AGI_URL}/"
# Each makes a call, has one made, or adds whom the queue calls.
_DIALS: Final = frozenset(
    {
        "addqueuemember", "bridge", "bridgeadd", "chanspy", "confbridge", "dial", "dictate", "disa",
        "extenspy", "followme", "originate", "page", "park", "pickup", "retrydial", "sendfax",
        "stasis", "system", "transfer", "trysystem",
    }
)  # fmt: skip
_ASKS_A_PROGRAM: Final = frozenset({"agi", "eagi", "deadagi", "externalivr"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """
    How callers come in, and where else they get: `entries` are the contexts of telephone lines,
    `by_agi` what the daemon has run, `by_queue` what the keys of those who wait lead to.
    """

    entries: Sequence[str]
    by_agi: Sequence[str]
    by_queue: Sequence[str]


def ways_out(dialplan: Dialplan, doors: Doors) -> Iterator[str]:
    """Yield a sentence for each step that dials out, with a way from a caller to it."""
    ways = _ways(dialplan, doors)
    for context, extension, step in dialplan.steps():
        way = ways.get(context.name)
        if way is None:
            continue
        for run in runs(step):
            if why := _dials_out(run):
                path = " > ".join((*way, f"{extension.name}: {step}"))
                yield f"{step.where}: {why}, and callers reach it: {path}"


def _ways(dialplan: Dialplan, doors: Doors) -> Mapping[str, Sequence[str]]:
    """Return the shortest way from a caller into each context that callers reach."""
    ways: dict[str, Sequence[str]] = {
        name: (name,) for name in doors.entries if name in dialplan.contexts
    }
    to_do = list(ways)
    while to_do:
        this = to_do.pop(0)
        for neighbour in _neighbours(dialplan, this, doors):
            if neighbour in dialplan.contexts and neighbour not in ways:
                ways[neighbour] = (*ways[this], neighbour)
                to_do.append(neighbour)
    return ways


def _neighbours(dialplan: Dialplan, name: str, doors: Doors) -> Iterator[str]:
    context = dialplan.contexts[name]
    yield from context.includes
    for extension in context.extensions:
        for step in extension.steps:
            yield from _reached(step, doors)


def _reached(step: Step, doors: Doors) -> Iterator[str]:
    for target in (*targets(step), *asked_about(step)):
        yield target.context
    for run in runs(step):
        if run.application.lower() in _ASKS_A_PROGRAM:
            yield from doors.by_agi
        if run.application.lower() == "queue":
            yield from doors.by_queue


def _dials_out(run: Run) -> str | None:
    """Say why a caller must not get there; None if nothing speaks against it."""
    name = run.application.lower()
    if name in _DIALS:
        return f"{run.application} dials out or runs programs"
    if name in _ASKS_A_PROGRAM and not run.data.startswith(_OURS):
        return f"{run.application} asks another program than the daemon"
    if name != "queue":
        return None
    queue, _, rest = run.data.partition(",")
    if queue != QUEUE:
        return f"only the queue {QUEUE} has the agents as its members"
    options = rest.partition(",")[0].partition("(")[0]
    return "an option of Queue lets a call be transferred" if {*"tT"} & {*options} else None
