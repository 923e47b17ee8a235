"""The commands about voice news: what is played, and what was."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Final, TypeVar

import typer

from callcenter.app import BadNews, NewsParts, import_folder, open_news
from callcenter.cli.asking import AsJson, show_records
from callcenter.cli.configured import configured
from callcenter.cli.records import Record
from callcenter.cli.show import fail, note
from callcenter.domain.calls import Language
from callcenter.domain.errors import NotASound, StoreUnavailable
from callcenter.domain.news import Item, ItemId, KeptItem, PlayCount, ProgrammeName

Answer = TypeVar("Answer")
Ids = Annotated[list[int], typer.Argument(help="Their numbers, as `callcenter news` lists them.")]
By = Annotated[str, typer.Option(help="Who does it.")]

_ITEMS: Final = (
    "id",
    "programme",
    "key",
    "language",
    "title",
    "state",
    "security",
    "valid_from",
    "valid_to",
)
_PLAYS: Final = ("item", "programme", "key", "language", "plays", "whole", "heard_s", "last")

news_app = typer.Typer(help="Voice news: menu 5.", invoke_without_command=True)


def answer_to(question: Callable[[NewsParts], Awaitable[Answer]]) -> Answer:
    """Connect for one question; whatever is wrong is said in a sentence."""
    settings = configured()

    async def ask() -> Answer:
        async with open_news(settings) as parts:
            return await question(parts)

    try:
        return asyncio.run(ask())
    except (BadNews, NotASound, LookupError) as error:
        fail(f"{error}. Nothing was taken over.")
    except StoreUnavailable as error:
        fail(f"{error}. Does it run? See `make status`.")


@news_app.callback()
def news(context: typer.Context, as_json: AsJson = False) -> None:
    """List all items, the newest first."""
    if context.invoked_subcommand is not None:
        return

    async def ask(parts: NewsParts) -> list[Record]:
        return [item_record(kept) for kept in await parts.book.items()]

    show_records(answer_to(ask), _ITEMS, as_json)


@news_app.command("add")
def add_item(
    programme: Annotated[str, typer.Argument(help="market, securities, notices, guide …")],
    key: Annotated[str, typer.Argument(help="Its name, the same in both languages.")],
    title: Annotated[str, typer.Option(help="For people.")],
    by: By,
    text: Annotated[str | None, typer.Option(help="Its words.")] = None,
    sound: Annotated[Path | None, typer.Option(help="A WAV instead of words.")] = None,
    language: Annotated[Language, typer.Option(help="zh or en.")] = Language.ZH,
    security: Annotated[str | None, typer.Option(help="SH600000, in securities.")] = None,
    order: Annotated[int, typer.Option(help="The lowest is played first.")] = 0,
) -> None:
    """Add one item as a draft, or change it: then it is a draft again."""
    if (text is None) == (sound is None):
        fail("An item has either --text or --sound.")

    async def ask(parts: NewsParts) -> list[int]:
        item = Item(
            programme=ProgrammeName(programme),
            key=key,
            language=language,
            title=title,
            text=text,
            sound=None if sound is None else await parts.sounds.take(str(sound)),
            security=security,
            position=order,
        )
        return [kept.id for kept in await parts.service.take_over([], [item], by=by)]

    new = answer_to(ask)
    note(f"Item {new[0]} is a draft." if new else "It is here already as it comes.")


@news_app.command("import")
def import_items(
    folder: Annotated[Path, typer.Argument(help="With news.yaml and the sounds that it names.")],
    by: By,
    publish: Annotated[bool, typer.Option("--publish", help="And play them at once.")] = False,
) -> None:
    """Take over a folder of items, all of them or none."""

    async def ask(parts: NewsParts) -> str:
        done = await import_folder(parts, folder, by=by, publish=publish)
        return f"{done.items} items: {done.new} new or changed, {done.published} published."

    note(answer_to(ask))


@news_app.command("publish")
def publish_items(ids: Ids, by: By) -> None:
    """Have items played from now on."""

    async def ask(parts: NewsParts) -> int:
        return await parts.service.publish([ItemId(one) for one in ids], by=by)

    note(f"{answer_to(ask)} published.")


@news_app.command("withdraw")
def withdraw_items(ids: Ids, by: By) -> None:
    """Have items played no more."""

    async def ask(parts: NewsParts) -> int:
        return await parts.service.withdraw([ItemId(one) for one in ids], by=by)

    note(f"{answer_to(ask)} withdrawn.")


@news_app.command("plays")
def plays(as_json: AsJson = False) -> None:
    """Tell how often each item was played, and how much of it was heard."""

    async def ask(parts: NewsParts) -> list[Record]:
        return [play_record(count) for count in await parts.book.plays()]

    show_records(answer_to(ask), _PLAYS, as_json)


def item_record(kept: KeptItem) -> Record:
    item = kept.item
    return {
        "id": kept.id,
        "programme": item.programme,
        "key": item.key,
        "language": item.language,
        "title": item.title,
        "text": item.text,
        "sound": item.sound,
        "security": item.security,
        "order": item.position,
        "valid_from": item.valid_from,
        "valid_to": item.valid_to,
        "state": kept.state,
        "changed": kept.changed_at,
        "by": kept.changed_by,
    }


def play_record(count: PlayCount) -> Record:
    return {
        "item": count.item,
        "programme": count.programme,
        "key": count.key,
        "language": count.language,
        "title": count.title,
        "plays": count.plays,
        "whole": count.whole,
        "heard_s": count.heard_s,
        "last": count.last_at,
    }
