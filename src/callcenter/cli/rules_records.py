"""The records of the rule book that the commands print."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time
from enum import Enum

from callcenter.app import RuleBook
from callcenter.cli.records import Record
from callcenter.domain.refusals import Refusal
from callcenter.trading.rulebook.case import OrderFacts
from callcenter.trading.rulebook.replay import Replayed
from callcenter.trading.rulebook.rows import Cell, Row, Rule
from callcenter.trading.rulebook.verdict import Clause, Verdict


def verdict_record(verdict: Verdict, facts: OrderFacts) -> Record:
    return {
        "security": facts.security.id,
        "board": facts.security.board,
        "side": facts.side,
        "kind": facts.kind,
        "price": facts.price,
        "quantity": facts.quantity,
        "at": verdict.at,
        "version": verdict.version,
        "passed": verdict.passed,
        "message": verdict.refusal,
        "refusal": None if verdict.refusal is None else verdict.refusal.name,
        "clauses": [_clause_record(clause) for clause in verdict.clauses],
    }


def _clause_record(clause: Clause) -> Record:
    return {
        "about": clause.about,
        "finding": clause.finding,
        "message": clause.refusal,
        "refusal": None if clause.refusal is None else clause.refusal.name,
        "used": dict(clause.used),
        "rows": [_row_record(row) for row in clause.rows],
    }


def _row_record(row: Row) -> Record:
    return {
        "id": row.id,
        "from": row.since,
        "to": row.until,
        "clause": row.clause,
        "source": row.source,
        "label": row.label,
    }


def difference_record(replayed: Replayed) -> Record:
    order = replayed.order
    return {
        "order_number": order.draft.number,
        "trade_date": order.trade_date,
        "account": order.draft.account,
        "security": order.draft.security.id,
        "name": order.draft.security.name,
        "side": order.draft.side,
        "price": order.draft.price,
        "quantity": order.draft.quantity,
        "then": _reason(replayed.then.refusal),
        "now": _reason(replayed.now.refusal),
        "row": replayed.row,
        "rules": order.rules,
    }


def _reason(refusal: Refusal | None) -> str:
    return "passes" if refusal is None else f"{refusal.name} ({refusal.value})"


def row_records(book: RuleBook, table: str | None, on: date | None) -> Sequence[Record]:
    """Return the rows that hold under the choices made: of a table, of a day."""
    return [
        {
            "table": name,
            **_row_record(rule.row),
            "of": _scope(rule.row.cells),
            "values": _values(rule),
        }
        for name, rule in book.tables.rows()
        if table in (None, name) and (on is None or rule.row.holds(on))
    ]


def _scope(cells: Iterable[Cell]) -> str:
    """Write the cells as they were in the file: what varies along an axis, by comma."""
    axes = zip(*cells, strict=True)
    return " / ".join(", ".join(dict.fromkeys(places)) for places in axes)


def _values(rule: Rule[object]) -> str:
    values = rule.values
    assert dataclasses.is_dataclass(values)  # noqa: S101 (for the type checker)
    said: Mapping[str, object] = {
        field.name: getattr(values, field.name) for field in dataclasses.fields(values)
    }
    return ", ".join(f"{name} {_plain(value)}" for name, value in said.items())


def _plain(value: object) -> str:
    match value:
        case tuple():
            return " ".join(_plain(each) for each in value) or "none"
        case Refusal():
            return value.name
        case Enum():
            return str(value.value)
        case time():
            return f"{value:%H:%M}" if value != time.max else "24:00"
        case None:
            return "none"
        case _:
            return str(value)
