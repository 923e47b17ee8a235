"""A dialplan as Asterisk has understood it, out of what `dialplan show` prints."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

_CONTEXT: Final = re.compile(r"\[ Context '(.*)' created by '(.*)' \]")
_EXTENSION: Final = re.compile(r"  '(.*?)'(?: \(CID match '(.*)'\))? =>\s+(.*)")
_STEP: Final = re.compile(r"\s*(?:\[(.+?)\]\s+)?(\d+)\. (\w+)\((.*)\)\s+\[(.*)\]")
_INCLUDE: Final = re.compile(r"  Include =>\s+'(.*)'\s+\[.*\]")
_SWITCH: Final = re.compile(r"  Alt\. Switch =>\s+'(.*)'\s+\[.*\]")
_VALUE: Final = re.compile(r"\s+(\w+)=(.*)")
_FROM_FILES: Final = "pbx_config"

_SETS: Final = {"X": "0123456789", "Z": "123456789", "N": "23456789"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One priority of an extension: an application with its arguments, and its file and line."""

    priority: int
    label: str
    application: str
    data: str
    where: str

    def __str__(self) -> str:
        return f"{self.application}({self.data})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """A number, a pattern or a name like `s`; `caller` is the caller number it is for, if any."""

    name: str
    caller: str = ""
    steps: list[Step] = field(default_factory=list)

    def takes(self, dialled: str) -> bool:
        if not self.name.startswith("_"):
            return self.name == dialled
        return re.fullmatch(_regex(self.name[1:]), dialled) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    name: str
    extensions: list[Extension] = field(default_factory=list)
    includes: list[str] = field(default_factory=list)
    switches: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialplan:
    """All contexts that come from files, by name."""

    contexts: Mapping[str, Context]
    values: Mapping[str, str] = field(default_factory=dict)  # of [globals]

    def within(self, name: str) -> Iterator[Context]:
        """Yield a context and all that it includes, each once."""
        seen: set[str] = set()
        to_do = [name]
        while to_do:
            this = to_do.pop(0)
            if this in seen or this not in self.contexts:
                continue
            seen.add(this)
            yield self.contexts[this]
            to_do += self.contexts[this].includes

    def find(self, context: str, dialled: str) -> Sequence[Extension]:
        """Return the extensions that may answer to a number there, the best context first."""
        places = self.within(context)
        return [each for place in places for each in place.extensions if each.takes(dialled)]

    def steps(self) -> Iterator[tuple[Context, Extension, Step]]:
        for context in self.contexts.values():
            for extension in context.extensions:
                for step in extension.steps:
                    yield context, extension, step

    def lines(self) -> list[str]:
        """Return it line by line, in an order of its own, without files: to be compared."""
        lines = ["[globals]", *(f"{name} = {self.values[name]}" for name in sorted(self.values))]
        for name in sorted(self.contexts):
            context = self.contexts[name]
            lines.append(f"[{name}]")
            lines += [f"include => {each}" for each in context.includes]
            lines += [f"switch => {each}" for each in context.switches]
            for extension in sorted(context.extensions, key=lambda each: (each.name, each.caller)):
                lines += [_line(extension, step) for step in extension.steps]
        return lines


def read_dialplan(shown: str, first_labels: Mapping[str, str] | None = None) -> Dialplan:
    """
    Read what `dialplan show` printed; contexts that modules make themselves are left out.

    It does not print the label of a first priority: `first_labels` has them, by file and line.
    """
    contexts: dict[str, Context] = {}
    context: Context | None = None
    for line in shown.splitlines():
        if match := _CONTEXT.match(line):
            context = Context(name=match[1])
            if match[2] == _FROM_FILES:
                contexts[match[1]] = context
        elif context is not None:
            _read_line(line, context, first_labels or {})
    return Dialplan(contexts=contexts)


def read_globals(shown: str) -> Mapping[str, str]:
    """Read what `dialplan show globals` printed."""
    found = (_VALUE.fullmatch(line) for line in shown.splitlines())
    return {match[1]: match[2] for match in found if match}


def _read_line(line: str, context: Context, first_labels: Mapping[str, str]) -> None:
    if match := _INCLUDE.match(line):
        context.includes.append(match[1].partition("|")[0])
        return
    if match := _SWITCH.match(line):
        context.switches.append(match[1])
        return
    if match := _EXTENSION.match(line):
        context.extensions.append(Extension(name=match[1], caller=match[2] or ""))
        line = match[3]
    if (step := _STEP.match(line)) and context.extensions:
        label, priority, application, data, where = step.groups()
        context.extensions[-1].steps.append(
            Step(
                priority=int(priority),
                label=label or first_labels.get(where, ""),
                application=application,
                data=data,
                where=where,
            )
        )


def _line(extension: Extension, step: Step) -> str:
    caller = f"/{extension.caller}" if extension.caller else ""
    # Asterisk does not print the first one's.
    label = f"({step.label})" if step.label and step.priority > 1 else ""
    return f"exten => {extension.name}{caller},{step.priority}{label},{step}"


def _regex(pattern: str) -> str:
    """Return a pattern of Asterisk as a regular expression."""
    out, at = "", 0
    while at < len(pattern):
        sign = pattern[at]
        if sign == "[" and (end := pattern.find("]", at)) > 0:
            out += f"[{pattern[at + 1 : end]}]"
            at = end
        elif sign in ".!":
            out += ".+" if sign == "." else ".*"
        elif sign != "-":
            out += f"[{_SETS[sign]}]" if sign in _SETS else re.escape(sign)
        at += 1
    return out
