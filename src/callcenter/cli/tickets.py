"""The commands about tickets: complaints and voice mail that wait for a person."""

from typing import Annotated, Final

import typer

from callcenter.app import Reports
from callcenter.cli.asking import AsJson, Last, answer_to, show_records
from callcenter.cli.records import Record
from callcenter.cli.show import fail, note, show_json
from callcenter.domain.tickets import Ticket, TicketEvent, TicketNumber, TicketState

_TICKETS: Final = (
    "ticket_number",
    "kind",
    "state",
    "account",
    "caller",
    "call_back",
    "when",
    "seconds",
    "opened",
)

By = Annotated[str, typer.Option(help="Who did it.")]
Result = Annotated[str, typer.Option(help="With which result.")]

tickets_app = typer.Typer(help="Complaints and voice mail.", invoke_without_command=True)


@tickets_app.callback()
def tickets(
    context: typer.Context,
    waiting: Annotated[
        bool, typer.Option("--open", help="Only those that nobody has worked on.")
    ] = False,
    last: Last = 1000,
    as_json: AsJson = False,
) -> None:
    """List tickets, the newest first."""
    if context.invoked_subcommand is not None:
        return

    async def ask(reports: Reports) -> list[Record]:
        state = TicketState.OPEN if waiting else None
        found = await reports.ticket_book.newest(last=last, state=state)
        return [ticket_record(ticket) for ticket in found]

    show_records(answer_to(ask), _TICKETS, as_json)


@tickets_app.command("show")
def show_ticket(number: str, as_json: AsJson = False) -> None:
    """Print one ticket with its recording and its history."""

    async def ask(reports: Reports) -> Record | None:
        ticket = await reports.ticket_book.find(TicketNumber(number))
        if ticket is None:
            return None
        history = await reports.ticket_book.history(ticket.number)
        return {**ticket_record(ticket), "history": [event_record(one) for one in history]}

    ticket = answer_to(ask)
    if ticket is None:
        fail(f"There is no ticket {number}. `callcenter tickets` lists them.")
    if as_json:
        return show_json(ticket)
    for name, value in ticket.items():
        if name != "history":
            note(f"{name:<14} {'' if value is None else value}")
    for event in ticket["history"]:
        note(f"{event['at']:%Y-%m-%d %H:%M:%S}  {event['state']}  {event['by']}  {event['note']}")
    return None


@tickets_app.command("called")
def called_back(number: str, by: By, result: Result) -> None:
    """Write down that somebody has called back."""
    _move(number, TicketState.CALLED_BACK, by, result)


@tickets_app.command("close")
def close_ticket(number: str, by: By, result: Result) -> None:
    """Close a ticket, once."""
    _move(number, TicketState.CLOSED, by, result)


def _move(number: str, state: TicketState, by: str, result: str) -> None:
    if not by.strip() or not result.strip():
        fail("It must be said who did it, and with which result.")

    async def ask(reports: Reports) -> bool:
        named = TicketNumber(number)
        if state is TicketState.CLOSED:
            return await reports.tickets.close(named, by=by, note=result)
        return await reports.tickets.called_back(named, by=by, note=result)

    if not answer_to(ask):
        fail(f"Ticket {number} is closed, or there is none. `callcenter tickets` lists them.")
    note(f"Ticket {number} is {state.value} now.")


def ticket_record(ticket: Ticket) -> Record:
    station = ticket.station
    return {
        "ticket_number": ticket.number,
        "kind": ticket.kind,
        "state": ticket.state,
        "account": ticket.account,
        "caller": station.caller,
        "did": station.did,
        "branch": station.branch,
        "call_id": station.call,
        "call_back": ticket.call_back.number,
        "when": ticket.call_back.when,
        "recording": ticket.recording,
        "seconds": ticket.seconds,
        "opened": ticket.opened_at,
        "updated": ticket.updated_at,
    }


def event_record(event: TicketEvent) -> Record:
    return {"at": event.at, "state": event.state, "by": event.by, "note": event.note}
