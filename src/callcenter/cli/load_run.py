"""A load run from the terminal: what was asked for is checked, run, counted and told."""

import asyncio
import signal
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import typer
import uvloop
from rich.console import Console

from callcenter.app import Settings, open_reports
from callcenter.cli.load_progress import Progress
from callcenter.cli.load_watch import watch
from callcenter.cli.show import note
from callcenter.domain.clock import BEIJING
from callcenter.domain.errors import CallcenterError
from callcenter.domain.orders import Order
from callcenter.load import checks
from callcenter.load.callers import BadCallers, Caller, demo_callers, read_callers
from callcenter.load.model import Bars, LoadResult, Orders, Plan, Target, Wire
from callcenter.load.orders import compared, counted
from callcenter.load.plans import BadPlan, mix_of, parse_mix, profile_named
from callcenter.load.result import result_of
from callcenter.load.run import Calls, Run
from callcenter.load.sipp import SippError, find_sipp
from callcenter.load.watch.watching import Watch
from callcenter.load.watched import Watched
from callcenter.load.wire.capture import CannotCapture, Capture, interface_to
from callcenter.load.wire.filter import Ports

MET, MISSED, CANNOT_RUN = 0, 1, 2
_SETTLES_S: Final = 5.0  # an order of somebody who hung up at once is still on its way
_LEFT_BEHIND_S: Final = 5.0  # what calls leave behind shows after them
_ANY_RTP: Final = (10_000, 33_998)  # below the ports of the telephones
_CAPTURED_AT_ONCE: Final = 128  # of more calls a sample is captured, which costs the machine less
_DRAWS: Final = ("jinja2", "matplotlib")  # an extra of the package
_RESERVED_AHEAD: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What was typed; None is what the profile, or our own installation, says."""

    profile: str
    host: str | None
    port: int | None
    number: str
    mix: str | None
    calls: int | None
    rate: float | None
    ramp: float | None
    lasts: float | None
    pace: float
    callers: Path | None
    seed: int | None
    bars: Bars
    compare: bool | None
    out: Path | None

    @property
    def is_ours(self) -> bool:
        return self.host is None and self.port is None


def run(settings: Settings, wanted: Wanted) -> int:
    """Return the exit code."""
    try:
        callers = read_callers(wanted.callers) if wanted.callers else demo_callers(int(time.time()))
        plan = _plan(settings, wanted, len(callers))
        _check(settings, wanted, plan)
        folder = _folder(settings, wanted)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            result = runner.run(_run(settings, wanted, plan, callers, folder))
    except (BadPlan, BadCallers, checks.CannotRun, SippError) as error:
        typer.echo(str(error), err=True)
        return CANNOT_RUN
    _tell(result)
    note(f"Report    {_written_down(result, folder)}")
    return MET if result.met else MISSED


def _plan(settings: Settings, wanted: Wanted, callers: int) -> Plan:
    known = profile_named(wanted.profile)
    host, port = wanted.host or settings.sip_host, wanted.port or settings.sip_port
    return Plan(
        profile=wanted.profile,
        target=checks.address_of(Target(host=host, port=port, number=wanted.number)),
        mix=mix_of(parse_mix(wanted.mix) if wanted.mix else known.mix),
        calls_at_once=wanted.calls or known.calls_at_once,
        calls_per_s=wanted.rate or known.calls_per_s,
        ramp_s=known.ramp_s if wanted.ramp is None else wanted.ramp,
        lasts_s=wanted.lasts or known.lasts_s,
        callers=callers,
        pace=wanted.pace,
        bars=wanted.bars,
        seed=wanted.seed,
    )


def _check(settings: Settings, wanted: Wanted, plan: Plan) -> None:
    checks.check_callers(plan)
    checks.raise_file_limit(plan)
    if wanted.is_ours:
        checks.check_rtp_ports(plan, settings.rtp_first, settings.rtp_last)
    checks.check_answers(plan.target, checks.own_address(plan.target))


def _folder(settings: Settings, wanted: Wanted) -> Path:
    began = datetime.now(BEIJING).strftime("%Y-%m-%d-%H%M%S")
    folder = wanted.out or settings.state_dir / "load" / began
    folder.mkdir(parents=True, exist_ok=True)
    return folder.resolve()


async def _run(
    settings: Settings, wanted: Wanted, plan: Plan, callers: Sequence[Caller], folder: Path
) -> LoadResult:
    program = await find_sipp()
    note(f"Calling {plan.target}: {plan.profile}, Ctrl-C ends it and still reports")
    calling = Run(plan, callers, host=checks.own_address(plan.target), folder=folder)
    loop = asyncio.get_running_loop()
    for ending in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(ending, calling.stop)
    notes: list[str] = []
    async with AsyncExitStack() as beside:
        capture = await _capture(settings, wanted, plan, folder, notes)
        if capture is not None:
            await beside.enter_async_context(capture)
        watched: Watch | None = None
        if wanted.is_ours:
            beside_us = capture.pid if capture else None
            watched = await beside.enter_async_context(watch(settings, calling, beside_us, notes))
        with Progress(plan, Console()).shown() as progress:
            calls = await calling.calls(program, progress)
        if watched is not None:
            await asyncio.sleep(_LEFT_BEHIND_S)
        wire = await _wire(capture, calls)
    compare = wanted.is_ours if wanted.compare is None else wanted.compare
    orders, about_orders = await _orders(settings if compare else None, calls, callers)
    return result_of(
        plan,
        calls,
        orders=orders,
        wire=wire,
        watched=watched.seen if watched else Watched(),
        notes=[*notes, *(watched.notes if watched else ()), *about_orders],
    )


async def _capture(
    settings: Settings, wanted: Wanted, plan: Plan, folder: Path, notes: list[str]
) -> Capture | None:
    """Begin to capture, if we may."""
    try:
        interface = interface_to(plan.target.host)
        first, last = (settings.rtp_first, settings.rtp_last) if wanted.is_ours else _ANY_RTP
        ports = Ports(first=first, last=last, one_in=_one_in(plan.calls_at_once))
        return await Capture.start(interface, ports, folder / "wire.packets")
    except CannotCapture as error:
        notes.append(f"Nothing is known of the wire: {error}.")
        return None


def _one_in(calls_at_once: int) -> int:
    """Return of how many calls one is captured: a power of two."""
    one_in = 1
    while calls_at_once / one_in > _CAPTURED_AT_ONCE:
        one_in *= 2
    return one_in


async def _wire(capture: Capture | None, calls: Calls) -> Wire | None:
    if capture is None:
        return None
    await capture.stop()
    return await capture.analyse(calls.traces, calls.began)


async def _orders(
    settings: Settings | None, calls: Calls, callers: Sequence[Caller]
) -> tuple[Orders, Sequence[str]]:
    """Return the counts, and why orders were not compared if they were not."""
    if settings is None:
        return counted(calls), ["Orders were not looked up: the PBX is not ours (see --compare)."]
    try:
        return await _compared(settings, calls, {caller.account for caller in callers}), []
    except CallcenterError as error:
        return counted(calls), [f"Orders were not looked up: {error}."]


async def _compared(settings: Settings, calls: Calls, accounts: set[str]) -> Orders:
    """Compare with the record, once it has all that was confirmed or will not have it."""
    deadline = time.monotonic() + _SETTLES_S
    while True:
        orders = compared(calls, await _in_record(settings, accounts, calls.began))
        if orders.agree or time.monotonic() > deadline:
            return orders
        await asyncio.sleep(1.0)


async def _in_record(settings: Settings, accounts: set[str], since: datetime) -> Sequence[Order]:
    async with open_reports(settings) as reports:
        days = since.date(), since.date() + _RESERVED_AHEAD
        return [
            order
            async for order in reports.queries.orders_of(*days)
            if order.created_at >= since and order.draft.account in accounts
        ]


def _written_down(result: LoadResult, folder: Path) -> Path:
    """Write the result and, where plots can be drawn, the report; return what to open."""
    if all(find_spec(name) for name in _DRAWS):
        from callcenter.load.report import write

        return write(result, folder)
    note("Note      No page was drawn: that needs the packages of callcenter[load].")
    data = folder / "result.json"
    data.write_text(result.to_json(), encoding="utf-8")
    return data


def _tell(result: LoadResult) -> None:
    peak = max((second.calls_up for second in result.seconds), default=0)
    fastest = max((second.answered for second in result.seconds), default=0)
    note(f"Calls     {result.attempted}, at most {peak} at once, {fastest} set up in a second")
    for one in result.scenarios:
        note(f"          {one.scenario}: {one.succeeded} of {one.attempted}")
        for cause, count in one.failures.items():
            note(f"            {count} failed: {cause}")
    for verdict in result.verdicts:
        word = {True: "met", False: "MISSED", None: "?"}[verdict.met]
        note(f"{word:<9} {verdict.name}: {verdict.measured} ({verdict.bar})")
    for sentence in result.notes:
        note(f"Note      {sentence}")
