"""The commands about the menu: prove it, draw it, try it, put it into force, take it back."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from callcenter.app import MenuOffice, Proved, Settings, menu_schema, open_menus
from callcenter.cli import phone as terminal_phone
from callcenter.cli.asking import AsJson, show_records
from callcenter.cli.configured import configured
from callcenter.cli.menu_graph import drawing
from callcenter.cli.menu_records import (
    activation_records,
    change_lines,
    change_records,
    fault_lines,
    proof_lines,
    proof_record,
)
from callcenter.cli.show import fail, note, show_json
from callcenter.domain.calls import Language
from callcenter.domain.errors import StoreUnavailable
from callcenter.domain.menus import Activation
from callcenter.ivr.menus.activating import CannotActivate
from callcenter.ivr.menus.difference import Change, difference
from callcenter.ivr.menus.faults import BadMenu

Answer = TypeVar("Answer")
Which = Annotated[
    str,
    typer.Argument(help="A file, the number of a version, `active` or `shipped`.", metavar="MENU"),
]
By = Annotated[str, typer.Option(help="Who does it.")]
Why = Annotated[str, typer.Option(help="Why.")]
_HISTORY = ("number", "version", "undoes", "at", "by", "why", "in force")

menu_app = typer.Typer(help="The menu.", no_args_is_help=True)


@menu_app.command("check")
def check(menu: Which = "active", as_json: AsJson = False) -> None:
    """Prove that a menu may go live; exit code 1, and every fault with its line, if it may not."""
    try:
        proved = _asked(lambda office: _proved(office, menu))
    except BadMenu as bad:
        if as_json:
            show_json(proof_record(None, bad.faults))
        else:
            _tell_faults(menu, bad)
        raise typer.Exit(1) from None
    proof = proved.proof
    if as_json:
        show_json(proof_record(proof, proof.faults))
    else:
        for line in [*fault_lines(menu, proof.faults), *proof_lines(proof)]:
            note(line)
    if proof.errors:
        raise typer.Exit(1)


@menu_app.command("show")
def show(menu: Which = "active") -> None:
    """Print a menu as it was written: begin a change with it."""
    typer.echo(_asked(lambda office: office.text_of(menu)), nl=False)


@menu_app.command("schema")
def schema() -> None:
    """Print the JSON schema of a menu, with which an editor helps to write one."""
    show_json(menu_schema())


@menu_app.command("graph")
def graph(
    menu: Which = "active",
    out: Annotated[Path | None, typer.Option(help="The file; without it the terminal.")] = None,
    language: Annotated[Language, typer.Option(help="In which words.")] = Language.ZH,
) -> None:
    """Draw a menu as SVG."""

    async def draw(office: MenuOffice) -> str:
        live = office.reader.read(await office.text_of(menu))
        return drawing(live, language, office.reader.house.dialogues)

    drawn = _good(menu, draw)
    if out is None:
        return typer.echo(drawn)
    out.write_text(drawn, encoding="utf-8")
    return note(f"{out} shows the menu.")


@menu_app.command("diff")
def diff(
    menu: Which,
    after: Annotated[str | None, typer.Argument(help="The menu to come, if two are told.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show what callers would meet differently: with MENU for the active one, or AFTER for MENU."""
    before, then = ("active", menu) if after is None else (menu, after)

    async def compare(office: MenuOffice) -> list[Change]:
        was, will = [office.reader.read(await office.text_of(one)) for one in (before, then)]
        return difference(was, will, office.reader.house.numbers)

    changes = _good(f"{before} or {then}", compare)
    if as_json:
        return show_json(change_records(changes))
    for line in change_lines(changes):
        note(line)
    return None


@menu_app.command("try")
def try_(
    menu: Which,
    caller: Annotated[str, typer.Option(help="The number that calls.")] = "13800138000",
    to: Annotated[str, typer.Option(help="The number that is dialled.")] = "4008",
    keys: Annotated[
        str | None,
        typer.Option(help="Keys to press, as of `callcenter phone`; else the keyboard is used."),
    ] = None,
) -> None:
    """Call the daemon with a menu that is not in force, and walk it in this terminal."""
    settings = configured()
    version = _good(menu, lambda office: _kept(office, menu), settings)
    note(f"-- this call alone has {menu}, kept as version {version}")
    host, port = settings.host, settings.agi_port
    sys.exit(terminal_phone.call(host, port, caller, to, keys, menu=version))


@menu_app.command("activate")
def activate(menu: Which, by: By, why: Why) -> None:
    """Prove a menu and let new calls have it; calls in progress keep theirs."""
    _require(by, why)

    async def do(office: MenuOffice) -> Activation:
        return await office.activating.activate(await office.text_of(menu), by=by, why=why)

    _tell(_good(menu, do))


@menu_app.command("rollback")
def rollback(by: By, why: Why) -> None:
    """Let new calls have the menu again that was in force before."""
    _require(by, why)
    _tell(_good("The menu before", lambda office: office.activating.roll_back(by=by, why=why)))


@menu_app.command("history")
def history(as_json: AsJson = False) -> None:
    """List every activation: what, when, who and why."""
    found = activation_records(_asked(lambda office: office.book.activations()))
    show_records(found, _HISTORY, as_json)
    if not found and not as_json:
        note("Nothing was activated yet: the menu that ships is in force.")


async def _proved(office: MenuOffice, menu: str) -> Proved:
    return office.reader.prove(await office.text_of(menu))


async def _kept(office: MenuOffice, menu: str) -> int:
    text = await office.text_of(menu)
    office.reader.read(text)
    kept = await office.book.keep(text, at=office.clock.now(), by="menu try", why="to be tried")
    return kept.number


def _good(
    menu: str,
    ask: Callable[[MenuOffice], Awaitable[Answer]],
    settings: Settings | None = None,
) -> Answer:
    """Ask for something that needs a good menu; if it is not, say what is wrong, and leave."""
    try:
        return _asked(ask, settings)
    except BadMenu as bad:
        _tell_faults(menu, bad)
        raise typer.Exit(1) from None


def _asked(
    ask: Callable[[MenuOffice], Awaitable[Answer]], settings: Settings | None = None
) -> Answer:
    async def answer() -> Answer:
        async with open_menus(settings or configured()) as office:
            return await ask(office)

    try:
        return asyncio.run(answer())
    except (CannotActivate, StoreUnavailable) as error:
        fail(str(error))
    except (OSError, UnicodeError) as error:
        fail(f"The menu cannot be read: {error}")


def _require(by: str, why: str) -> None:
    if not by.strip() or not why.strip():
        fail("It must be said who does it, and why.")


def _tell(activation: Activation) -> None:
    what = "The menu that ships" if activation.version is None else f"Version {activation.version}"
    note(f"{what} is in force for new calls. Calls in progress keep theirs.")


def _tell_faults(menu: str, bad: BadMenu) -> None:
    for line in fault_lines(menu, bad.faults):
        typer.echo(line, err=True)
    typer.echo("This menu cannot go live.", err=True)
