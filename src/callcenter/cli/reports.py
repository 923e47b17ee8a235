"""The commands that read back what happened: as a table, or with --json for machines."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Final

import typer

from callcenter.app import AuditReport, Reports
from callcenter.cli import records
from callcenter.cli.asking import Account, Answer, AsJson, Last, account_id, answer_to, show_records
from callcenter.cli.records import Record
from callcenter.cli.show import fail, note, show_json, show_table
from callcenter.domain.accounts import AccountId
from callcenter.domain.calls import CallId
from callcenter.domain.clock import BEIJING
from callcenter.domain.errors import Refused

Caller = Annotated[str | None, typer.Option(help="Only calls from this number.")]
OfAccount = Annotated[str, typer.Option(help="The account.")]

_CALLS: Final = ("call_id", "caller", "did", "account", "answer", "end", "ended")
_ORDERS: Final = (
    "order_number",
    "account",
    "side",
    "security",
    "price",
    "quantity",
    "filled",
    "cancelled",
    "state",
    "message",
    "caller",
    "created",
)
_AUDIT: Final = ("id", "at", "caller", "did", "account", "action", "outcome", "call_id")
_POSITIONS: Final = ("security", "name", "total", "sellable", "frozen")
_MONEY: Final = ("account", "usable", "withdrawable", "frozen", "total")

calls_app = typer.Typer(help="The log of calls.", invoke_without_command=True)
audit_app = typer.Typer(help="The audit trail of caller numbers.", invoke_without_command=True)


@calls_app.callback()
def calls(
    context: typer.Context,
    last: Last = 20,
    caller: Caller = None,
    account: Account = None,
    as_json: AsJson = False,
) -> None:
    """List calls, the newest first."""
    if context.invoked_subcommand is not None:
        return

    async def ask(reports: Reports) -> list[Record]:
        found = await reports.queries.calls(last=last, caller=caller, account=account_id(account))
        return [records.call_record(call) for call in found]

    show_records(answer_to(ask), _CALLS, as_json)


@calls_app.command("show")
def show_call(call_id: str, as_json: AsJson = False) -> None:
    """Print the transcript of a call. Passwords are asterisks."""

    async def ask(reports: Reports) -> Record | None:
        found = await reports.queries.transcript(CallId(call_id))
        return None if found is None else records.transcript_record(found)

    call = answer_to(ask)
    if call is None:
        fail(f"There was no call {call_id}. `callcenter calls` lists them.")
    if as_json:
        return show_json(call)
    for turn in call["turns"]:
        note(f"{turn['at']:%H:%M:%S}  {turn['words']}")
        note(f"          {turn['keys'] or '(silence)'}  {turn['outcome']}")
    return None


def orders(
    account: Account = None,
    call: Annotated[str | None, typer.Option(help="Only orders of this call.")] = None,
    last: Last = 1000,
    as_json: AsJson = False,
) -> None:
    """List orders, the newest first."""

    async def ask(reports: Reports) -> list[Record]:
        call_id = None if call is None else CallId(call)
        found = await reports.queries.orders(last=last, account=account_id(account), call=call_id)
        return [records.order_record(order) for order in found]

    show_records(answer_to(ask), _ORDERS, as_json)


def money(account: OfAccount, as_json: AsJson = False) -> None:
    """Print the balances of an account, as the counter has them."""

    async def ask(reports: Reports) -> Record:
        of = AccountId(account)
        return records.money_record(of, await reports.counter.money(of))

    found = _ask_of(account, ask)
    if as_json:
        return show_json(found)
    return show_table([found], _MONEY)


def positions(account: OfAccount, as_json: AsJson = False) -> None:
    """List the holdings of an account, as the counter has them."""

    async def ask(reports: Reports) -> list[Record]:
        of = AccountId(account)
        await reports.counter.customer(of)  # an unknown account holds nothing either
        held = await reports.counter.positions(of)
        return [records.position_record(of, position) for position in held]

    show_records(_ask_of(account, ask), _POSITIONS, as_json)


@audit_app.callback()
def audit(
    context: typer.Context,
    caller: Caller = None,
    account: Account = None,
    since: Annotated[datetime | None, typer.Option("--from", help="Beijing time.")] = None,
    until: Annotated[datetime | None, typer.Option("--to", help="Beijing time.")] = None,
    as_json: AsJson = False,
) -> None:
    """List who instructed what, from which number, with which outcome; the oldest first."""
    if context.invoked_subcommand is not None:
        return

    async def ask(reports: Reports) -> list[Record]:
        trail = reports.queries.audit(
            caller=caller,
            account=account_id(account),
            since=_in_beijing(since),
            until=_in_beijing(until),
        )
        return [records.audit_record(row) async for row in trail]

    show_records(answer_to(ask), _AUDIT, as_json)


@audit_app.command("verify")
def verify_audit(
    anchor: Annotated[
        str | None,
        typer.Option(help="What `audit anchor` printed earlier: shows that no tail was cut off."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Prove that no row was changed or removed; exit code 1 if one was."""

    async def ask(reports: Reports) -> AuditReport | None:
        try:
            return await reports.verify_audit(anchor)
        except ValueError:
            return None

    found = answer_to(ask)
    if found is None:
        fail(f"{anchor} is no anchor. `callcenter audit anchor` prints one.")
    if as_json:
        show_json(records.verdict_record(found))
    else:
        _tell_verdict(found)
    if not found.intact:
        raise typer.Exit(1)


def _tell_verdict(found: AuditReport) -> None:
    note(f"{found.seals} rows are sealed, {found.unsealed} wait for their seal.")
    for finding in found.findings:
        note(f"{finding.fault}: seal {finding.seal_no}, row {finding.audit_id}")
    note("The trail is intact." if found.intact else "The trail was tampered with.")


@audit_app.command("anchor")
def audit_anchor() -> None:
    """Print the last seal. Keep it elsewhere: `audit verify --anchor` checks against it."""

    async def ask(reports: Reports) -> str:
        return str(await reports.audit_anchor())

    note(answer_to(ask))


def _ask_of(account: str, question: Callable[[Reports], Awaitable[Answer]]) -> Answer:
    try:
        return answer_to(question)
    except Refused:
        fail(f"The counter knows no account {account}.")


def _in_beijing(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=BEIJING)
