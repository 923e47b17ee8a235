"""The counter's own book: a line for everything that happened, on disk before it is told."""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

NEW, PARTIAL, FILLED, CANCELLED, PENDING_CANCEL, REJECTED = "0", "1", "2", "4", "6", "8"


@dataclass(slots=True)
class Row:
    """An order as the counter has it."""

    id: str
    fields: dict[str, str]  # as they came, by tag
    refusal: int | None = None
    fills: list[tuple[str, int, str]] = field(default_factory=list)  # number, quantity, price
    cancelled: bool = False
    cancel_id: str | None = None  # of a cancel that is asked for

    @property
    def quantity(self) -> int:
        return int(self.fields["38"])

    @property
    def filled(self) -> int:
        return sum(quantity for _, quantity, _ in self.fills)

    @property
    def status(self) -> str:
        if self.refusal is not None:
            return REJECTED
        if self.cancelled:
            return CANCELLED
        if self.filled == self.quantity:
            return FILLED
        if self.cancel_id is not None:
            return PENDING_CANCEL
        return PARTIAL if self.fills else NEW

    @property
    def is_over(self) -> bool:
        return self.status in (FILLED, CANCELLED, REJECTED)


class Book:
    """Orders by client id. `lines` of the file are the oracle of the tests."""

    def __init__(self, path: Path) -> None:
        self.rows: dict[str, Row] = {}
        for line in lines(path):
            self._apply(**line)
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def write(self, **what: Any) -> Row:
        """Note what happened to an order. The system has it when this returns."""
        os.write(self._file, json.dumps(what).encode() + b"\n")
        return self._apply(**what)

    def _apply(self, *, order: str, **what: Any) -> Row:
        if "fields" in what:
            self.rows[order] = Row(order, what["fields"], what.get("refusal"))
        row = self.rows[order]
        if "fill" in what:
            row.fills.append((what["fill"], what["quantity"], what["price"]))
        row.cancel_id = what.get("asked", row.cancel_id)
        row.cancelled = what.get("cancelled", row.cancelled)
        return row


def lines(path: Path) -> list[dict[str, Any]]:
    """Return what a book says, without a half line that a killed counter left."""
    if not path.exists():
        return []
    whole, _, _ = path.read_bytes().rpartition(b"\n")
    return [json.loads(line) for line in whole.splitlines()]
