"""How the command line speaks: sentences for people, JSON for machines."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, NoReturn

import typer
from rich.console import Console
from rich.table import Table

from callcenter.domain.clock import BEIJING

# What reads our tables, if not a person, has lines of any length.
_ANY_LENGTH: Final = 10_000


def note(sentence: str) -> None:
    """Tell the person how it goes."""
    typer.echo(sentence)
    sys.stdout.flush()


def fail(sentence: str) -> NoReturn:
    """Say what is wrong and what to do, and leave with exit code 1."""
    typer.echo(sentence, err=True)
    raise typer.Exit(1)


def show_json(value: object) -> None:
    typer.echo(json.dumps(plain(value), ensure_ascii=False, indent=2))


def show_table(rows: Iterable[object], columns: Sequence[str]) -> None:
    """Print some fields of records as a table, as wide as the terminal if there is one."""
    table = Table(*columns, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*("" if cell is None else str(cell) for cell in _cells(row, columns)))
    width = None if sys.stdout.isatty() else _ANY_LENGTH
    Console(width=width, markup=False, emoji=False).print(table)


def plain(value: object) -> Any:
    """Return a value as JSON has it: money as text, so that no digit is lost; Beijing time."""
    match value:
        case Mapping():
            return {str(name): plain(each) for name, each in value.items()}
        case list() | tuple():
            return [plain(each) for each in value]
        case _ if is_dataclass(value) and not isinstance(value, type):
            return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
        case _:
            return _plain_scalar(value)


def _plain_scalar(value: object) -> Any:
    match value:
        case Decimal():
            return str(value)
        case datetime():
            return value.astimezone(BEIJING).isoformat(timespec="milliseconds")
        case date():
            return value.isoformat()
        case _:
            return value


def _cells(row: object, columns: Sequence[str]) -> Iterable[object]:
    record = plain(row)
    return (record[column.replace(" ", "_")] for column in columns)
