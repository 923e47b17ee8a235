"""How a person settles a task on the command line: with a name and a reason, once."""

from collections.abc import Awaitable, Callable
from typing import Annotated

import typer

from callcenter.app import Reports
from callcenter.cli.asking import answer_to
from callcenter.cli.show import fail, note

By = Annotated[str, typer.Option(help="Who found out.")]
Why = Annotated[str, typer.Option(help="From what.")]


def tell_resolved(
    what: str,
    number: str,
    outcome: str,
    resolve: Callable[[Reports], Awaitable[bool]],
    *,
    by: str,
    why: str,
) -> None:
    """Resolve, and tell; leave with exit code 1 if there was nothing to resolve."""
    if not by.strip() or not why.strip():
        fail("It must be said who found out, and from what.")
    called = f"{what.capitalize()} {number}"
    if not answer_to(resolve):
        fail(f"{called} is no task for a person. `callcenter {what}s` shows its state.")
    note(f"{called} is {outcome} now.")
