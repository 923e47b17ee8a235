"""`callcenter load`: many calls at once against a PBX, and what came of them."""

import asyncio
import signal
import socket
import time
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from callcenter.cli.configured import configured
from callcenter.cli.show import note
from callcenter.domain.clock import BEIJING
from callcenter.load.callers import Caller, demo_callers, read_callers
from callcenter.load.model import Plan, Target
from callcenter.load.plans import PROFILES, mix_of, parse_mix
from callcenter.load.run import Calls, Run
from callcenter.load.sipp import find_sipp
from callcenter.load.switchboard import Counts

CANNOT_RUN: Final = 2


def load(
    profile: Annotated[str, typer.Option(help=f"One of {', '.join(PROFILES)}.")] = "smoke",
    host: Annotated[str | None, typer.Option(help="The PBX; default: ours.")] = None,
    port: Annotated[int | None, typer.Option(help="Its SIP port; default: ours.")] = None,
    number: Annotated[str, typer.Option(help="The number to dial.")] = "4008",
    mix: Annotated[str | None, typer.Option(help="As in buy=3,query=1.")] = None,
    calls: Annotated[int | None, typer.Option(help="Calls at once.")] = None,
    rate: Annotated[float | None, typer.Option(help="New calls per second.")] = None,
    ramp: Annotated[float | None, typer.Option(help="Seconds until that rate.")] = None,
    lasts: Annotated[float | None, typer.Option(help="Seconds until no call begins.")] = None,
    callers: Annotated[Path | None, typer.Option(help="CSV of callers.")] = None,
    seed: Annotated[int | None, typer.Option(help="For the same draws again.")] = None,
) -> None:
    """Place many calls at once, and report what came of them. Exit code 1 if a bar is missed."""
    settings = configured()
    known = PROFILES[profile]
    who = read_callers(callers) if callers else demo_callers(int(time.time()))
    plan = Plan(
        profile=profile,
        target=Target(
            host=host or settings.sip_host, port=port or settings.sip_port, number=number
        ),
        mix=mix_of(parse_mix(mix) if mix else known.mix),
        calls_at_once=calls or known.calls_at_once,
        calls_per_s=rate or known.calls_per_s,
        ramp_s=known.ramp_s if ramp is None else ramp,
        lasts_s=lasts or known.lasts_s,
        callers=len(who),
        seed=seed,
    )
    folder = settings.state_dir / "load" / datetime.now(BEIJING).strftime("%Y-%m-%d-%H%M%S")
    folder.mkdir(parents=True)
    done = asyncio.run(_load(plan, who, folder.resolve()))
    failed = Counter(one.failure for one in done.traces if one.failure)
    by_scenario = Counter(one.scenario for one in done.traces)
    note("")
    note(f"calls {len(done.traces)} {dict(by_scenario)} failed {dict(failed)}")
    peak = max((second.calls_up for second in done.seconds), default=0)
    note(f"peak {peak} placed {len(done.placed)} heard {done.heard} left {done.left}")
    delays = sorted(done.post_dial)
    if delays:
        note(f"post-dial p50 {delays[len(delays) // 2]} p99 {delays[int(len(delays) * 0.99)]}")
    note(f"kit worst lag {done.worst_lag_s:.3f} lasted {done.lasted_s:.1f}")
    if failed:
        raise typer.Exit(1)


async def _load(plan: Plan, callers: Sequence[Caller], folder: Path) -> Calls:
    program = await find_sipp()
    run = Run(plan, callers, host=_own_address(plan.target), folder=folder)
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, run.stop)
    return await run.calls(program, _show)


def _show(counts: Counts, rate: float, orders: int, at: float) -> None:
    if int(at * 4) % 8 == 0:
        note(
            f"{at:6.1f} s  up {counts.up}  set-ups/s {rate:g}  ended {counts.ended}"
            f"  failed {counts.failed}  orders {orders}"
        )


def _own_address(target: Target) -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.connect((target.host, target.port))
        address: str = one.getsockname()[0]
        return address
