"""The command about applications for issues and open-end funds."""

from typing import Annotated, Final

import typer

from callcenter.app import Reports
from callcenter.cli.asking import Account, AsJson, account_id, answer_to, show_records
from callcenter.cli.records import Record
from callcenter.domain.applications import Application

_APPLICATIONS: Final = (
    "application_number",
    "account",
    "kind",
    "security",
    "quantity",
    "state",
    "message",
    "shares",
    "amount",
    "price",
    "caller",
    "created",
    "updated",
)


def applications(
    account: Account = None,
    last: Annotated[int, typer.Option(help="How many.", min=1)] = 1000,
    as_json: AsJson = False,
) -> None:
    """List applications for new shares, rights and funds, the newest first."""

    async def ask(reports: Reports) -> list[Record]:
        found = await reports.applications.newest(last=last, account=account_id(account))
        return [application_record(application) for application in found]

    show_records(answer_to(ask), _APPLICATIONS, as_json)


def application_record(application: Application) -> Record:
    draft, outcome, station = application.draft, application.outcome, application.station
    return {
        "application_number": draft.number,
        "request_id": application.request_id,
        "account": draft.account,
        "kind": draft.kind,
        "security": f"{draft.market or ''}{draft.code}",
        "quantity": draft.quantity,
        "state": outcome.state,
        "message": outcome.message,
        "shares": outcome.shares,
        "amount": outcome.amount,
        "price": outcome.price,
        "call_id": station.call,
        "caller": station.caller,
        "did": station.did,
        "branch": station.branch,
        "trade_date": application.trade_date,
        "created": application.created_at,
        "updated": application.updated_at,
    }
