"""The commands about voice news: what is played, and what was."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final, TypeVar

import typer

from callcenter.app import NewsParts, import_folder, open_news
from callcenter.cli.asking import AsJson, show_records
from callcenter.cli.configured import configured
from callcenter.cli.records import Record
from callcenter.cli.show import fail, note
from callcenter.domain.calls import Language
from callcenter.domain.clock import BEIJING
from callcenter.domain.errors import NotASound, StoreUnavailable
from callcenter.domain.news import Item, KeptItem, PlayCount, ProgrammeName

Answer = TypeVar("Answer")
Names = Annotated[
    list[str], typer.Argument(help="Their numbers, or PROGRAMME/KEY: `12`, `notices/hours`.")
]
By = Annotated[str, typer.Option(help="Who does it.")]
Moment = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d %H:%M", "%Y-%m-%d"], help="Beijing time."),
]
Publish = Annotated[bool, typer.Option("--publish", help="And have it played at once.")]

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
    except (LookupError, NotASound, ValueError) as error:
        fail(f"{error}. Nothing was changed.")
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
    valid_from: Moment = None,
    valid_to: Moment = None,
    publish: Publish = False,
) -> None:
    """Add one item as a draft, or change it: then it is a draft again."""
    if (text is None) == (sound is None):
        fail("An item has either --text or --sound.")

    async def ask(parts: NewsParts) -> str:
        item = Item(
            programme=ProgrammeName(programme),
            key=key,
            language=language,
            title=title,
            text=text,
            sound=None if sound is None else await parts.sounds.take(str(sound)),
            security=security,
            position=order,
            valid_from=_in_beijing(valid_from),
            valid_to=_in_beijing(valid_to),
        )
        new = await parts.service.take_over([], [item], by=by)
        if publish:
            await parts.service.publish_items([item], by=by)
        return _added(f"{programme}/{key}", new=bool(new), published=publish)

    note(answer_to(ask))


@news_app.command("import")
def import_items(
    folder: Annotated[Path, typer.Argument(help="With news.yaml and the sounds that it names.")],
    by: By,
    publish: Publish = False,
) -> None:
    """Take over a folder of items, all of them or none."""

    async def ask(parts: NewsParts) -> str:
        done = await import_folder(parts, folder, by=by, publish=publish)
        return f"{done.items} items: {done.new} new or changed, {done.published} published."

    note(answer_to(ask))


@news_app.command("publish")
def publish_items(names: Names, by: By) -> None:
    """Have items played from now on."""

    async def ask(parts: NewsParts) -> int:
        return await parts.service.publish(await parts.service.named(names), by=by)

    note(f"{answer_to(ask)} published.")


@news_app.command("withdraw")
def withdraw_items(names: Names, by: By) -> None:
    """Have items played no more."""

    async def ask(parts: NewsParts) -> int:
        return await parts.service.withdraw(await parts.service.named(names), by=by)

    note(f"{answer_to(ask)} withdrawn.")


@news_app.command("plays")
def plays(as_json: AsJson = False) -> None:
    """Tell how often each item was played, and how much of it was heard."""

    async def ask(parts: NewsParts) -> list[Record]:
        return [play_record(count) for count in await parts.book.plays()]

    show_records(answer_to(ask), _PLAYS, as_json)


def _added(name: str, *, new: bool, published: bool) -> str:
    if published:
        return f"{name} is published: the next caller hears it."
    return f"{name} is a draft: nobody hears it yet." if new else "It is here already as it comes."


def _in_beijing(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=BEIJING)


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
