"""The commands about bank transfers (银证转账): read back, and settle what nobody knew."""

from enum import StrEnum
from typing import Annotated, Final

import typer

from callcenter.app import Reports
from callcenter.cli.asking import Account, AsJson, Last, Manual, account_id, answer_to, show_records
from callcenter.cli.records import Record
from callcenter.cli.resolving import By, Why, tell_resolved
from callcenter.domain.refusals import Refusal
from callcenter.domain.requests import RequestNumber
from callcenter.domain.transfers import Difference, Transfer, TransferOutcome, TransferState

_TRANSFERS: Final = (
    "transfer_number",
    "account",
    "bank",
    "direction",
    "amount",
    "state",
    "message",
    "caller",
    "created",
    "updated",
)
_DIFFERENCES: Final = ("day", "request_id", "account", "kind", "ours", "theirs")

transfers_app = typer.Typer(help="Bank transfers.", invoke_without_command=True)


class Ending(StrEnum):
    """What a person can find out about a transfer."""

    DONE = "done"
    REJECTED = "rejected"


@transfers_app.callback()
def transfers(
    context: typer.Context,
    account: Account = None,
    manual: Manual = False,
    last: Last = 1000,
    as_json: AsJson = False,
) -> None:
    """List bank transfers, the newest first."""
    if context.invoked_subcommand is not None:
        return

    async def ask(reports: Reports) -> list[Record]:
        state = TransferState.MANUAL if manual else None
        found = await reports.transfers.newest(last=last, account=account_id(account), state=state)
        return [transfer_record(transfer) for transfer in found]

    show_records(answer_to(ask), _TRANSFERS, as_json)


@transfers_app.command("differences")
def transfer_differences(
    last: Last = 1000,
    as_json: AsJson = False,
) -> None:
    """List where our books and the bank's list of a day disagree, the newest first."""

    async def ask(reports: Reports) -> list[Record]:
        found = await reports.transfers.differences(last=last)
        return [difference_record(difference) for difference in found]

    show_records(answer_to(ask), _DIFFERENCES, as_json)


@transfers_app.command("resolve")
def resolve_transfer(
    number: str,
    outcome: Annotated[Ending, typer.Option(help="What became of it.")],
    by: By,
    why: Why,
) -> None:
    """Write down what a person found out about a transfer that is a task, once."""
    ends = {
        Ending.DONE: TransferOutcome(state=TransferState.DONE),
        Ending.REJECTED: TransferOutcome(
            state=TransferState.REJECTED, message=Refusal.BANK_REFUSED.value
        ),
    }

    async def ask(reports: Reports) -> bool:
        named = RequestNumber(number)
        return await reports.resolve_transfer(named, ends[outcome], by=by, why=why)

    tell_resolved("transfer", number, outcome.value, ask, by=by, why=why)


def transfer_record(transfer: Transfer) -> Record:
    draft, station = transfer.draft, transfer.station
    return {
        "transfer_number": draft.number,
        "request_id": transfer.request_id,
        "account": draft.account,
        "bank": draft.bank,
        "direction": draft.direction,
        "amount": draft.amount,
        "state": transfer.state,
        "message": transfer.outcome.message,
        "call_id": station.call,
        "caller": station.caller,
        "did": station.did,
        "branch": station.branch,
        "trade_date": transfer.trade_date,
        "created": transfer.created_at,
        "updated": transfer.updated_at,
    }


def difference_record(difference: Difference) -> Record:
    return {
        "day": difference.day,
        "request_id": difference.request_id,
        "account": difference.account,
        "kind": difference.kind,
        "ours": difference.ours,
        "theirs": difference.theirs,
    }
