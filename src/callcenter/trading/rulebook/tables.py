"""All tables of the book, read and checked together."""

import dataclasses
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, get_args, get_type_hints

from callcenter.domain.orders import OrderKind, Side
from callcenter.domain.securities import Board, Market
from callcenter.trading.rulebook import values as v
from callcenter.trading.rulebook.continuity import faults_in_a_day, faults_in_time
from callcenter.trading.rulebook.reading import as_list, read_rule
from callcenter.trading.rulebook.rows import Row, Rule, Table
from callcenter.trading.rulebook.words import Channel, Status

_ANY: Final[frozenset[str]] = frozenset()
_BOARDS: Final = frozenset(Board)
_MARKETS: Final = frozenset(Market)
_SIDES: Final = frozenset(Side)
_STATUS: Final = frozenset(Status)
_AXES: Final[Mapping[str, Mapping[str, frozenset[str]]]] = {
    "codes": {"market": _MARKETS, "prefix": _ANY},
    "names": {"prefix": _ANY},
    "states": {"state": frozenset({"suspended", "suspended-by-broker", "delisting"})},
    "quantities": {"market": _MARKETS, "board": _BOARDS},
    "blocks": {"market": _MARKETS},
    "ticks": {"board": _BOARDS},
    "limits": {"board": _BOARDS, "status": _STATUS},
    "references": {"market": _MARKETS},
    "halts": {"board": _BOARDS, "status": _STATUS},
    "auction_bounds": {"market": _MARKETS},
    "cages": {"board": _BOARDS},
    "kinds": {"market": _MARKETS, "board": _BOARDS, "kind": frozenset(OrderKind)},
    "sessions": {"market": _MARKETS, "board": _BOARDS, "channel": frozenset(Channel)},
    "settlements": {"board": _BOARDS, "turnaround": frozenset({"ordinary", "t0"})},
    "proceeds": {"market": _MARKETS},
    "fees": {"fee": _ANY, "board": _BOARDS, "side": _SIDES},
    "covers": {"side": _SIDES},
    "permissions": {"subject": _ANY},
    "issues": {"market": _MARKETS, "board": _BOARDS},
    "rights": {"market": _MARKETS},
    "open_funds": {"action": frozenset({"subscribe", "redeem"})},
    "reservations": {"market": _MARKETS},
    "transfer_hours": {"bank": _ANY},
    "transfer_limits": {"bank": _ANY, "card": frozenset({"ordinary", "type-2"})},
    "transfer_passwords": {"bank": _ANY, "direction": frozenset({"in", "out"})},
    "transfer_flow": {"direction": frozenset({"in", "out"})},
}


class RuleBookError(ValueError):
    """The files of the rule book are wrong; `faults` names file, row and what to do, each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(["the rule book is wrong:", *faults]))
        self.faults = faults


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    codes: Table[v.CodeRange]
    names: Table[v.NamePrefix]
    states: Table[v.State]
    quantities: Table[v.Quantity]
    blocks: Table[v.Block]
    ticks: Table[v.Tick]
    limits: Table[v.PriceLimit]
    references: Table[v.Reference]
    halts: Table[v.Halt]
    auction_bounds: Table[v.AuctionBound]
    cages: Table[v.Cage]
    kinds: Table[v.KindOfOrder]
    sessions: Table[v.Phase]
    settlements: Table[v.Settlement]
    proceeds: Table[v.Proceeds]
    fees: Table[v.Fee]
    covers: Table[v.Cover]
    permissions: Table[v.Suitability]
    issues: Table[v.Issue]
    rights: Table[v.Rights]
    open_funds: Table[v.OpenFund]
    reservations: Table[v.Reservation]
    transfer_hours: Table[v.TransferHours]
    transfer_limits: Table[v.TransferLimit]
    transfer_passwords: Table[v.TransferPasswords]
    transfer_flow: Table[v.TransferFlow]

    @staticmethod
    def names_of_all() -> tuple[str, ...]:
        return tuple(_AXES)

    def rows(self) -> Iterator[tuple[str, Rule[object]]]:
        """Yield every row that holds under the choices made, with the name of its table."""
        for field in dataclasses.fields(self):
            for rule in getattr(self, field.name).rules:
                yield field.name, rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A question that the sources answer in several ways, and the answer that is used."""

    name: str
    options: tuple[str, ...]
    chosen: str
    why: str


