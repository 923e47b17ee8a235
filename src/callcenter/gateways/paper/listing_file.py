"""
The file of a securities list: CSV with a head line, in UTF-8 (docs/market-data.md).

Every row is checked, and all that is wrong is told at once.
"""

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Final

from callcenter.domain.securities import Board, Market, Security, SecurityCode, SecurityKind
from callcenter.gateways.paper.initials import initials

BoardOf = Callable[[Market, str], Board | None]  # by the prefix of a code; None: not in the table

_NEEDED: Final = ("market", "code", "name", "previous_close")
_KNOWN: Final = frozenset(
    {
        *_NEEDED,
        "name_en",
        "board",
        "kind",
        "status",
        "listed_on",
        "delisting_from",
        "t0",
        "initials",
    }
)
_STATUSES: Final = frozenset({"normal", "st", "suspended", "suspended-by-broker", "delisting"})
_TRUTHS: Final[Mapping[str, bool]] = {"": False, "no": False, "yes": True}
_ST: Final = re.compile(r"(?:XD|XR|DR)?S?\*?ST")
_CODE: Final = re.compile(r"[0-9]{6}")
_PRICE: Final = re.compile(r"[0-9]{1,8}(\.[0-9]{1,4})?")
_KEYED: Final = re.compile(r"[A-Z0-9]{1,32}")
# An index has no place in the table of boards: nothing in these ranges is traded.
_INDICES: Final[Mapping[Market, str]] = {Market.SH: "000", Market.SZ: "399", Market.BJ: "899"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One security as the list has it."""

    security: Security
    previous_close: Decimal
    initials: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong with a row; line 1 is the head."""

    line: int
    message: str


def read_file(file: Path, board_of: BoardOf) -> tuple[Sequence[Listed], Sequence[Fault]]:
    """Return what the file lists and all that is wrong with it; raise OSError without a file."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            return read(lines, board_of)
    except UnicodeDecodeError as error:
        return (), [Fault(line=1, message=f"not UTF-8: {error.reason} at byte {error.start}")]


def read(lines: Iterator[str], board_of: BoardOf) -> tuple[Sequence[Listed], Sequence[Fault]]:
    """Return what the lines list and all that is wrong with them."""
    rows = csv.DictReader(lines, strict=True)
    listed: dict[str, Listed] = {}
    faults: list[Fault] = []
    try:
        faults += _head_faults(rows.fieldnames)
        for row in () if faults else rows:
            one, wrong = _row(row, board_of)
            if one is not None and one.security.id in listed:
                wrong = [f"{one.security.id} is in the file twice"]
            faults += [Fault(line=rows.line_num, message=message) for message in wrong]
            if one is not None:
                listed[one.security.id] = one
    except csv.Error as error:
        faults.append(Fault(line=rows.line_num, message=f"not CSV: {error}"))
    return list(listed.values()), faults


def _head_faults(columns: Sequence[str] | None) -> Iterator[Fault]:
    found = set(columns or ())
    if missing := [name for name in _NEEDED if name not in found]:
        yield Fault(line=1, message=f"columns are missing: {', '.join(missing)}")
    if unknown := sorted(found - _KNOWN):
        yield Fault(line=1, message=f"columns are unknown: {', '.join(unknown)}")
    if len(found) < len(columns or ()):
        yield Fault(line=1, message="a column is there twice")


def _row(
    row: Mapping[str | None, str | list[str] | None], board_of: BoardOf
) -> tuple[Listed | None, list[str]]:
    """Return the security of a row, or what is wrong with it."""
    if None in row or None in row.values():
        return None, ["it has more or fewer fields than the head"]
    found = {str(name): str(cell).strip() for name, cell in row.items()}
    # PostgreSQL takes no NUL, and nobody can say the others.
    if odd := [name for name, cell in found.items() if not cell.isprintable()]:
        return None, [f"{name} has a character that cannot be printed" for name in odd]
    cells = _Cells(found, board_of)
    listed = cells.listed()
    return (None, cells.faults) if cells.faults else (listed, [])


class _Cells:
    """One row, of which every cell is looked at however many are wrong."""

    def __init__(self, cells: Mapping[str, str], board_of: BoardOf) -> None:
        self._cells = cells
        self._board_of = board_of
        self.faults: list[str] = []

    def listed(self) -> Listed | None:
        market, code = self._market(), self._code()
        name = self._name()
        board = self._board(market, code)
        close = self._price()
        statuses, delisting_from = self._statuses(name)
        listed_on, t0 = self._date("listed_on"), self._truth("t0")
        kind, keyed = self._kind(), self._initials(name)
        if self.faults or market is None or board is None or close is None:
            return None
        return Listed(
            security=Security(
                market=market,
                code=SecurityCode(code),
                name=name,
                name_en=self._cells.get("name_en") or name,
                board=board,
                suspended="suspended" in statuses,
                suspended_by_broker="suspended-by-broker" in statuses,
                st="st" in statuses,
                t0=t0,
                listed_on=listed_on,
                delisting_from=delisting_from,
                kind=kind,
            ),
            previous_close=close,
            initials=keyed,
        )

    def _market(self) -> Market | None:
        try:
            return Market(self._cells["market"])
        except ValueError:
            self._wrong(f"market {self._cells['market']!r} is not SH, SZ or BJ")
            return None

    def _code(self) -> str:
        code = self._cells["code"]
        if not _CODE.fullmatch(code):
            self._wrong(f"code {code!r} has not six digits")
        return code

    def _name(self) -> str:
        if not self._cells["name"]:
            self._wrong("it has no name")
        return self._cells["name"]

    def _board(self, market: Market | None, code: str) -> Board | None:
        """Return the board of the code, which the row may name too, but not otherwise."""
        if market is None or not _CODE.fullmatch(code):
            return None
        derived, told = self._board_of(market, code), self._cells.get("board", "")
        if derived is None and code.startswith(_INDICES[market]):
            derived = Board.INDEX
        if derived is None:
            self._wrong(f"no board has codes like {market}{code}")
        elif told not in ("", derived):
            self._wrong(f"board {told!r}, but {market}{code} is of {derived.value}")
        return derived

    def _price(self) -> Decimal | None:
        text = self._cells["previous_close"]
        if not _PRICE.fullmatch(text) or not Decimal(text):
            self._wrong(f"previous_close {text!r} is not a price")
            return None
        return Decimal(text)

    def _statuses(self, name: str) -> tuple[frozenset[str], date | None]:
        told = frozenset(self._cells.get("status", "").split())
        is_st = bool(_ST.match(name.replace(" ", "")))
        if told and is_st and "st" not in told:
            self._wrong(f"{name} is ST by its name and not by its status")
        found = told or frozenset({"st" if is_st else "normal"})
        if unknown := sorted(found - _STATUSES):
            self._wrong(f"status {' '.join(unknown)} is unknown")
        if "normal" in found and len(found) > 1:
            self._wrong("status normal stands alone")
        since = self._date("delisting_from")
        if ("delisting" in found) != (since is not None):
            self._wrong("status delisting and delisting_from go together")
        return found, since

    def _date(self, column: str) -> date | None:
        text = self._cells.get(column, "")
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            self._wrong(f"{column} {text!r} is not a date like 2026-11-20")
            return None

    def _kind(self) -> SecurityKind:
        text = self._cells.get("kind", "") or SecurityKind.ORDINARY
        if text not in set(SecurityKind):
            self._wrong(f"kind {text!r} is not {', '.join(SecurityKind)}")
            return SecurityKind.ORDINARY
        return SecurityKind(text)

    def _truth(self, column: str) -> bool:
        text = self._cells.get(column, "")
        if text not in _TRUTHS:
            self._wrong(f"{column} {text!r} is not yes or no")
        return _TRUTHS.get(text, False)

    def _initials(self, name: str) -> tuple[str, ...]:
        """Return what the row says, several apart by spaces; else what the name says."""
        told = tuple(self._cells.get("initials", "").split())
        if wrong := [one for one in told if not _KEYED.fullmatch(one)]:
            self._wrong(f"initials {' '.join(wrong)} are not capital letters and digits")
        return told or initials(name)

    def _wrong(self, message: str) -> None:
        self.faults.append(message)
