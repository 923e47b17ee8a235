"""`callcenter paper …`: the counter to practise with."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Final, TypeVar

import typer

from callcenter.app import open_paper
from callcenter.cli.configured import configured
from callcenter.cli.show import fail, note, show_json, show_table
from callcenter.domain.accounts import AccountId
from callcenter.domain.clock import BEIJING
from callcenter.domain.errors import CounterUnavailable
from callcenter.domain.refusals import Refusal
from callcenter.gateways.paper.desk import Desk, Status
from callcenter.gateways.paper.faults import EVERYONE, NO_FAULTS, Faults
from callcenter.gateways.paper.sessions import ClockMode

Answer = TypeVar("Answer")
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
_FINDING: Final = ("what", "of", "kept", "due")
_FREE: Final = "free"
_YEARS: Final = range(1990, 2101)

paper_app = typer.Typer(help="The paper counter, to practise with.", no_args_is_help=True)


@paper_app.command("status")
def paper_status(as_json: AsJson = False) -> None:
    """Tell the counter's own time, its orders and fills of that day, and its faults."""
    status = _ask(Desk.status)
    record = _record(status)
    if as_json:
        return show_json(record)
    note(f"time     {status.moment.at:%Y-%m-%d %H:%M:%S} ({record['phase']})")
    note(f"settled  {status.settled or 'never'}")
    note(f"orders   {status.orders}, {status.open_orders} open; fills {status.fills}")
    for account, faults in status.faults.items():
        note(f"fault    {account}: {_said(faults)}")
    return None


@paper_app.command()
def settle(
    day: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The day; today without it."),
    ] = None,
) -> None:
    """Roll the day: orders expire, shares become sellable, proceeds withdrawable."""
    expired = _ask(lambda desk: _settle(desk, None if day is None else day.date()))
    if expired is None:
        note("That day was settled before.")
    else:
        note(f"Settled; {expired} orders expired.")


@paper_app.command("audit")
def paper_audit(as_json: AsJson = False) -> None:
    """Prove money and shares to the fen; exit code 1 if something is wrong."""
    findings = _ask(Desk.audit)
    if as_json:
        show_json(findings)
    elif findings:
        show_table(findings, _FINDING)
    else:
        note("All money and all shares are where they must be.")
    if findings:
        raise typer.Exit(1)


@paper_app.command()
def clock(
    to: Annotated[
        str,
        typer.Argument(
            help="always-open, calendar, a time at which it stands still (2026-11-20T10:00), "
            "or free: what the setting says."
        ),
    ],
) -> None:
    """Set the counter's clock, for the daemon too."""
    if to == _FREE:
        return _ask(Desk.free_clock)
    if to in {ClockMode.ALWAYS_OPEN, ClockMode.CALENDAR}:
        return _ask(lambda desk: desk.set_clock(ClockMode(to)))
    try:
        at = datetime.fromisoformat(to)
    except ValueError:
        fail(f"{to} is neither a mode nor a time.")
    if at.year not in _YEARS:
        fail(f"{to} is not within {_YEARS.start} and {_YEARS[-1]}.")
    at = at if at.tzinfo else at.replace(tzinfo=BEIJING)
    return _ask(lambda desk: desk.set_clock(ClockMode.SET, at))


@paper_app.command()
def fault(
    account: Annotated[str, typer.Option(help="Whose; * is everyone without own ones.")] = EVERYONE,
    before_s: Annotated[float, typer.Option(help="Orders are booked so late.", min=0)] = 0.0,
    after_s: Annotated[float, typer.Option(help="Answers come so late.", min=0)] = 0.0,
    silent: Annotated[bool, typer.Option("--silent", help="Orders never arrive.")] = False,
    rejects: Annotated[
        int | None, typer.Option(help="Orders are refused with this message number.")
    ] = None,
    cancel_s: Annotated[float, typer.Option(help="Cancels work so late.", min=0)] = 0.0,
    cancel_silent: Annotated[
        bool, typer.Option("--cancel-silent", help="Cancels never arrive.")
    ] = False,
    cancel_rejects: Annotated[
        int | None, typer.Option(help="Cancels are refused with this message number.")
    ] = None,
    events_s: Annotated[float, typer.Option(help="Events come so late.", min=0)] = 0.0,
    events_twice: Annotated[bool, typer.Option("--events-twice", help="Events repeat.")] = False,
    fills_first: Annotated[
        bool, typer.Option("--fills-first", help="Fills are told before their order.")
    ] = False,
    clear: Annotated[bool, typer.Option("--clear", help="End all faults.")] = False,
) -> None:
    """Let something go wrong, in place of what went wrong before for that account."""
    if clear:
        return _ask(lambda desk: desk.clear_faults(None))
    faults = Faults(
        before_s=before_s,
        after_s=after_s,
        silent=silent,
        rejects=_refusal(rejects),
        cancel_s=cancel_s,
        cancel_silent=cancel_silent,
        cancel_rejects=_refusal(cancel_rejects),
        events_s=events_s,
        events_twice=events_twice,
        fills_first=fills_first,
    )
    return _ask(lambda desk: desk.set_faults(AccountId(account), faults))


def _refusal(number: int | None) -> Refusal | None:
    try:
        return None if number is None else Refusal(number)
    except ValueError:
        fail(f"There is no message number {number}. docs/runbook.md lists them.")


def _record(status: Status) -> dict[str, object]:
    return {
        "time": status.moment.at,
        "phase": status.moment.phase.name.lower().replace("_", "-"),
        "settled": status.settled,
        "orders": status.orders,
        "open_orders": status.open_orders,
        "fills": status.fills,
        "faults": {account: _changed(faults) for account, faults in status.faults.items()},
    }


def _changed(faults: Faults) -> dict[str, object]:
    usual = asdict(NO_FAULTS)
    return {name: value for name, value in asdict(faults).items() if value != usual[name]}


def _said(faults: Faults) -> str:
    return ", ".join(f"{name}={value}" for name, value in _changed(faults).items()) or "none"


async def _settle(desk: Desk, day: date | None) -> int | None:
    """Roll no day that has not begun: those up to it could never be rolled any more."""
    today = (await desk.status()).moment.day
    if day is not None and day > today:
        fail(f"{day} has not begun yet: the counter has {today}.")
    return await desk.settle(day)


def _ask(question: Callable[[Desk], Awaitable[Answer]]) -> Answer:
    settings = configured()

    async def ask() -> Answer:
        async with open_paper(settings) as desk:
            return await question(desk)

    try:
        return asyncio.run(ask())
    except CounterUnavailable as error:
        fail(f"{error}. See `callcenter status`.")