class _Reader:
    """Reads all files, keeps every fault, and complains once."""

    def __init__(self, files: Mapping[str, object], chosen: Mapping[str, str]) -> None:
        self.faults: list[str] = []
        self.choices = {choice.name: choice for choice in self._choices(files, chosen)}
        self._seen: dict[str, str] = {}
        self._rules = {name: list[Rule[Any]]() for name in _AXES}
        for file, content in files.items():
            self._read_file(file, content)

    def tables(self, options: Mapping[str, str]) -> Tables:
        """Return the tables under these options, one per choice."""
        return Tables(
            **{
                name: Table(name, tuple(axes), [r for r in self._rules[name] if _is_on(r, options)])
                for name, axes in _AXES.items()
            }
        )

    def check(self) -> None:
        """Look at each option of each choice, the other choices as they are."""
        chosen = {choice.name: choice.chosen for choice in self.choices.values()}
        worlds = [chosen] + [
            {**chosen, choice.name: option}
            for choice in self.choices.values()
            for option in choice.options
            if option != choice.chosen
        ]
        for options in worlds:
            for fault in _faults(self.tables(options)):
                if fault not in self.faults:
                    self.faults.append(fault)

    def _choices(self, files: Mapping[str, object], chosen: Mapping[str, str]) -> Iterator[Choice]:
        known: set[str] = set()
        for file, content in files.items():
            said = content.get("choices", {}) if isinstance(content, Mapping) else {}
            for name, plain in said.items():
                known.add(name)
                choice = Choice(
                    name=name,
                    options=tuple(map(str, plain["options"])),
                    chosen=str(chosen.get(name, plain["chosen"])),
                    why=str(plain["why"]),
                )
                if choice.chosen not in choice.options:
                    offered = ", ".join(choice.options)
                    self.faults.append(f"{file}: {name}: {choice.chosen} is none of {offered}")
                yield choice
        for name in sorted(chosen.keys() - known):
            self.faults.append(f"{name} is no choice of the book: {', '.join(sorted(known))}")

    def _read_file(self, file: str, content: object) -> None:
        if not isinstance(content, Mapping):
            self.faults.append(f"{file}: holds no tables: give it names of tables with rows")
            return
        for name, rows in content.items():
            if name == "choices" or str(name).startswith("_"):
                continue
            if name not in _AXES:
                self.faults.append(f"{file}: {name} is no table: {', '.join(_AXES)}")
                continue
            for number, plain in enumerate(as_list(rows), start=1):
                self._read_row(file, str(name), number, plain)

    def _read_row(self, file: str, table: str, number: int, plain: object) -> None:
        said = plain.get("id") if isinstance(plain, Mapping) else None
        where = f"{file}: {table}: {said or f'row {number}'}"
        try:
            rule = read_rule(plain, _AXES[table], _kind_of(table))
        except ValueError as error:
            self.faults.append(f"{where}: {error}")
            return
        if rule.row.id in self._seen:
            self.faults.append(f"{where}: {self._seen[rule.row.id]} has this id too: rename one")
        self._seen[rule.row.id] = file
        self._check_variant(where, rule.row)
        self._rules[table].append(rule)

    def _check_variant(self, where: str, row: Row) -> None:
        if row.variant is None:
            return
        choice = self.choices.get(row.variant.choice)
        if choice is None or row.variant.option not in choice.options:
            self.faults.append(f"{where}: {row.variant.choice} has no option {row.variant.option}")


def read(
    files: Mapping[str, object], chosen: Mapping[str, str] | None = None
) -> tuple[Tables, Mapping[str, Choice], str]:
    """
    Return the tables, the choices and the version of the book that these files hold.

    `files` are plain mappings by file name, `chosen` answers choices otherwise than the files do.
    Raise `RuleBookError` with every fault: file, row, and what to do.
    """
    reader = _Reader(files, chosen or {})
    reader.check()
    if reader.faults:
        raise RuleBookError(reader.faults)
    options = {choice.name: choice.chosen for choice in reader.choices.values()}
    return reader.tables(options), reader.choices, _version(files, options)


def _faults(tables: Tables) -> Iterator[str]:
    for field in dataclasses.fields(tables):
        if field.name == "sessions":
            yield from faults_in_a_day(tables.sessions)
        else:
            yield from faults_in_time(getattr(tables, field.name))
    yield from _faults_of_the_tariff(tables.fees)


def _faults_of_the_tariff(fees: Table[v.Fee]) -> Iterator[str]:
    """Yield where the broker's commission is above what the rules allow at that time."""
    for (fee, board, side), rules in fees.cells.items():
        if fee != "commission":
            continue
        for rule in rules:
            ceiling = fees.find(rule.row.since, "commission-ceiling", board, side)
            if ceiling is not None and rule.values.per_cent > ceiling.values.per_cent:
                most = ceiling.values.per_cent
                yield f"{rule.row.id}: {rule.values.per_cent} % is above {most} %: lower it"


def _is_on(rule: Rule[Any], options: Mapping[str, str]) -> bool:
    variant = rule.row.variant
    return variant is None or options.get(variant.choice) == variant.option


def _kind_of(table: str) -> type[Any]:
    [kind] = get_args(get_type_hints(Tables)[table])
    assert isinstance(kind, type)  # noqa: S101 (for the type checker)
    return kind


def _without_notes(content: object) -> object:
    """Leave out what a file keeps for itself: lists that its rows refer to."""
    if not isinstance(content, Mapping):
        return content
    return {str(name): said for name, said in content.items() if not str(name).startswith("_")}


def _version(files: Mapping[str, object], options: Mapping[str, str]) -> str:
    """Return what tells this content from any other: comments and layout do not count."""
    counted = {name: _without_notes(content) for name, content in files.items()}
    content = json.dumps([counted, options], sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()[:12]
