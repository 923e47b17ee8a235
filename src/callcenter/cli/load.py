"""`callcenter load`: many calls at once against a PBX, and what came of them."""

from pathlib import Path
from typing import Annotated

import typer

from callcenter.cli.configured import configured

_Mix = Annotated[str | None, typer.Option(help="Scenarios and weights, as in buy=3,query=1.")]
_Callers = Annotated[
    Path | None, typer.Option(help="CSV of callers; without it, the demo's load accounts.")
]
_Compare = Annotated[
    bool | None,
    typer.Option(help="Look the orders up in our database. Without it: if the PBX is ours."),
]


def load(
    profile: Annotated[str, typer.Option(help="smoke, day, crowd, set-ups or soak.")] = "smoke",
    host: Annotated[str | None, typer.Option(help="The PBX. Without it: ours.")] = None,
    port: Annotated[int | None, typer.Option(help="Its SIP port.")] = None,
    number: Annotated[str, typer.Option(help="The number to dial.")] = "4008",
    mix: _Mix = None,
    calls: Annotated[int | None, typer.Option(min=1, help="At most so many calls at once.")] = None,
    rate: Annotated[float | None, typer.Option(min=0.1, help="New calls per second.")] = None,
    ramp: Annotated[
        float | None, typer.Option(min=0, help="Seconds until that rate is reached.")
    ] = None,
    lasts: Annotated[
        float | None, typer.Option(min=1, help="Seconds after which no new call begins.")
    ] = None,
    pace: Annotated[
        float, typer.Option(min=0.1, help="Callers are so much faster than people usually are.")
    ] = 1.0,
    callers: _Callers = None,
    seed: Annotated[int | None, typer.Option(help="Draw the same as another run.")] = None,
    max_failed: Annotated[int, typer.Option(help="Bar: calls that fail.")] = 0,
    max_key_to_prompt_ms: Annotated[
        float, typer.Option(help="Bar: key to what is said then, 99th percentile.")
    ] = 250,
    max_post_dial_ms: Annotated[
        float, typer.Option(help="Bar: INVITE to answer, 99th percentile.")
    ] = 1_000,
    max_lost_percent: Annotated[float, typer.Option(help="Bar: RTP packets lost.")] = 0.1,
    compare: _Compare = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder of the report. Without it: a new one in var/load.")
    ] = None,
) -> None:
    """Place many calls at once and report. Exit code 1: a bar was missed; 2: it could not run."""
    # What follows needs much that no other command does.
    from callcenter.cli.load_run import Wanted, run
    from callcenter.load.model import Bars

    wanted = Wanted(
        profile=profile,
        host=host,
        port=port,
        number=number,
        mix=mix,
        calls=calls,
        rate=rate,
        ramp=ramp,
        lasts=lasts,
        pace=pace,
        callers=callers,
        seed=seed,
        bars=Bars(
            failed_calls=max_failed,
            key_to_prompt_p99_s=max_key_to_prompt_ms / 1000,
            post_dial_p99_s=max_post_dial_ms / 1000,
            rtp_lost_share=max_lost_percent / 100,
        ),
        compare=compare,
        out=out,
    )
    raise typer.Exit(run(configured(), wanted))
