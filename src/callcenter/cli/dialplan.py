"""`callcenter dialplan`: the dialplan is proved before it takes calls, and goes if it fails."""

import asyncio
import difflib
from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Annotated

import typer

from callcenter.app import NoPbx, Settings, note_dialplan, pbx_link
from callcenter.cli.configured import configured
from callcenter.cli.show import fail, note
from callcenter.domain.audit import Action
from callcenter.domain.errors import StoreUnavailable
from callcenter.places import Places
from callcenter.stack.dialplan.applying import Applying, NotApplied, read_live
from callcenter.stack.dialplan.checking import check as judge
from callcenter.stack.dialplan.listing import Dialplan
from callcenter.stack.dialplan.scratch import ScratchFailed
from callcenter.stack.dialplan.versions import NothingBefore, Versions
from callcenter.stack.pbx import Pbx
from callcenter.stack.preconditions import CannotStart
from callcenter.telephony.ami import AmiError

dialplan_app = typer.Typer(help="Prove and change the dialplan.", no_args_is_help=True)

By = Annotated[str, typer.Option(help="Who does it.")]
Why = Annotated[str, typer.Option(help="What for.")]


@dialplan_app.command()
def check() -> None:
    """Prove the dialplan of the files as they are now; exit code 1 if something is wrong."""
    proved = _proved(configured())
    note(f"The dialplan is sound: {_size(proved)}. Nobody who calls can dial out.")


@dialplan_app.command()
def diff() -> None:
    """Show what `apply` would change, as lines of a dialplan."""
    settings = configured()
    proved = _proved(settings)
    for line in _differences(_live(settings, proved), proved) or ["Nothing would change."]:
        note(line)


@dialplan_app.command()
def apply(by: By, why: Why) -> None:
    """Prove the dialplan, put it in force, and try a call; without success the old one is back."""
    settings = configured()
    _said(by, why)
    proved = _proved(settings)
    changes = len(_differences(_live(settings, proved), proved))

    async def do(applying: Applying) -> None:
        told = {"by": by, "why": why, "digest": _digest(proved), "changes": str(changes)}
        await note_dialplan(settings, Action.DIALPLAN_APPLIED, "begun", told)
        try:
            await applying.apply(proved)
        except NotApplied as error:
            failed = {**told, "failed": str(error)}
            await note_dialplan(settings, Action.DIALPLAN_ROLLED_BACK, "failed", failed)
            raise
        await note_dialplan(settings, Action.DIALPLAN_APPLIED, "in force", told)

    _do(settings, do)
    note(f"The dialplan is in force: {_size(proved)}, and a test call reached the daemon.")


@dialplan_app.command()
def rollback(by: By, why: Why) -> None:
    """Put the dialplan before the last `apply` in force again, and try a call."""
    settings = configured()
    _said(by, why)

    async def do(applying: Applying) -> None:
        told = {"by": by, "why": why}
        await note_dialplan(settings, Action.DIALPLAN_ROLLED_BACK, "begun", told)
        await applying.go_back()
        await note_dialplan(settings, Action.DIALPLAN_ROLLED_BACK, "in force", told)

    _do(settings, do)
    note("The dialplan before is in force again, and a test call reached the daemon.")


def _proved(settings: Settings) -> Dialplan:
    """Return the dialplan of the files; if something is wrong with it, say so and leave."""
    try:
        verdict = judge(_pbx(settings).environment())
    except ScratchFailed as error:
        fail(str(error))
    if verdict.faults:
        fail("\n".join([*verdict.faults, f"{len(verdict.faults)} faults. Nothing was changed."]))
    return verdict.dialplan


def _live(settings: Settings, proved: Dialplan) -> Dialplan:
    try:
        return read_live(_pbx(settings), proved)
    except CannotStart as error:
        fail(f"{error} Does Asterisk run? See `make status`.")


def _do(settings: Settings, what: Callable[[Applying], Awaitable[None]]) -> None:
    async def linked() -> None:
        async with pbx_link(settings) as ami:
            versions = Versions(Places(settings.state_dir).pbx)
            await what(Applying(_pbx(settings), ami, versions))

    try:
        asyncio.run(linked())
    except (NotApplied, NothingBefore, CannotStart) as error:
        fail(str(error))
    except (NoPbx, AmiError, StoreUnavailable, OSError) as error:
        fail(f"{error}. Does everything run? See `make status`.")


def _pbx(settings: Settings) -> Pbx:
    return Pbx(settings, Places(settings.state_dir))


def _said(by: str, why: str) -> None:
    if not by.strip() or not why.strip():
        fail("It must be said who does it, and what for.")


def _differences(old: Dialplan, new: Dialplan) -> list[str]:
    lines = difflib.unified_diff(old.lines(), new.lines(), "in force", "files", lineterm="", n=1)
    return list(lines)


def _size(dialplan: Dialplan) -> str:
    return f"{len(dialplan.contexts)} contexts, {sum(1 for _ in dialplan.steps())} steps"


def _digest(dialplan: Dialplan) -> str:
    return sha256("\n".join(dialplan.lines()).encode()).hexdigest()
