"""Examples of the rule book: what is asked, and which row says yes or no."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from callcenter.domain.accounts import Permission
from callcenter.domain.clock import BEIJING
from callcenter.domain.orders import OrderKind, Side
from callcenter.domain.refusals import Refusal
from callcenter.domain.securities import Board, Market, Security, SecurityCode
from callcenter.trading.rulebook.book import RuleBook
from callcenter.trading.rulebook.case import LiveBook, OrderFacts
from callcenter.trading.rulebook.rows import Table
from callcenter.trading.rulebook.transfers import TransferFacts
from callcenter.trading.rulebook.values import (
    AuctionBound,
    Block,
    CodeRange,
    Fee,
    Halt,
    Issue,
    NamePrefix,
    OpenFund,
    Proceeds,
    Reference,
    Reservation,
    Rights,
    Suitability,
)
from callcenter.trading.rulebook.verdict import Clause
from callcenter.trading.rulebook.words import Status
from tests import rules

Ask = Callable[[], Iterable[Clause]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    row: str
    ask: Ask
    refusal: Refusal | None = None
    warns: bool = False
    without: bool = False  # the row takes a rule away: this is what is refused without it

    @property
    def accepts(self) -> bool:
        return self.refusal is None and not self.warns


def yes(row: str, *asks: Ask) -> list[Example]:
    return [Example(row=row, ask=ask) for ask in asks]


def no(row: str, refusal: Refusal, *asks: Ask) -> list[Example]:
    return [Example(row=row, ask=ask, refusal=refusal) for ask in asks]


def without(row: str, refusal: Refusal, *asks: Ask) -> list[Example]:
    return [Example(row=row, ask=ask, refusal=refusal, without=True) for ask in asks]


def warning(row: str, *asks: Ask) -> list[Example]:
    return [Example(row=row, ask=ask, warns=True) for ask in asks]


def moment(text: str) -> datetime:
    """Read "2026-07-06 10:00" in Beijing; a day alone is its morning."""
    return datetime.fromisoformat(text if " " in text else f"{text} 10:00").replace(tzinfo=BEIJING)


def listed(security_id: str, at: datetime, **flags: Any) -> Security:
    """Return the security that a code of the book's ranges is."""
    market, code = Market(security_id[:2]), SecurityCode(security_id[2:])
    if "board" not in flags:
        rule = rules.book().listing(market, code, moment("2026-11-20"))
        assert rule is not None, security_id
        flags["board"] = rule.values.board
    return Security(market=market, code=code, name="某证券", name_en="A security", **flags)


def order(
    at: str,
    security_id: str,
    what: str = "buy 100 at 10.00",
    *,
    close: str | None = None,
    status: Status | None = None,
    may: Iterable[Permission] | None = None,
    kind: OrderKind = OrderKind.LIMIT,
    live: str | None = None,
    usable: str | None = None,
    issue_price: str | None = None,
    choose: dict[str, str] | None = None,
    hours: bool = True,
    facts: dict[str, Any] | None = None,
    **flags: Any,
) -> Ask:
    """Ask for the verdict on an order such as `buy 100 at 10.00`; `live` is "bid ask"."""
    side, quantity, _, price = what.split()
    when = moment(at)

    def ask() -> Iterable[Clause]:
        wanted = OrderFacts(
            security=listed(security_id, when, **flags),
            side=Side(side),
            price=Decimal(price),
            quantity=int(quantity),
            kind=kind,
            reference=_yuan(close),
            status=status,
            permissions=None if may is None else frozenset(may),
            live=_live(live),
            usable=_yuan(usable),
            issue_price=_yuan(issue_price),
            **(facts or {}),
        )
        return chosen(choose).check(wanted, when, by_the_clock=hours).clauses

    return ask


def cancel(at: str, security_id: str, choose: dict[str, str] | None = None, **flags: Any) -> Ask:
    kind = flags.pop("kind", OrderKind.LIMIT)
    when = moment(at)
    return lambda: (
        chosen(choose).check_cancel(listed(security_id, when, **flags), when, kind).clauses
    )


def listing(at: str, security_id: str, board: Board) -> Ask:
    when = moment(at)
    return lambda: rules.book().check_listing(listed(security_id, when, board=board), when).clauses


def transfer(at: str, what: str, choose: dict[str, str] | None = None, **facts: Any) -> Ask:
    """Ask for the verdict on a transfer such as `in 5000 ICBC`."""
    direction, amount, bank = what.split()
    wanted = TransferFacts(bank=bank, direction=direction, amount=Decimal(amount), **facts)
    return lambda: chosen(choose).check_transfer(wanted, moment(at)).clauses


def by_row(
    table: Callable[[RuleBook], Table[Any]],
    at: str,
    cell: str,
    judge: Callable[[Any], Clause | Iterable[Clause]],
    choose: dict[str, str] | None = None,
) -> Ask:
    """Ask a check that is given its row: the one of this cell on that day."""

    def ask() -> Iterable[Clause]:
        rule = table(chosen(choose)).find(moment(at).date(), *cell.split())
        assert rule is not None, f"no row of {cell} on {at}"
        found = judge(rule)
        return [found] if isinstance(found, Clause) else list(found)

    return ask


def chosen(choices: dict[str, str] | None) -> RuleBook:
    return rules.book(**(choices or {}))


def _yuan(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _live(text: str | None) -> LiveBook | None:
    if text is None:
        return None
    bid, ask = (None if each == "-" else Decimal(each) for each in text.split())
    return LiveBook(bid=bid, ask=ask)


# The tables of checks that are given their row.
def codes(book: RuleBook) -> Table[CodeRange]:
    return book.tables.codes


def names(book: RuleBook) -> Table[NamePrefix]:
    return book.tables.names


def blocks(book: RuleBook) -> Table[Block]:
    return book.tables.blocks


def references(book: RuleBook) -> Table[Reference]:
    return book.tables.references


def halts(book: RuleBook) -> Table[Halt]:
    return book.tables.halts


def auction_bounds(book: RuleBook) -> Table[AuctionBound]:
    return book.tables.auction_bounds


def proceeds(book: RuleBook) -> Table[Proceeds]:
    return book.tables.proceeds


def fees(book: RuleBook) -> Table[Fee]:
    return book.tables.fees


def permissions(book: RuleBook) -> Table[Suitability]:
    return book.tables.permissions


def issues(book: RuleBook) -> Table[Issue]:
    return book.tables.issues


def rights(book: RuleBook) -> Table[Rights]:
    return book.tables.rights


def open_funds(book: RuleBook) -> Table[OpenFund]:
    return book.tables.open_funds


def reservations(book: RuleBook) -> Table[Reservation]:
    return book.tables.reservations


def all_ids() -> Sequence[str]:
    """Return the id of every row of every file, those of options that are not chosen too."""
    return [
        row["id"]
        for content in rules.files().values()
        for table, rows in content.items()
        if table != "choices" and not table.startswith("_")
        for row in rows
    ]
