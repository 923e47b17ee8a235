"""How the commands ask: they connect, put one question, and show what comes back."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, TypeVar

import typer

from callcenter.app import Reports, open_reports
from callcenter.cli.configured import configured
from callcenter.cli.records import Record
from callcenter.cli.show import fail, show_json, show_table
from callcenter.domain.accounts import AccountId
from callcenter.domain.errors import CounterUnavailable, StoreUnavailable

Answer = TypeVar("Answer")
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Account = Annotated[str | None, typer.Option(help="Only this account.")]
Last = Annotated[int, typer.Option(help="How many.", min=1, max=1_000_000)]
Manual = Annotated[bool, typer.Option("--manual", help="Only tasks for a person.")]


def answer_to(question: Callable[[Reports], Awaitable[Answer]]) -> Answer:
    """Connect for one question; if nobody answers, say so and leave."""
    settings = configured()

    async def ask() -> Answer:
        async with open_reports(settings) as reports:
            return await question(reports)

    try:
        return asyncio.run(ask())
    except (StoreUnavailable, CounterUnavailable) as error:
        fail(f"{error}. Does it run? See `make status`.")


def show_records(found: Sequence[Record], columns: Sequence[str], as_json: bool) -> None:
    """Print all of the records as JSON, or some of their fields as a table."""
    if as_json:
        return show_json(found)
    return show_table(found, columns)


def account_id(account: str | None) -> AccountId | None:
    return None if account is None else AccountId(account)
