"""Voice news, as callers hear it: menu 5."""

from datetime import timedelta

import pytest

from callcenter.domain.calls import CallEnd, Language
from callcenter.domain.kept_secret import keep
from callcenter.domain.news import (
    Item,
    ItemId,
    ItemState,
    KeptItem,
    Play,
    Programme,
    ProgrammeKind,
    ProgrammeName,
)
from callcenter.domain.refusals import Refusal
from callcenter.domain.secret import HIDDEN, Secret
from callcenter.ivr.news_words import spoken
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.reasons import refusal_words
from tests import make
from tests.fakes.phone import LASTING_S, SILENCE, FakePhone
from tests.unit.ivr.hotline_of import LOGIN, Hotline

ZH, EN = Language.ZH, Language.EN


def put(
    hotline: Hotline,
    programme: str,
    key: str,
    *,
    language: Language = ZH,
    text: str | None = "大盘收平。",
    sound: str | None = None,
    security: str | None = None,
    position: int = 0,
    state: ItemState = ItemState.PUBLISHED,
    lasts: tuple[int, int] | None = None,
) -> ItemId:
    """Put an item on the air; `lasts` is from and to how many hours from noon."""
    id_ = ItemId(len(hotline.news.kept) + 1)
    valid = [None, None] if lasts is None else [make.NOON + timedelta(hours=h) for h in lasts]
    item = Item(
        programme=ProgrammeName(programme),
        key=key,
        language=language,
        title=key,
        text=None if sound else text,
        sound=sound,
        security=security,
        position=position,
        valid_from=valid[0],
        valid_to=valid[1],
    )
    hotline.news.kept[id_] = KeptItem(
        id=id_, item=item, state=state, changed_at=make.NOON, changed_by="test"
    )
    return id_


def mailbox(hotline: Hotline, number: str, password: str | None = None) -> None:
    name = ProgrammeName(f"mailbox-{number}")
    hotline.news.known[name] = Programme(
        name=name,
        kind=ProgrammeKind.MAILBOX,
        title="李老师",
        title_en="Mr Li",
        number=number,
        password=None if password is None else keep(Secret(password)),
    )


def plays(hotline: Hotline) -> list[Play]:
    return [play for play, *_ in hotline.news.played]


@pytest.mark.parametrize(("key", "programme"), [("1", "market"), ("3", "notices"), ("5", "guide")])
async def test_each_key_plays_its_programme(key: str, programme: str) -> None:
    hotline = Hotline()
    for name in ("market", "notices", "guide"):
        put(hotline, name, "a", text=f"{name}。")

    call = await hotline.dial("5", key, SILENCE)

    assert [words for words, _ in call.phone.played] == [f"{programme}。"]
    assert call.heard(Prompt.NEWS_END)


async def test_where_there_is_nothing_that_is_said() -> None:
    call = await Hotline().dial("5", "1", SILENCE)

    assert call.heard(Prompt.NEWS_NOTHING)
    assert call.phone.played == []


async def test_items_come_in_their_order_and_numbered() -> None:
    hotline = Hotline()
    put(hotline, "market", "b", text="二。", position=2)
    put(hotline, "market", "a", text="一。", position=1)

    call = await hotline.dial("5", "1", SILENCE)

    assert [words for words, _ in call.phone.played] == ["一。", "二。"]
    assert call.heard(Prompt.NEWS_ITEM, number=2)


@pytest.mark.parametrize(
    ("state", "lasts"),
    [
        pytest.param(ItemState.DRAFT, None, id="draft"),
        pytest.param(ItemState.WITHDRAWN, None, id="withdrawn"),
        pytest.param(ItemState.PUBLISHED, (1, 2), id="not-yet"),
        pytest.param(ItemState.PUBLISHED, (-2, 0), id="no-more"),
    ],
)
async def test_what_is_not_on_the_air_is_not_played(
    state: ItemState, lasts: tuple[int, int] | None
) -> None:
    hotline = Hotline()
    put(hotline, "market", "a", state=state, lasts=lasts)

    assert (await hotline.dial("5", "1", SILENCE)).heard(Prompt.NEWS_NOTHING)


