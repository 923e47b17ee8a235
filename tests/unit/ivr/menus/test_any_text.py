"""Whatever somebody writes: it is proved and can be said, or it is told what is wrong with it."""

import asyncio
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from callcenter.domain.calls import CallEnd
from callcenter.ivr.menus.faults import BadMenu
from callcenter.ivr.menus.live import Live
from tests.fakes.phone import SILENCE
from tests.unit.ivr.hotline_of import LOGIN, Hotline, menu_reader

names = st.sampled_from(["main", "trade", "lost", "a-b", "Main", ""])
prompts = st.sampled_from(["menu-buy", "menu-sell", "goodbye", "greeting-branch", "nothing"])
words = st.fixed_dictionaries(
    {},
    optional={
        "zh": st.sampled_from(["按{key:key}，", "再见。", "{branch:number}", "按3", "{", "{x:y}"]),
        "en": st.sampled_from(["Press {key:key}.", "Bye.", "{branch:number}", "}", ""]),
    },
)
said = prompts | words
only = st.fixed_dictionaries(
    {},
    optional={
        "did": st.sampled_from(["4008", "6003", ["6003", "6099"], [], "x"]),
        "branch": st.sampled_from(["any", "003", ["003", "099"], [], "3"]),
        "language": st.sampled_from(["zh", "en", "fr"]),
    },
)
hours = st.fixed_dictionaries(
    {},
    optional={
        "days": st.sampled_from(["all", "trading", "holidays", "never"]),
        "times": st.lists(st.sampled_from(["09:00-17:00", "13:00-24:00", "17:00-09:00", "9"])),
    },
)
entry = st.fixed_dictionaries(
    {"key": st.sampled_from("0123"), "name": names, "words": said},
    optional={
        "menu": names,
        "dialogue": st.sampled_from(["buy", "quotes", "language", "nothing"]),
        "login": st.sampled_from(["true", "false", "maybe"]),
        "only": only,
        "hours": hours,
        "closed": st.lists(st.sampled_from(["2026-11-22", "2026-02-30"]), max_size=1),
        "outside": said | st.just("hidden"),
        "kye": st.just("1"),
    },
)
line = st.fixed_dictionaries(
    {"greeting": said | st.lists(said, max_size=2), "menu": names},
    optional={"did": st.just("6003"), "branch": st.sampled_from(["any", "003"])},
)
good_line = st.fixed_dictionaries({"greeting": st.just("greeting"), "menu": st.just("main")})
good_entry = st.fixed_dictionaries(
    {
        "key": st.sampled_from("0123456789"),
        "name": st.sampled_from(["a", "b", "c", "d"]),
        "words": st.sampled_from(["menu-buy", "menu-sell", "menu-money"]),
        "dialogue": st.sampled_from(["buy", "quotes", "language", "money", "positions"]),
    },
    optional={"only": only, "hours": hours, "login": st.just("true")},
)
menus = st.fixed_dictionaries(
    {
        "lines": st.tuples(good_line).map(list) | st.lists(line | good_line, max_size=3),
        "menus": st.fixed_dictionaries({"main": st.lists(good_entry, min_size=1, max_size=4)})
        | st.dictionaries(names, st.lists(entry | good_entry, max_size=4), max_size=3),
    },
    optional={
        "everywhere": st.lists(entry | good_entry, max_size=1),
        "holidays": st.lists(st.sampled_from(["2026-11-23", "tomorrow"]), max_size=1),
        "sentences": st.dictionaries(prompts, words, max_size=1),
    },
)
keys = st.lists(st.sampled_from([SILENCE, *"0123456789*#", *LOGIN]), max_size=8)


def read(text: str) -> Live | None:
    try:
        return menu_reader().read(text)
    except BadMenu as bad:
        faults = bad.faults
    assert faults
    assert all(fault.what for fault in faults)
    return None


@settings(max_examples=150, deadline=None)
@given(menus, keys)
def test_a_menu_that_is_proved_leads_every_caller_to_an_end(
    written: dict[str, Any], keyed: list[str]
) -> None:
    live = read(yaml.safe_dump(written, allow_unicode=True))

    if live is not None:
        assert all(one.words for one in live.spoken(menu_reader().house.numbers))
        call = asyncio.run(Hotline(ships=live).dial(*keyed, *[SILENCE] * 40))
        assert call.end in {CallEnd.GOODBYE, CallEnd.LOCKED_OUT}


@settings(max_examples=150, deadline=None)
@given(
    st.text(st.sampled_from("abc: -[]{}#&*!|>'\"%@`,\n\t一1"), max_size=40) | st.binary().map(repr)
)
def test_any_text_is_read_or_refused(text: str) -> None:
    read(text)
    read(f"lines: {text}\nmenus: {{}}")
