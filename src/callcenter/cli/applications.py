"""The commands about applications for issues and open-end funds."""

from enum import StrEnum
from typing import Annotated, Final

import typer

from callcenter.app import Reports
from callcenter.cli.asking import Account, AsJson, Last, Manual, account_id, answer_to, show_records
from callcenter.cli.records import Record
from callcenter.cli.resolving import By, Why, tell_resolved
from callcenter.domain.applications import Application, ApplicationOutcome, ApplicationState
from callcenter.domain.refusals import Refusal
from callcenter.domain.requests import RequestNumber

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

applications_app = typer.Typer(
    help="Applications for new shares, rights and funds.", invoke_without_command=True
)


class Ending(StrEnum):
    """What a person can find out about an application."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"


@applications_app.callback()
def applications(
    context: typer.Context,
    account: Account = None,
    manual: Manual = False,
    last: Last = 1000,
    as_json: AsJson = False,
) -> None:
    """List applications for new shares, rights and funds, the newest first."""
    if context.invoked_subcommand is not None:
        return

    async def ask(reports: Reports) -> list[Record]:
        state = ApplicationState.MANUAL if manual else None
        of = account_id(account)
        found = await reports.applications.newest(last=last, account=of, state=state)
        return [application_record(application) for application in found]

    show_records(answer_to(ask), _APPLICATIONS, as_json)


@applications_app.command("resolve")
def resolve_application(
    number: str,
    outcome: Annotated[Ending, typer.Option(help="What became of it.")],
    by: By,
    why: Why,
) -> None:
    """Write down what a person found out about an application that is a task, once."""
    ends = {
        Ending.ACCEPTED: ApplicationOutcome(state=ApplicationState.ACCEPTED),
        Ending.REJECTED: ApplicationOutcome(
            state=ApplicationState.REJECTED, message=Refusal.COUNTER_REFUSED.value
        ),
    }

    async def ask(reports: Reports) -> bool:
        named = RequestNumber(number)
        return await reports.resolve_application(named, ends[outcome], by=by, why=why)

    tell_resolved("application", number, outcome.value, ask, by=by, why=why)


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