async def test_a_recording_is_played_from_its_file() -> None:
    hotline = Hotline()
    put(hotline, "market", "a", sound="abc")

    call = await hotline.dial("5", "1", SILENCE)

    assert call.phone.played == [("/sounds/news/abc", 0.0)]


async def test_pound_goes_to_the_next_item_and_star_to_the_menu() -> None:
    hotline = Hotline()
    for key in "abc":
        put(hotline, "market", key, text=f"{key}。")

    call = await hotline.dial("5", "1", "3@#", "4@*", SILENCE)

    assert [words for words, _ in call.phone.played] == ["a。", "b。"]
    assert not call.heard(Prompt.NEWS_END)
    assert call.place.dialogue == "news"


async def test_ten_seconds_back_and_forward() -> None:
    hotline = Hotline()
    put(hotline, "market", "a", sound="abc")

    call = await hotline.dial("5", "1", "15@4", "12@6", SILENCE)

    assert [start for _, start in call.phone.played] == [0.0, 5.0, 22.0]


async def test_key_0_leads_from_an_item_to_an_agent() -> None:
    hotline = Hotline()
    put(hotline, "market", "a")

    call = await hotline.dial("5", "1", "3@0", SILENCE)

    assert call.heard(Prompt.AGENT_CONNECTING) or call.heard(Prompt.AGENT_CLOSED)


# Languages


async def test_an_item_is_played_in_the_language_of_the_caller() -> None:
    hotline = Hotline()
    put(hotline, "market", "a", text="收平。")
    put(hotline, "market", "a", language=EN, text="It closed.")

    call = await hotline.dial("7", "5", "1", SILENCE)

    assert [words for words, _ in call.phone.played] == ["It closed."]
    assert not call.heard(Prompt.NEWS_OTHER_LANGUAGE, EN)


async def test_an_item_in_the_other_language_alone_is_played_after_a_word_about_it() -> None:
    hotline = Hotline()
    put(hotline, "market", "a", text="收平。")

    call = await hotline.dial("7", "5", "1", SILENCE)

    assert [words for words, _ in call.phone.played] == ["收平。"]
    assert call.heard(Prompt.NEWS_OTHER_LANGUAGE, EN)


# Securities


async def test_news_of_a_security_is_asked_for_by_its_code() -> None:
    hotline = Hotline()
    put(hotline, "securities", "a", security="SH600000", text="浦发。")
    put(hotline, "securities", "b", security="SZ000001", text="平安。")

    call = await hotline.dial("5", "2", "600000#", "*", SILENCE)

    assert [words for words, _ in call.phone.played] == ["浦发。"]


async def test_a_security_without_news_is_told_so_and_the_next_one_asked() -> None:
    call = await Hotline().dial("5", "2", "600000#")

    assert call.heard(Prompt.NEWS_NOTHING)
    assert call.prompts.count(Prompt.ASK_NEWS_CODE) == 2


# Mailboxes


async def test_a_mailbox_is_opened_by_its_number() -> None:
    hotline = Hotline()
    mailbox(hotline, "801")
    mailbox(hotline, "802")
    put(hotline, "mailbox-801", "a", text="稳。")
    put(hotline, "mailbox-802", "a", text="快。")

    call = await hotline.dial("5", "4", "801#", SILENCE)

    assert [words for words, _ in call.phone.played] == ["稳。"]


async def test_a_mailbox_that_nobody_has_is_refused_with_its_message_number() -> None:
    call = await Hotline().dial("5", "4", "999#", SILENCE)

    assert call.heard(refusal_words(Refusal.NO_SUCH_MAILBOX))


