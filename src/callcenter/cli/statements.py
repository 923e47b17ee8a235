"""The commands about statements (对账单): list what was asked for, and save a document."""

from pathlib import Path
from typing import Annotated, Final

import typer

from callcenter.app import Reports
from callcenter.cli.asking import Account, AsJson, Last, account_id, answer_to, show_records
from callcenter.cli.records import Record
from callcenter.cli.show import fail, note
from callcenter.domain.statements import Statement, StatementNumber

_COLUMNS: Final = (
    "statement_number",
    "account",
    "first_day",
    "last_day",
    "channel",
    "fax_number",
    "state",
    "created",
    "made",
)

statements_app = typer.Typer(help="Statements that were asked for.", invoke_without_command=True)


@statements_app.callback()
def statements(
    context: typer.Context,
    account: Account = None,
    last: Last = 1000,
    as_json: AsJson = False,
) -> None:
    """List the statements that customers asked for, the newest first."""
    if context.invoked_subcommand is not None:
        return

    async def ask(reports: Reports) -> list[Record]:
        found = await reports.statements.newest(last=last, account=account_id(account))
        return [statement_record(statement) for statement in found]

    show_records(answer_to(ask), _COLUMNS, as_json)


@statements_app.command("export")
def export_statement(
    number: str,
    to: Annotated[Path, typer.Option(help="The file to write.", dir_okay=False)],
) -> None:
    """Save the PDF of a statement; exit code 1 if it is not made yet."""

    async def ask(reports: Reports) -> bytes | None:
        return await reports.statements.document(StatementNumber(number))

    document = answer_to(ask)
    if document is None:
        fail(
            f"There is no document of statement {number}. `callcenter statements` shows its state."
        )
    try:
        to.write_bytes(document)
    except OSError as error:
        fail(str(error))
    note(f"{to}: {len(document)} bytes")


def statement_record(statement: Statement) -> Record:
    station, delivery = statement.station, statement.delivery
    return {
        "statement_number": statement.number,
        "account": statement.account,
        "first_day": statement.period.first,
        "last_day": statement.period.last,
        "channel": delivery.channel,
        "fax_number": delivery.number,
        "state": statement.state,
        "bytes": statement.size,
        "call_id": station.call,
        "caller": station.caller,
        "did": station.did,
        "branch": station.branch,
        "created": statement.created_at,
        "made": statement.made_at,
    }
