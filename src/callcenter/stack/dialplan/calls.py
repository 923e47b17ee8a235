"""What a step does besides its own work: the applications it runs and the places it goes to."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from callcenter.stack.dialplan.listing import Step

_RUN: Final = re.compile(r"(\w+)\((.*)\)", re.DOTALL)
_RUNS_ANOTHER: Final = {"exec", "tryexec"}
_TRIES: Final = "tryexec"
_RUNS_IF: Final = {"execif", "execiftime"}
_GOES: Final = {"goto", "gosub"}
_GOES_IF: Final = {"gotoif", "gosubif", "gotoiftime"}
_HOOK: Final = re.compile(r"PERIODIC_HOOK\(([^,()]+),([^,()]+)")
_HANDLER: Final = re.compile(r"hangup_handler_(?:push|wipe)\)=(.+)", re.IGNORECASE)
_BEFORE_RINGING: Final = re.compile(r"[bB]\(([^()^]+)\^([^()^]+)\^([^()^]+)")
_EXISTS: Final = re.compile(r"\$\{DIALPLAN_EXISTS\(([^()]+)\)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A place in the dialplan; context and extension are "" where they stay as they are."""

    said: str
    context: str
    extension: str
    priority: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """An application that is run, by the step itself or inside it, or only if there is one."""

    application: str
    data: str
    if_there: bool = False


def runs(step: Step) -> Iterator[Run]:
    """Yield what a step runs, from the outside in."""
    yield from _runs(step.application, step.data)


def _runs(application: str, data: str, *, if_there: bool = False) -> Iterator[Run]:
    yield Run(application=application, data=data, if_there=if_there)
    name = application.lower()
    inner: list[str] = []
    if name in _RUNS_ANOTHER:
        inner = [data]
    elif name in _RUNS_IF:
        inner = _branches(data)
    for text in inner:
        if match := _RUN.fullmatch(text.strip()):
            yield from _runs(match[1], match[2], if_there=name == _TRIES)
        elif text.strip():
            yield Run(application=text.strip(), data="", if_there=name == _TRIES)


def targets(step: Step) -> Iterator[Target]:
    """Yield where a step may lead; not what a step only asks about before it goes there."""
    for run in runs(step):
        yield from _targets(run)


def _targets(run: Run) -> Iterator[Target]:
    name = run.application.lower()
    if name in _GOES:
        yield _target(run.data)
    elif name in _GOES_IF:
        asked = set(_EXISTS.findall(run.data))
        branches = _branches(run.data)
        yield from (_target(one) for one in branches if one.strip() and one not in asked)
    yield from _hooks(run)


def _hooks(run: Run) -> Iterator[Target]:
    """Yield what an application or a function has run later, or on another channel."""
    if run.application.lower() == "queue":
        for context, extension, priority in _BEFORE_RINGING.findall(run.data):
            yield _target(f"{context},{extension},{priority}")
    for context, extension in _HOOK.findall(run.data):
        yield _target(f"{context},{extension},1")
    if match := _HANDLER.search(run.data):
        yield _target(match[1])


def asked_about(step: Step) -> Iterator[Target]:
    """Yield the places that a step goes to only if they exist: hooks."""
    yield from (_target(place) for place in _EXISTS.findall(step.data))


def _target(said: str) -> Target:
    parts = [part.strip() for part in _outside(_without_arguments(said), ",")]
    context, extension, priority = ["", "", *parts][-3:] if len(parts) < 3 else parts[:3]
    return Target(said=said, context=context, extension=extension, priority=priority)


def _without_arguments(said: str) -> str:
    """Cut the arguments off a Gosub: context,s,1(one,two)."""
    depth = 0
    for at, sign in enumerate(said):
        if sign == "(" and depth == 0:
            return said[:at]
        depth += (sign in "{[") - (sign in "}]")
    return said


def _branches(data: str) -> list[str]:
    """Return what stands behind the condition, before and after the colon."""
    condition = _outside(data, "?")
    return _outside("?".join(condition[1:]), ":")[:2]


def _outside(text: str, separator: str) -> list[str]:
    """Split where no bracket is open."""
    parts, depth = [""], 0
    for sign in text:
        depth += (sign in "{[(") - (sign in "}])")
        if sign == separator and depth == 0:
            parts.append("")
        else:
            parts[-1] += sign
    return parts
