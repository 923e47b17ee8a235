"""Rows from plain mappings, as a file of data holds them, into values of their types."""

import dataclasses
import types
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, time
from decimal import Decimal, InvalidOperation
from enum import Enum, IntEnum
from itertools import product
from typing import Final, TypeVar, Union, get_args, get_origin, get_type_hints

from callcenter.trading.rulebook.rows import Cell, Label, Row, Rule, Variant

Values = TypeVar("Values")
_OF_EVERY_ROW: Final = frozenset(
    {"id", "of", "from", "to", "clause", "source", "label", "choice", "option"}
)


def read_rule(
    plain: object, axes: Mapping[str, frozenset[str]], kind: type[Values]
) -> Rule[Values]:
    """Return one row; raise ValueError with what is wrong and what is expected."""
    said = _mapping(plain)
    row = _row(said, axes)
    own = {name: value for name, value in said.items() if name not in _OF_EVERY_ROW}
    return Rule(row=row, values=read_values(own, kind))


def read_values(said: Mapping[str, object], kind: type[Values]) -> Values:
    """Return a dataclass of this kind; raise ValueError if a name or a value is not its own."""
    hints = get_type_hints(kind)
    if unknown := sorted(said.keys() - hints.keys()):
        raise ValueError(f"says {', '.join(unknown)}; it may say {', '.join(sorted(hints))}")
    missing = [name for name in _required(kind) if name not in said]
    if missing:
        raise ValueError(f"says nothing of {', '.join(missing)}: add it")
    values = {name: _named(name, value, hints[name]) for name, value in said.items()}
    return kind(**values)


def _required(kind: type) -> Iterator[str]:
    for field in dataclasses.fields(kind):
        if field.default is dataclasses.MISSING:
            yield field.name


def _named(name: str, value: object, hint: object) -> object:
    try:
        return _value(value, hint)
    except (ValueError, KeyError, InvalidOperation) as error:
        raise ValueError(f"{name}: {value!r} is no {_words(hint)}") from error


def _value(value: object, hint: object) -> object:
    """Return `value` as what the hint says; raise ValueError or KeyError if it is not one."""
    if get_origin(hint) in (Union, types.UnionType):
        [inner] = [each for each in get_args(hint) if each is not type(None)]
        return None if value is None else _value(value, inner)
    if get_origin(hint) is tuple:
        return tuple(_value(each, get_args(hint)[0]) for each in as_list(value))
    if hint is Decimal:
        return _decimal(value)
    if hint is time:
        return _time(value)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint[str(value)] if issubclass(hint, IntEnum) else hint(value)
    return _exactly(value, hint)


def _exactly(value: object, hint: object) -> object:
    if type(value) is not hint:
        raise ValueError(value)
    return value


def _decimal(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(value)  # noqa: TRY004 (a fault of data)
    number = Decimal(str(value))  # a float as it was written
    if not number.is_finite():
        raise ValueError(value)
    return number


def _time(value: object) -> time:
    """Read 09:15; 24:00 is the last moment of the day."""
    if not isinstance(value, str):
        raise ValueError(value)  # noqa: TRY004 (without quotes YAML makes a number of it)
    return time.max if value == "24:00" else time.fromisoformat(value)


def _words(hint: object) -> str:
    if hint is time:
        return 'time of day such as "09:15", in quotes'
    if isinstance(hint, type) and issubclass(hint, Enum):
        return f"{hint.__name__}: {', '.join(hint.__members__)}"
    return getattr(hint, "__name__", str(hint))


def _row(said: Mapping[str, object], axes: Mapping[str, frozenset[str]]) -> Row:
    since, until = _date(said, "from"), _date(said, "to") if said.get("to") else None
    if since is None:
        raise ValueError('has no date "from" which it holds: add it')
    if until is not None and until < since:
        raise ValueError(f"ends on {until}, before it begins on {since}: change a date")
    return Row(
        id=_text(said, "id"),
        since=since,
        until=until,
        clause=_text(said, "clause"),
        source=_text(said, "source"),
        label=_label(said),
        cells=_cells(said.get("of"), axes),
        variant=_variant(said),
    )


def _text(said: Mapping[str, object], name: str) -> str:
    value = said.get(name)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"has no {name}: say it")
    return value.strip()


def _date(said: Mapping[str, object], name: str) -> date | None:
    value = said.get(name)
    if value is not None and type(value) is not date:
        raise ValueError(f"{name}: {value!r} is no date such as 2026-07-06")
    return value


def _label(said: Mapping[str, object]) -> Label:
    try:
        return Label(str(said.get("label")))
    except ValueError:
        raise ValueError(f"label: {said.get('label')!r} is none of P, S, G, M") from None


def _variant(said: Mapping[str, object]) -> Variant | None:
    if "choice" not in said and "option" not in said:
        return None
    return Variant(choice=_text(said, "choice"), option=_text(said, "option"))


def _cells(of: object, axes: Mapping[str, frozenset[str]]) -> tuple[Cell, ...]:
    scope = _mapping(of)
    if scope.keys() != axes.keys():
        raise ValueError(f"is of {', '.join(scope)}; this table is of {', '.join(axes)}")
    along = [_along(axis, scope[axis], known) for axis, known in axes.items()]
    return tuple(product(*along))


def _along(axis: str, said: object, known: frozenset[str]) -> list[str]:
    places = [str(place) for place in as_list(said)]
    if unknown := [place for place in places if known and place not in known]:
        raise ValueError(f"{axis}: {', '.join(unknown)} is none of {', '.join(sorted(known))}")
    if not places or len(set(places)) < len(places):
        raise ValueError(f"{axis}: names nothing, or a thing twice")
    return places


def as_list(value: object) -> Sequence[object]:
    """Return what may be written as one thing or as a list of them, as a list."""
    return value if isinstance(value, list | tuple) else [value]


def _mapping(plain: object) -> Mapping[str, object]:
    if not isinstance(plain, Mapping):
        raise ValueError(f"is {plain!r}, not names with values")  # noqa: TRY004 (a fault of data)
    return plain