async def test_a_mailbox_with_a_password_opens_for_it_alone_and_nobody_writes_it_down() -> None:
    hotline = Hotline()
    mailbox(hotline, "802", "2468")
    put(hotline, "mailbox-802", "a", text="快。")

    call = await hotline.dial("5", "4", "802#", "1111#", "2468#", SILENCE)

    assert call.heard(refusal_words(Refusal.WRONG_MAILBOX_PASSWORD))
    assert [words for words, _ in call.phone.played] == ["快。"]
    keyed = [keys for keys, _ in call.answers]
    assert keyed.count(HIDDEN) == 2
    assert "2468#" not in keyed


async def test_three_wrong_passwords_open_no_mailbox() -> None:
    hotline = Hotline()
    mailbox(hotline, "802", "2468")
    put(hotline, "mailbox-802", "a")

    call = await hotline.dial("5", "4", "802#", "1#", "2#", "3#", SILENCE)

    assert call.phone.played == []
    assert call.place.dialogue == "news"


# What was heard is counted


async def test_an_item_heard_out_is_counted_as_whole() -> None:
    hotline = Hotline()
    item = put(hotline, "market", "a")

    await hotline.dial("5", "1", SILENCE)

    assert plays(hotline) == [Play(item=item, heard_s=LASTING_S, whole=True)]


async def test_an_item_that_was_left_is_counted_as_far_as_it_was_heard() -> None:
    hotline = Hotline()
    item = put(hotline, "market", "a")

    await hotline.dial("2", *LOGIN, "*", "5", "1", "12@*", SILENCE)

    [(play, station, account, _)] = hotline.news.played
    assert play == Play(item=item, heard_s=12, whole=False)
    assert (station, account) == (make.station(), "10000001")


async def test_what_was_heard_by_whoever_hangs_up_is_counted() -> None:
    hotline = Hotline()
    item = put(hotline, "market", "a")

    call = await hotline.dial("5", "1", "7@")

    assert plays(hotline) == [Play(item=item, heard_s=7, whole=False)]
    assert call.end is CallEnd.HUNG_UP


# Things that break


async def test_an_item_that_cannot_be_played_is_passed_over_with_a_word() -> None:
    hotline = Hotline()
    put(hotline, "market", "a", sound="gone")
    put(hotline, "market", "b", text="二。")
    phone = FakePhone("5", "1", SILENCE)
    phone.missing.add("/sounds/news/gone")

    call = await hotline.take(phone)

    assert call.heard(Prompt.NEWS_CANNOT_PLAY)
    assert [words for words, _ in phone.played] == ["二。"]


async def test_without_the_store_there_are_no_news() -> None:
    hotline = Hotline()
    hotline.news.gone = True

    call = await hotline.dial("5", "1", SILENCE)

    assert call.heard(refusal_words(Refusal.STORE_UNAVAILABLE))


async def test_a_call_that_comes_from_another_daemon_goes_on_with_its_item() -> None:
    hotline = Hotline()
    for key in "abc":
        put(hotline, "market", key, text=f"{key}。")

    await hotline.dial_and_die("5", "1", "3@#", "4@")
    call = await hotline.dial(SILENCE)

    assert [words for words, _ in call.phone.played] == ["b。", "c。"]
    assert call.heard(Prompt.NEWS_ITEM, number=2)


# Words in phrases


def test_a_long_text_is_cut_at_the_ends_of_its_sentences() -> None:
    assert spoken("今日收平。成交减少！\n谢谢。", ZH).phrases == (
        "今日收平。",
        "成交减少！",
        "谢谢。",
    )
    assert spoken("It closed at 3.5. Thanks.", EN).phrases == ("It closed at 3.5.", "Thanks.")


def test_a_sentence_without_end_is_cut_at_its_commas() -> None:
    assert spoken("长" * 40 + "，" + "短" * 40 + "。", ZH).phrases == (
        "长" * 40 + "，",
        "短" * 40 + "。",
    )
