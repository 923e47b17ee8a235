"""The commands about fills (成交), and about what the counter and our books do not agree on."""

from typing import Annotated, Final

import typer

from callcenter.app import Reports
from callcenter.cli.asking import Account, AsJson, Last, account_id, answer_to, show_records
from callcenter.cli.records import Record
from callcenter.cli.show import fail, note
from callcenter.trading.orders.ports import OrderFill, SeenDifference

_FILLS: Final = ("order_number", "account", "side", "security", "price", "quantity", "fill", "at")
_DIFFERENCES: Final = ("id", "seen", "what", "order_number", "client_order_id")


def fills(
    account: Account = None,
    last: Last = 1000,
    as_json: AsJson = False,
) -> None:
    """List fills, the newest first."""

    async def ask(reports: Reports) -> list[Record]:
        found = await reports.queries.fills(last=last, account=account_id(account))
        return [fill_record(one) for one in found]

    show_records(answer_to(ask), _FILLS, as_json)


def reconcile(
    show: Annotated[bool, typer.Option("--show", help="List what is not resolved.")] = False,
    resolve: Annotated[int | None, typer.Option(help="The difference that is resolved.")] = None,
    by: Annotated[str, typer.Option(help="Who resolved it.")] = "",
    why: Annotated[str, typer.Option(help="How, or from what.")] = "",
    as_json: AsJson = False,
) -> None:
    """List where the counter and our orders disagree, or write down who resolved one and why."""
    if resolve is not None:
        return _resolve(resolve, by.strip(), why.strip())
    if not show:
        fail("Say what to do: --show, or --resolve ID --by NAME --why TEXT.")

    async def ask(reports: Reports) -> list[Record]:
        return [difference_record(one) for one in await reports.order_book.differences()]

    return show_records(answer_to(ask), _DIFFERENCES, as_json)


def _resolve(difference: int, by: str, why: str) -> None:
    if not by or not why:
        fail("It must be said who resolved it, and why: --by NAME --why TEXT.")

    async def ask(reports: Reports) -> bool:
        return await reports.resolve_difference(difference, by=by, why=why)

    if not answer_to(ask):
        fail(f"There is no open difference {difference}. `callcenter reconcile --show` lists them.")
    note(f"Difference {difference} is resolved.")


def fill_record(one: OrderFill) -> Record:
    draft, fill = one.order.draft, one.fill
    return {
        "fill": fill.key.number,
        "trade_date": fill.key.trade_date,
        "market": fill.key.market,
        "order_number": draft.number,
        "client_order_id": fill.client_id,
        "account": draft.account,
        "security": draft.security.id,
        "name": draft.security.name,
        "side": draft.side,
        "price": fill.price,
        "quantity": fill.quantity,
        "at": fill.at,
    }


def difference_record(seen: SeenDifference) -> Record:
    return {
        "id": seen.id,
        "seen": seen.seen_at,
        "what": seen.difference.what,
        "order_number": seen.difference.number,
        "client_order_id": seen.difference.client_id,
    }
