"""The commands about the staff line, 9001: who may record there."""

from typing import Annotated

import typer

from callcenter.app import NewsParts
from callcenter.cli.asking import AsJson, show_records
from callcenter.cli.news import By, answer_to
from callcenter.cli.records import Record
from callcenter.cli.show import fail, note
from callcenter.domain.secret import Secret

staff_app = typer.Typer(help="Who may record on 9001.", invoke_without_command=True)


@staff_app.callback()
def staff(context: typer.Context, as_json: AsJson = False) -> None:
    """List who may record."""
    if context.invoked_subcommand is not None:
        return

    async def ask(parts: NewsParts) -> list[Record]:
        return [{"number": one.number, "name": one.name} for one in await parts.staff.all()]

    show_records(answer_to(ask), ("number", "name"), as_json)


@staff_app.command("add")
def add_staff(number: str, name: Annotated[str, typer.Option(help="For people.")], by: By) -> None:
    """Add somebody, or give them a new PIN, which is asked for and never shown."""
    pin = Secret(typer.prompt("PIN", hide_input=True, confirmation_prompt=True))

    async def ask(parts: NewsParts) -> str:
        try:
            await parts.staff.put(number, name, pin, by=by)
        except ValueError as error:
            return str(error)
        return ""

    if fault := answer_to(ask):
        fail(f"Nobody was added: {fault}.")
    note(f"{name} may record on 9001 as {number}.")


@staff_app.command("remove")
def remove_staff(number: str, by: By) -> None:
    """Let somebody record no more."""

    async def ask(parts: NewsParts) -> bool:
        return await parts.staff.remove(number, by=by)

    if not answer_to(ask):
        fail(f"There is no {number}. `callcenter staff` lists who may record.")
    note(f"{number} may record no more.")
