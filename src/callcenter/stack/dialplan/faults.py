"""What is wrong with a dialplan that Asterisk itself does not mind until a call comes by."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from callcenter.stack.dialplan.calls import Run, Target, asked_about, runs, targets
from callcenter.stack.dialplan.listing import Context, Dialplan, Extension, Step

NUMBERS_HOOK: Final = "custom-numbers"
_ENDS: Final = {"return", "hangup", "goto", "busy", "congestion"}
_FUNCTION: Final = re.compile(r"\$\{([A-Za-z_]\w*)\(")
_SET: Final = re.compile(r"\s*([A-Za-z_]\w*)\(.*\)\s*=", re.DOTALL)
_PAIRS: Final = {"{": "}", "[": "]"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What an Asterisk can do, in lower case and in upper case."""

    applications: Collection[str]
    functions: Collection[str]


def faults_of(dialplan: Dialplan, known: Known) -> Iterator[str]:
    """Yield a sentence for each fault, with its file and line."""
    for context, extension, step in dialplan.steps():
        for why in _faults(dialplan, known, context, extension, step):
            yield f"{step.where}: {context.name} {extension.name}: {step}: {why}"
    for context in dialplan.contexts.values():
        for switch in context.switches:
            yield f"{context.name}: nobody can tell where the switch {switch} leads"
    yield from _hook_faults(dialplan)


def _faults(
    dialplan: Dialplan, known: Known, context: Context, extension: Extension, step: Step
) -> Iterator[str]:
    for run in runs(step):
        if why := _unknown(run, known):
            yield why
    for name in _functions(step):
        if name not in known.functions:
            yield f"there is no function {name} among the modules of modules.conf"
    if not _is_balanced(step.data):
        yield "a bracket is not closed"
    for target in targets(step):
        if why := _missing(dialplan, context, extension, target):
            yield why


def _unknown(run: Run, known: Known) -> str | None:
    if "$" in run.application:
        return f"nobody can tell which application {run.application} is"
    if run.application.lower() not in known.applications and not run.if_there:
        return f"there is no application {run.application} among the modules of modules.conf"
    return None


def _functions(step: Step) -> Iterator[str]:
    yield from _FUNCTION.findall(step.data)
    for run in runs(step):
        if run.application.lower() == "set" and (match := _SET.match(run.data)):
            yield match[1]


def _is_balanced(data: str) -> bool:
    """Whether each ${ and $[ has its end. Other brackets may be text."""
    open_: list[str] = []
    for before, sign in zip(" " + data, data, strict=False):
        if sign in "{[" and (before == "$" or open_):
            open_.append(_PAIRS[sign])
        elif open_ and sign == open_[-1]:
            open_.pop()
    return not open_


def _missing(
    dialplan: Dialplan, context: Context, extension: Extension, target: Target
) -> str | None:
    """Say what there is not at a target; what only a call can tell is passed over."""
    name = target.context or context.name
    if "$" in name:
        return f"nobody can tell where {target.said} leads"
    if name not in dialplan.contexts:
        return f"there is no context {name}"
    found = _extensions(dialplan, name, extension, target)
    if not found:
        return f"there is no extension {target.extension} in context {name}"
    if not any(_has(each, target.priority) for each in found):
        return (
            f"there is no priority {target.priority} in {name} {target.extension or extension.name}"
        )
    return None


def _extensions(
    dialplan: Dialplan, context: str, extension: Extension, target: Target
) -> list[Extension]:
    if not target.extension:
        return [extension]
    before, variable, _ = target.extension.partition("$")
    if not variable:
        return list(dialplan.find(context, target.extension))
    every = [each for place in dialplan.within(context) for each in place.extensions]
    return [each for each in every if each.name.startswith((before, "_"))]


def _has(extension: Extension, priority: str) -> bool:
    if "$" in priority or priority == "":
        return True
    if priority.isdigit():
        return any(step.priority == int(priority) for step in extension.steps)
    return any(step.label == priority for step in extension.steps)


def _hook_faults(dialplan: Dialplan) -> Iterator[str]:
    known = {target.context for _, _, step in dialplan.steps() for target in asked_about(step)}
    reached = {target.context for _, _, step in dialplan.steps() for target in targets(step)}
    included = {name for context in dialplan.contexts.values() for name in context.includes}
    for name in dialplan.contexts:
        if name.startswith("custom-") and name not in known | reached | included:
            yield f"nobody calls {name}; the hooks are {', '.join((NUMBERS_HOOK, *sorted(known)))}"
    for name in sorted(known & dialplan.contexts.keys()):
        yield from _not_a_hook(dialplan, name)


def _not_a_hook(dialplan: Dialplan, name: str) -> Iterator[str]:
    start = dialplan.find(name, "s")
    if not start:
        return (yield f"the hook {name} has no extension s, so it is never called")
    for extension in start:
        last = extension.steps[-1]
        if last.application.lower() not in _ENDS:
            yield f"{last.where}: {name} s ends without Return(), which would end the call"
