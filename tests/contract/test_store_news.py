"""What every record of voice news promises, in memory and in PostgreSQL."""

from datetime import timedelta
from typing import Any

import pytest

from callcenter.customers.staff import StaffBook
from callcenter.domain.audit import Action
from callcenter.domain.calls import Language
from callcenter.domain.news import (
    Item,
    ItemState,
    KeptItem,
    Play,
    Programme,
    ProgrammeKind,
    ProgrammeName,
    StaffMember,
)
from callcenter.news.ports import NewsBook
from callcenter.storage.news import PostgresNewsBook, PostgresStaffBook
from tests import make
from tests.fakes.news import FakeNewsBook, FakeStaffBook

LATER = make.NOON + timedelta(hours=1)
ENTRY = make.entry(action=Action.NEWS_PUBLISHED, details={"by": "li"})
MAILBOX = Programme(
    name=ProgrammeName("mailbox-801"),
    kind=ProgrammeKind.MAILBOX,
    title="李老师",
    title_en="Mr Li",
    number="801",
    password="scrypt$…",
)


@pytest.fixture(params=["fake", "postgres"])
def book(request: pytest.FixtureRequest) -> NewsBook:
    if request.param == "fake":
        return FakeNewsBook()
    return PostgresNewsBook(request.getfixturevalue("database"))


@pytest.fixture(params=["fake", "postgres"])
def staff(request: pytest.FixtureRequest) -> StaffBook:
    if request.param == "fake":
        return FakeStaffBook()
    return PostgresStaffBook(request.getfixturevalue("database"))


def item(key: str = "a", **changes: Any) -> Item:
    usual = {
        "programme": ProgrammeName("market"),
        "key": key,
        "language": Language.ZH,
        "title": "收盘",
        "text": "收平。",
    }
    return Item(**{**usual, **changes})


async def published(book: NewsBook, *items: Item) -> list[KeptItem]:
    new = await book.take_over([MAILBOX], items, by="wang", at=make.NOON)
    await book.move([kept.id for kept in new], ItemState.PUBLISHED, [ENTRY])
    return list(new)


async def on_air(book: NewsBook, kind: ProgrammeKind = ProgrammeKind.MARKET) -> list[str]:
    return [kept.item.key for kept in await book.current(kind, make.NOON)]


async def test_every_kind_but_the_mailboxes_has_its_programme(book: NewsBook) -> None:
    kinds = [programme.kind for programme in await book.programmes()]

    assert set(kinds) == set(ProgrammeKind) - {ProgrammeKind.MAILBOX}


async def test_what_comes_is_kept_as_a_draft(book: NewsBook) -> None:
    [kept] = await book.take_over([], [item(position=3)], by="wang", at=make.NOON)

    assert list(await book.items()) == [kept]
    assert (kept.item, kept.state, kept.changed_by) == (
        item(position=3),
        ItemState.DRAFT,
        "wang",
    )
    assert await on_air(book) == []


async def test_what_is_here_as_it_comes_stays_untouched(book: NewsBook) -> None:
    await published(book, item())

    assert list(await book.take_over([], [item()], by="li", at=LATER)) == []
    assert await on_air(book) == ["a"]


async def test_what_comes_with_other_words_is_a_draft_again(book: NewsBook) -> None:
    [before] = await published(book, item())

    [after] = await book.take_over([], [item(text="下跌。")], by="li", at=LATER)

    assert (after.id, after.item.text, after.state) == (before.id, "下跌。", ItemState.DRAFT)


async def test_an_item_of_a_programme_that_nobody_knows_keeps_all_of_them_out(
    book: NewsBook,
) -> None:
    stray = item("b", programme=ProgrammeName("nowhere"))

    with pytest.raises(LookupError, match="nowhere"):
        await book.take_over([MAILBOX], [item(), stray], by="li", at=make.NOON)

    assert list(await book.items()) == []
    assert await book.mailbox("801") is None


async def test_a_mailbox_is_found_by_its_number(book: NewsBook) -> None:
    await book.take_over([MAILBOX], [], by="li", at=make.NOON)

    assert await book.mailbox("801") == MAILBOX
    assert await book.mailbox("999") is None


async def test_what_is_published_and_valid_is_on_the_air_in_its_order(book: NewsBook) -> None:
    hour = timedelta(hours=1)
    await published(
        book,
        item("second", position=2),
        item("first", position=1, valid_from=make.NOON, valid_to=make.NOON + hour),
        item("over", valid_to=make.NOON),
        item("to-come", valid_from=make.NOON + hour),
        item("elsewhere", programme=ProgrammeName("guide")),
    )

    assert await on_air(book) == ["first", "second"]
    assert await on_air(book, ProgrammeKind.GUIDE) == ["elsewhere"]


async def test_news_of_a_security_are_its_own(book: NewsBook) -> None:
    programme = ProgrammeName("securities")
    await published(
        book,
        item("a", programme=programme, security="SH600000"),
        item("b", programme=programme, security="SZ000001"),
    )

    kind = ProgrammeKind.SECURITY
    found = await book.current(kind, make.NOON, security="SH600000")
    assert [kept.item.key for kept in found] == ["a"]


async def test_what_is_withdrawn_is_off_the_air_and_tells_by_whom(book: NewsBook) -> None:
    [kept] = await published(book, item())

    await book.move([kept.id], ItemState.WITHDRAWN, [ENTRY])

    [after] = await book.items()
    assert (after.state, after.changed_by) == (ItemState.WITHDRAWN, "li")
    assert await on_air(book) == []


async def test_plays_are_counted_by_item(book: NewsBook) -> None:
    once, often = await published(book, item("once"), item("often", sound="abc", text=None))
    for kept, heard_s, whole in ((often, 30, True), (once, 5, False), (often, 12.5, False)):
        play = Play(item=kept.id, heard_s=heard_s, whole=whole)
        await book.add_play(play, make.station(), "10000001", LATER)

    counts = await book.plays()

    assert [(one.key, one.plays, one.whole, one.heard_s) for one in counts] == [
        ("often", 2, 1, 42.5),
        ("once", 1, 0, 5),
    ]
    assert counts[0].last_at == LATER


async def test_somebody_of_the_staff_is_kept_until_removed(staff: StaffBook) -> None:
    member = StaffMember(number="101", name="李", pin="scrypt$1")
    again = StaffMember(number="101", name="李", pin="scrypt$2")
    entry = make.entry(action=Action.STAFF_CHANGED)

    await staff.put(member, entry)
    await staff.put(again, entry)

    assert await staff.find("101") == again
    assert list(await staff.all()) == [again]
    assert await staff.remove("101", entry)
    assert not await staff.remove("101", entry)
    assert await staff.find("101") is None
