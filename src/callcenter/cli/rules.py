"""The commands about the rule book: explain a verdict, judge past orders again, print the rows."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Final

import typer

from callcenter.app import Reports, RuleBook, Settings, load_rule_book, open_reports
from callcenter.cli.asking import AsJson, answer_to, show_records
from callcenter.cli.configured import configured
from callcenter.cli.records import Record
from callcenter.cli.rules_records import difference_record, row_records, verdict_record
from callcenter.cli.show import fail, note, show_json
from callcenter.domain.clock import BEIJING, SystemClock, trade_date
from callcenter.domain.errors import CallcenterError
from callcenter.domain.orders import OrderKind, Side
from callcenter.domain.securities import Market, Security, SecurityCode
from callcenter.trading.rulebook.case import OrderFacts
from callcenter.trading.rulebook.replay import replay
from callcenter.trading.rulebook.verdict import Clause, Verdict
from callcenter.trading.rulebook.words import Status

_MOMENTS: Final = ["%Y-%m-%d", "%Y-%m-%dT%H:%M"]
_DAYS: Final = ["%Y-%m-%d"]
_MORNING: Final = 10  # o'clock: a day alone is asked about within its session
_ROWS: Final = ("table", "id", "of", "from", "to", "label", "values", "clause")
_DIFFERENCES: Final = (
    "order_number",
    "trade_date",
    "security",
    "side",
    "price",
    "quantity",
    "then",
    "now",
    "row",
)
Day = Annotated[datetime, typer.Option(formats=_DAYS, help="A day in Beijing.")]

rules_app = typer.Typer(help="The rule book.", no_args_is_help=True)


@rules_app.command("check")
def check(
    security: Annotated[str, typer.Argument(help="Market and code: SH600000.")],
    side: Side,
    price: str,
    quantity: int,
    on: Annotated[
        datetime | None, typer.Option(formats=_MOMENTS, help="Beijing time; now if not told.")
    ] = None,
    held: Annotated[int | None, typer.Option(help="Shares that can be sold.", min=0)] = None,
    previous_close: Annotated[
        str | None, typer.Option(help="Of that day; on an ex-day the ex-right reference.")
    ] = None,
    status: Annotated[Status | None, typer.Option(help="What the security was that day.")] = None,
    kind: Annotated[OrderKind, typer.Option(help="How the price is meant.")] = OrderKind.LIMIT,
    as_json: AsJson = False,
) -> None:
    """Judge an order and explain the verdict clause by clause; exit code 1 if it is refused."""
    settings = configured()
    book, at = _book(settings), _moment(on)
    asked = _security(book, security, at)
    facts = OrderFacts(
        security=replace(asked, st=status is Status.ST),
        side=side,
        price=_price(price),
        quantity=quantity,
        kind=kind,
        reference=None if previous_close is None else _price(previous_close),
        sellable=held,
        status=status,
    )
    if facts.reference is None and trade_date(at) == trade_date(SystemClock().now()):
        facts = replace(facts, reference=_previous_close(settings, asked))
    _tell(book.check(facts, at), facts, as_json)


@rules_app.command("replay")
def replay_orders(
    first: Annotated[datetime, typer.Option("--from", formats=_DAYS, help="First trade date.")],
    last: Annotated[datetime, typer.Option("--to", formats=_DAYS, help="Last trade date.")],
    as_of: Annotated[datetime, typer.Option(formats=_DAYS, help="Whose rules to apply.")],
    as_json: AsJson = False,
) -> None:
    """List past orders that the rules of another day judge differently."""
    book = _book(configured())

    async def ask(reports: Reports) -> tuple[list[Record], int]:
        found, unknown = [], 0
        async for order in reports.queries.orders_of(first.date(), last.date()):
            replayed = replay(book, order, as_of.date())
            unknown += not replayed.knows_the_reference
            if replayed.differs:
                found.append(difference_record(replayed))
        return found, unknown

    found, unknown = answer_to(ask)
    show_records(found, _DIFFERENCES, as_json)
    if unknown and not as_json:
        note(f"{unknown} orders keep no reference price: their price limits were not judged.")


@rules_app.command("show")
def show(
    table: Annotated[str | None, typer.Argument(help="Only this table: limits, fees, …")] = None,
    on: Annotated[
        datetime | None, typer.Option(formats=_DAYS, help="Only what holds on this day.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print the rows, with the choices made where sources contradict each other."""
    book = _book(configured())
    found = row_records(book, table, None if on is None else on.date())
    if not found:
        fail(f"There are no such rows. The tables are {', '.join(book.tables.names_of_all())}.")
    show_records(found, _ROWS, as_json)
    if not as_json:
        for choice in book.choices.values():
            note(f"{choice.name}: {choice.chosen} of {', '.join(choice.options)}. {choice.why}")
        note(f"version {book.version}")


def _book(settings: Settings) -> RuleBook:
    try:
        return load_rule_book(settings.rule_choices)
    except ValueError as error:
        fail(str(error))


def _moment(on: datetime | None) -> datetime:
    if on is None:
        return SystemClock().now()
    told = on.replace(tzinfo=BEIJING)
    return told if on.time() != datetime.min.time() else told.replace(hour=_MORNING)


def _security(book: RuleBook, said: str, at: datetime) -> Security:
    """Return what a code belongs to; the name is unknown, so it is the code."""
    market, code = said[:2].upper(), said[2:]
    if market not in set(Market) or not code.isdigit():
        fail(f"{said} is no security: say market and code, such as SH600000.")
    rule = book.listing(Market(market), code, at)
    if rule is None:
        fail(f"No range of codes has {said} on that day. `callcenter rules show codes` lists them.")
    return Security(
        market=Market(market),
        code=SecurityCode(code),
        name=said,
        name_en=said,
        board=rule.values.board,
    )


def _price(said: str) -> Decimal:
    try:
        return Decimal(said)
    except InvalidOperation:
        fail(f"{said} is no price.")


def _previous_close(settings: Settings, security: Security) -> Decimal | None:
    """Ask the counter; without an answer the limits are not judged, and the verdict says so."""

    async def ask() -> Decimal:
        async with open_reports(settings) as reports:
            return (await reports.counter.quote(security)).previous_close

    try:
        return asyncio.run(ask())
    except CallcenterError:
        return None


def _tell(verdict: Verdict, facts: OrderFacts, as_json: bool) -> None:
    if as_json:
        show_json(verdict_record(verdict, facts))
    else:
        for clause in verdict.clauses:
            for line in _lines(clause):
                note(line)
        refusal = verdict.refusal
        said = "passes" if refusal is None else f"is refused: {refusal.name} ({refusal.value})"
        note(f"The order {said}, by version {verdict.version} at {verdict.at:%Y-%m-%d %H:%M}.")
    if not verdict.passed:
        raise typer.Exit(1)


def _lines(clause: Clause) -> Sequence[str]:
    used = ", ".join(f"{name} {value}" for name, value in clause.used.items())
    why = "" if clause.refusal is None else f"{clause.refusal.name} ({clause.refusal.value}) "
    head = f"{clause.finding:<8} {clause.about:<16} {why}{used}".rstrip()
    sources = [f"{'':25} {row.id} [{row.label}]: {row.clause}; {row.source}" for row in clause.rows]
    return [head, *sources]
