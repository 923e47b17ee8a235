"""`callcenter securities …`: the counter's list of what can be traded and quoted."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

import typer

from callcenter.app import open_listing, read_listing
from callcenter.cli.configured import configured
from callcenter.cli.show import fail, note, show_json, show_table
from callcenter.domain.errors import CounterUnavailable
from callcenter.domain.securities import Security
from callcenter.gateways.paper.listing import Changes, PaperListing
from callcenter.gateways.paper.listing_file import Fault

Answer = TypeVar("Answer")
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]

_FAULT: Final = ("line", "message")
_FOUND: Final = ("security", "name", "name_en", "board")

securities_app = typer.Typer(
    help="The list of securities that the paper counter trades.", no_args_is_help=True
)


@securities_app.command("import")
def import_securities(
    file: Annotated[Path, typer.Argument(help="CSV; docs/market-data.md has its columns.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check it and change nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Take over a list of securities, all of it or nothing; exit code 1 if a row is wrong."""
    try:
        listed, faults = read_listing(configured(), file)
    except OSError as error:
        fail(f"{file} cannot be read: {error.strerror}.")
    if faults:
        _tell_faults(faults, as_json)
        raise typer.Exit(1)
    changes = _ask(lambda listing: listing.take_over(listed, dry_run=dry_run))
    if as_json:
        return show_json(_record(applied=not dry_run, changes=changes))
    told = "would be" if dry_run else "are"
    note(f"{changes.new} {told} new, {changes.changed} changed, {changes.unchanged} as before.")
    return None


@securities_app.command("search")
def search_securities(
    keys: Annotated[str, typer.Argument(help="Keys of a telephone: 7394 for 浦发银行.")],
    as_json: AsJson = False,
) -> None:
    """Look for securities by the pinyin initials of their names, as keyed on a telephone."""
    found = [_found(security) for security in _ask(lambda listing: listing.search(keys))]
    if as_json:
        return show_json(found)
    return show_table(found, _FOUND)


def _tell_faults(faults: Sequence[Fault], as_json: bool) -> None:
    if as_json:
        return show_json(_record(applied=False, faults=faults))
    show_table(faults, _FAULT)
    return note(f"Nothing was changed: {len(faults)} faults.")


def _record(
    *, applied: bool, changes: Changes | None = None, faults: Sequence[Fault] = ()
) -> dict[str, Any]:
    counts = asdict(changes or Changes(new=0, changed=0, unchanged=0))
    return {"applied": applied, **counts, "errors": list(faults)}


def _found(security: Security) -> dict[str, Any]:
    return {
        "security": security.id,
        "name": security.name,
        "name_en": security.name_en,
        "board": security.board,
    }


def _ask(question: Callable[[PaperListing], Awaitable[Answer]]) -> Answer:
    settings = configured()

    async def ask() -> Answer:
        async with open_listing(settings) as listing:
            return await question(listing)

    try:
        return asyncio.run(ask())
    except CounterUnavailable as error:
        fail(f"{error}. Does it run? See `make status`.")
