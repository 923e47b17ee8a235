"""What the rule book says of an order: each clause that was looked at, and how it came out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from callcenter.domain.errors import Fact, Refused
from callcenter.domain.refusals import Refusal
from callcenter.trading.rulebook.rows import Row


class Finding(StrEnum):
    PASSED = "passed"
    REFUSED = "refused"
    WARNED = "warned"  # the counter may say no: it knows what we do not
    SKIPPED = "skipped"  # a fact was not told


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """
    One question, its answer, the rows that were applied and the values used.

    `facts` is what the caller of a refusal is told; `used` is what a person needs to follow.
    """

    about: str
    finding: Finding
    rows: tuple[Row, ...] = ()
    refusal: Refusal | None = None
    facts: Mapping[str, Fact] = field(default_factory=dict)
    used: Mapping[str, Fact] = field(default_factory=dict)

    @property
    def refused(self) -> bool:
        return self.finding is Finding.REFUSED


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The clauses in the order of their importance; the first refusal counts."""

    version: str
    at: datetime
    clauses: tuple[Clause, ...]

    @property
    def refusal(self) -> Refusal | None:
        return next((clause.refusal for clause in self.clauses if clause.refused), None)

    @property
    def passed(self) -> bool:
        return self.refusal is None

    @property
    def rows(self) -> tuple[str, ...]:
        """Return the ids of the rows that were applied."""
        return tuple(row.id for clause in self.clauses for row in clause.rows)

    def require(self) -> None:
        """Raise `Refused` with what would be allowed, unless the order passes."""
        for clause in self.clauses:
            if clause.refused and clause.refusal is not None:
                raise Refused(clause.refusal, **clause.facts)


def passed(about: str, *rows: Row, **used: Fact) -> Clause:
    return Clause(about=about, finding=Finding.PASSED, rows=rows, used=used)


def warned(about: str, *rows: Row, **used: Fact) -> Clause:
    return Clause(about=about, finding=Finding.WARNED, rows=rows, used=used)


def skipped(about: str, *rows: Row, **used: Fact) -> Clause:
    return Clause(about=about, finding=Finding.SKIPPED, rows=rows, used=used)


def refused(
    about: str,
    refusal: Refusal,
    *rows: Row,
    facts: Mapping[str, Fact] | None = None,
    used: Mapping[str, Fact] | None = None,
) -> Clause:
    """Return a refusal: `facts` go to whoever asked, `used` explains."""
    return Clause(
        about=about,
        finding=Finding.REFUSED,
        rows=rows,
        refusal=refusal,
        facts=facts or {},
        used={**(facts or {}), **(used or {})},
    )


def unknown(about: str, *, is_known: bool) -> Clause:
    """Return the refusal of what has no row: on that day, or at all, as an index is not traded."""
    return refused(about, Refusal.RULES_MISSING if is_known else Refusal.UNKNOWN_SECURITY)


def judged(about: str, fine: bool, refusal: Refusal, *rows: Row, **used: Fact) -> Clause:
    """Return a clause that passes or refuses, whose refusal needs no facts."""
    return passed(about, *rows, **used) if fine else refused(about, refusal, *rows, used=used)


def allowed(about: str, fine: bool, refusal: Refusal, *rows: Row, **facts: Fact) -> Clause:
    """Return a clause that passes or refuses, whose refusal tells what would be allowed."""
    return passed(about, *rows, **facts) if fine else refused(about, refusal, *rows, facts=facts)
