"""
The text of a menu: YAML, in which everything is taken as it is written.

A branch 003 stays 003 and a time 09:00 stays 09:00; every fault has its line.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from callcenter.app.menu_file import MenuFile, Written
from callcenter.app.parts import YAML
from callcenter.ivr.menus.faults import BadMenu, Fault, Rule, Where, nearest

_DEEPEST: Final = 20
_LONGEST: Final = 500_000  # characters
_SHAPES: Final[Mapping[str, str]] = {
    "too_short": "is empty",
    "string_too_short": "is empty",
    "tuple_type": "must be a list, in which each item begins with a hyphen",
    "dict_type": "must be names with values, such as name: value",
    "model_type": "must be names with values, such as name: value",
}
_EXPECTED: Final[Mapping[str | int, str]] = {
    "key": "a key is one figure from 0 to 9",
    "name": "a name is of small letters, figures and hyphens, and begins with a letter",
    "did": "a number is of figures",
    "branch": "a branch has three figures, such as 003, or is any",
    "times": "times are such as 09:00-17:00",
    "closed": "a day is such as 2026-10-01",
    "holidays": "a day is such as 2026-10-01",
    "login": "say true or false",
    "days": "say all, trading or holidays",
    "language": "say zh or en",
}


@dataclass(frozen=True, slots=True)
class MenuText:
    """The content of a file: `plain` values, all of them text, and the line of each."""

    plain: Any
    lines: Mapping[Where, int] = field(default_factory=dict)

    def line_of(self, where: Where) -> int | None:
        """Return the line, counted from 1, of a place or of what it is in."""
        around = (where[:length] for length in range(len(where), -1, -1))
        return next((self.lines[place] for place in around if place in self.lines), None)

    def file(self) -> MenuFile:
        """Return the menu that is written here; raise `BadMenu` with everything that is wrong."""
        try:
            return MenuFile.model_validate(self.plain)
        except ValidationError as error:
            raise BadMenu([self._fault(each) for each in error.errors()]) from None

    def placed(self, fault: Fault) -> Fault:
        """Return the fault with its line."""
        return fault if fault.line else replace(fault, line=self.line_of(fault.where))

    def _fault(self, error: ErrorDetails) -> Fault:
        where = self._place(error["loc"])
        what = _in_words(error, where)
        return Fault(rule=Rule.READABLE, where=where, what=what, line=self.line_of(where))

    def _place(self, steps: tuple[str | int, ...]) -> Where:
        """Leave out the steps that are of the shape and not of the file."""
        where: Where = ()
        for step in steps:
            if (*where, step) in self.lines:
                where = (*where, step)
        return where


def read_text(text: str) -> MenuText:
    """Read YAML; raise `BadMenu` if it is none, or has what a menu does not need."""
    if len(text) > _LONGEST:
        raise _unreadable(f"has more than {_LONGEST} characters", 1)
    try:
        _look_over(text)
        root = yaml.compose(text, YAML)
    except yaml.YAMLError as error:
        raise _syntax(error) from None
    lines: dict[Where, int] = {}
    return MenuText(_plain(root, (), lines), lines)


def _look_over(text: str) -> None:
    """Refuse what would take endless time or room to read."""
    depth = 0
    for event in yaml.parse(text, YAML):
        if isinstance(event, yaml.AliasEvent):
            raise _unreadable("has references (*name): write it out", _line(event))
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise _unreadable("has too much in one another", _line(event))


def _line(event: yaml.Event) -> int:
    return 1 if event.start_mark is None else event.start_mark.line + 1


def _plain(node: yaml.Node | None, where: Where, lines: dict[Where, int]) -> Any:
    """Return the values below a node; note the line of each."""
    if node is None:
        return None
    lines[where] = node.start_mark.line + 1
    match node:
        case yaml.SequenceNode():
            return [_plain(each, (*where, at), lines) for at, each in enumerate(node.value)]
        case yaml.MappingNode():
            return dict(_pairs(node, where, lines))
        case yaml.ScalarNode(value="" | "~" | "null", style=None):
            return None
        case _:
            return node.value


def _pairs(
    node: yaml.MappingNode, where: Where, lines: dict[Where, int]
) -> Iterator[tuple[str, Any]]:
    seen: set[str] = set()
    for name, value in node.value:
        line = name.start_mark.line + 1
        if not isinstance(name, yaml.ScalarNode):
            raise _unreadable("has a list or a mapping for a name", line)
        if name.value in seen:
            raise _unreadable(f"says {name.value} twice", line)
        seen.add(name.value)
        yield name.value, _plain(value, (*where, name.value), lines)
        lines[(*where, name.value)] = line


def _in_words(error: ErrorDetails, where: Where) -> str:
    """Say for whoever wrote it what is wrong, and what would be right."""
    said = str(error["loc"][-1]) if error["loc"] else "a menu"
    if error["type"] == "extra_forbidden":
        return f"nothing is called {said} here{nearest(said, _names())}"
    if error["type"] == "missing":
        return f"{said} is missing"
    if error["type"] == "value_error":
        return str(error["ctx"]["error"])
    wanted = next((_EXPECTED[step] for step in reversed(where) if step in _EXPECTED), "")
    return _SHAPES.get(error["type"]) or f"{error['input']!r} cannot be: {wanted or error['msg']}"


def _names() -> list[str]:
    """Return everything that some part of a menu is called."""
    return sorted({name for part in Written.__subclasses__() for name in part.model_fields})


def _syntax(error: yaml.YAMLError) -> BadMenu:
    mark = getattr(error, "problem_mark", None)
    what = getattr(error, "problem", None) or str(error)
    return _unreadable(f"cannot be read as YAML: {what}", 1 if mark is None else mark.line + 1)


def _unreadable(what: str, line: int) -> BadMenu:
    return BadMenu([Fault(rule=Rule.READABLE, where=(), what=what, line=line)])
