"""Each fault of a menu: an example of it, its line, and what whoever wrote it is told."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import pytest

from callcenter.app.menus import SHIPPED, MenuReader, Proved
from callcenter.domain.calls import Language
from callcenter.ivr.dialogues import DIALOGUES
from callcenter.ivr.menus.checking import prove
from callcenter.ivr.menus.faults import BadMenu, Fault, Rule
from callcenter.ivr.menus.known import Known, Sends
from callcenter.ivr.phone import Utterance
from callcenter.ivr.session import Session
from callcenter.settings import Settings
from tests import rules
from tests.unit.ivr.hotline_of import menu_reader, shipped_catalogue

GOOD: Final = """\
lines:
  - {branch: any, greeting: greeting-branch, menu: main}
  - {greeting: greeting, menu: main}
menus:
  main:
    - {key: 1, name: trade, words: menu-trade, menu: trade, login: true}
    - {key: 3, name: quotes, words: menu-quotes, dialogue: quotes}
  trade:
    - {key: 1, name: buy, words: menu-buy, dialogue: buy}
"""
QUOTES: Final = "{key: 3, name: quotes, words: menu-quotes, dialogue: quotes}"
BUY: Final = "{key: 1, name: buy, words: menu-buy, dialogue: buy}"


def proved(text: str, reader: MenuReader | None = None) -> Proved:
    return (reader or menu_reader()).prove(text)


def only_fault(text: str) -> Fault:
    [fault] = proved(text).proof.faults
    return fault


def test_a_good_menu_has_no_faults_and_its_figures_are_told() -> None:
    proof = proved(GOOD).proof

    assert proof.faults == ()
    assert proof.numbers == 18
    assert proof.ways == 18 * 2 * 3  # trade, quotes, trade and then buy
    assert proof.sending_ways == 18 * 2 * 2  # quotes lead to orders, too
    assert (
        proof.most_failures == 2 * 5
    )  # two menus, left after three of the one and two of the other


@pytest.mark.parametrize(
    ("right", "wrong", "rule", "line", "what"),
    [
        pytest.param(
            "key: 3", "key: 1", Rule.KEYS, 7, "key 1 leads to trade already", id="key-twice"
        ),
        pytest.param(
            "name: quotes",
            "name: trade",
            Rule.KEYS,
            7,
            "trade is the name of another entry of this menu",
            id="name-twice",
        ),
        pytest.param(
            "dialogue: quotes",
            "dialogue: qoutes",
            Rule.GOALS,
            7,
            "there is no dialogue qoutes; did you mean quotes?",
            id="no-such-dialogue",
        ),
        pytest.param(
            "menu: trade",
            "menu: trades",
            Rule.GOALS,
            6,
            "there is no menu trades; did you mean trade?",
            id="no-such-menu",
        ),
        pytest.param(
            ", dialogue: quotes",
            "",
            Rule.GOALS,
            7,
            "quotes must lead to a menu or to a dialogue, one of the two",
            id="leads-nowhere",
        ),
        pytest.param(
            "dialogue: quotes",
            "dialogue: quotes, menu: trade",
            Rule.GOALS,
            7,
            "quotes must lead to a menu or to a dialogue, one of the two",
            id="leads-to-both",
        ),
        pytest.param(
            "dialogue: buy",
            "menu: trade",
            Rule.EXITS,
            9,
            "leads back to the menu trade; callers go back with the star key",
            id="circle",
        ),
        pytest.param(
            "dialogue: buy",
            "menu: main",
            Rule.EXITS,
            9,
            "leads back to the menu main; callers go back with the star key",
            id="back-to-the-top",
        ),
        pytest.param(
            BUY,
            "{key: 1, name: buy, words: menu-buy, dialogue: buy, hours: {days: trading},"
            " outside: hidden}",
            Rule.EXITS,
            8,
            "the menu trade is empty, or will be outside its hours",
            id="empty-at-night",
        ),
        pytest.param(
            "words: menu-quotes",
            "words: menu-quote",
            Rule.WORDS,
            7,
            "there is no sentence menu-quote; did you mean menu-quotes",
            id="no-such-sentence",
        ),
        pytest.param(
            "words: menu-quotes",
            "words: goodbye",
            Rule.WORDS,
            7,
            "must say the key: write {key:key} where it is to be heard",
            id="words-without-the-key",
        ),
        pytest.param(
            "words: menu-quotes",
            "words: {zh: '行情请按{key:key}，', en: 'Quotes.'}",
            Rule.WORDS,
            7,
            "has other slots in one language than in the other",
            id="key-in-one-language",
        ),
        pytest.param(
            "words: menu-quotes",
            "words: {zh: '行情请按3，', en: 'Quotes, press {key:key}.'}",
            Rule.WORDS,
            7,
            "has digits in its Mandarin words",
            id="digits",
        ),
        pytest.param(
            "greeting: greeting,",
            "greeting: greeting-branch,",
            Rule.WORDS,
            3,
            "says {branch:number}, which nobody knows here",
            id="branch-of-the-unified-number",
        ),
        pytest.param(
            "{greeting: greeting, menu: main}",
            "{did: 4008, greeting: greeting, menu: main}",
            Rule.NUMBERS,
            3,
            "the last line must be without did and branch, so that every call is taken",
            id="number-without-a-line",
        ),
        pytest.param(
            "branch: any",
            "branch: [003, 099]",
            Rule.NUMBERS,
            2,
            "there is no branch 099",
            id="no-such-branch",
        ),
        pytest.param(
            "{greeting: greeting, menu: main}",
            "{greeting: greeting, menu: mian}",
            Rule.NUMBERS,
            3,
            "there is no menu mian; did you mean main?",
            id="line-to-no-menu",
        ),
    ],
)
def test_a_menu_with_a_fault_cannot_go_live(
    right: str, wrong: str, rule: Rule, line: int, what: str
) -> None:
    assert right in GOOD

    faults = proved(GOOD.replace(right, wrong, 1)).proof.errors

    told = [(fault.rule, fault.line) for fault in faults if fault.what.startswith(what)]
    assert told == [(rule, line)], faults
    with pytest.raises(BadMenu):
        menu_reader().read(GOOD.replace(right, wrong, 1))


@pytest.mark.parametrize(
    ("right", "wrong", "line", "what"),
    [
        pytest.param(
            "dialogue: quotes",
            "dialog: quotes",
            7,
            "nothing is called dialog here; did you mean dialogue",
            id="slip",
        ),
        pytest.param("key: 3, ", "", 7, "key is missing", id="missing"),
        pytest.param(
            "key: 3", "key: 33", 7, "'33' cannot be: a key is one figure from 0 to 9", id="key"
        ),
        pytest.param("key: 3", "key: '#'", 7, "'#' cannot be: a key is one figure", id="hash-key"),
        pytest.param(
            "name: quotes", "name: Quotes", 7, "'Quotes' cannot be: a name is of small", id="name"
        ),
        pytest.param(
            "login: true", "login: maybe", 6, "'maybe' cannot be: say true or false", id="login"
        ),
        pytest.param(
            "branch: any", "branch: 3", 2, "'3' cannot be: a branch has three figures", id="branch"
        ),
        pytest.param(
            BUY,
            f"{BUY[:-1]}, hours: {{times: [9-17]}}}}",
            9,
            "'9-17' cannot be: times are such as 09:00-17:00",
            id="times",
        ),
        pytest.param(
            BUY,
            f"{BUY[:-1]}, hours: {{times: [17:00-09:00]}}}}",
            9,
            "17:00 is not before 09:00",
            id="backwards",
        ),
        pytest.param(
            BUY,
            f"{BUY[:-1]}, hours: {{days: weekdays}}}}",
            9,
            "'weekdays' cannot be: say all, trading or holidays",
            id="days",
        ),
        pytest.param(
            BUY,
            f"{BUY[:-1]}, closed: [1.10.2026]}}",
            9,
            "'1.10.2026' cannot be: a day is such as 2026-10-01",
            id="day",
        ),
        pytest.param(BUY, f"{BUY[:-1]}, words: menu-buy}}", 9, "says words twice", id="twice"),
        pytest.param(f"    - {BUY}", "    key: 1", 8, "must be a list", id="no-list"),
        pytest.param(BUY, "{key: 1", 10, "cannot be read as YAML", id="no-yaml"),
        pytest.param(
            "words: menu-buy", "words: {zh: 买入请按一}", 9, "en is missing", id="one-language"
        ),
        pytest.param("words: menu-buy", "words: {zh: '', en: ''}", 9, "is empty", id="no-words"),
        pytest.param(BUY, f"&buy {BUY}\n    - *buy", 10, "has references", id="references"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(
    right: str, wrong: str, line: int, what: str
) -> None:
    assert right in GOOD

    with pytest.raises(BadMenu) as bad:
        proved(GOOD.replace(right, wrong, 1))

    assert bad.value.faults[0].rule is Rule.READABLE
    assert bad.value.faults[0].what.startswith(what)
    assert bad.value.faults[0].line == line


def test_an_endless_text_is_refused() -> None:
    for text in ("[" * 100_000, "a: " + "b" * 600_000):
        with pytest.raises(BadMenu):
            proved(text)


def test_a_fault_is_shown_by_the_keys_that_lead_to_it() -> None:
    [fault] = proved(GOOD.replace("dialogue: buy", "menu: trade")).proof.errors

    assert fault.way == "4008 (zh): 1 → 1"


async def _sends_at_once(_: Session) -> None: ...


def test_no_way_leads_to_what_is_sent_without_a_read_back() -> None:
    hasty = Known(run=_sends_at_once, sends=frozenset({Sends.TRANSFER}))
    dialogues: Mapping[str, Known] = {**DIALOGUES, "hasty": hasty}
    reader = menu_reader()
    plan = reader.prove(GOOD).plan
    main = plan.menus["trade"]
    trade = replace(main, entries=(replace(main.entries[0], dialogue="hasty"),))

    proof = prove(
        replace(plan, menus={**plan.menus, "trade": trade}),
        replace(reader.house, dialogues=dialogues),
    )

    [fault] = proof.errors
    assert fault.rule is Rule.READ_BACK
    assert fault.what == "hasty sends (transfer) and does not read it back first"
    assert fault.way == "4008 (zh): 1 → 1"


def test_menus_that_are_too_deep_keep_a_lost_caller_for_too_long() -> None:
    deep = "".join(
        f"  m{n}: [{{key: 1, name: next, words: menu-buy, menu: m{n + 1}}}]\n" for n in range(4)
    )
    text = GOOD.replace("dialogue: quotes", "menu: m0") + deep + f"  m4: [{BUY}]\n"

    faults = proved(text).proof.errors

    assert [fault.rule for fault in faults] == [Rule.FAILURES]
    assert faults[0].way == "4008 (zh): 3 → 1 → 1 → 1"


@pytest.mark.parametrize(
    ("more", "what"),
    [
        pytest.param(f"  lost: [{BUY}]\n", "nothing leads to the menu lost", id="menu"),
        pytest.param(
            "    - {key: 2, name: sell, words: menu-sell, dialogue: sell, only: {did: []}}\n",
            "no caller ever gets sell",
            id="entry",
        ),
    ],
)
def test_what_no_caller_ever_gets_is_a_warning(more: str, what: str) -> None:
    fault = only_fault(GOOD + more)

    assert fault.what == what
    assert fault.is_warning
    assert menu_reader().read(GOOD + more)


def test_a_line_below_one_that_takes_all_calls_is_a_warning() -> None:
    first, second, *rest = GOOD.splitlines()[1:]
    text = "\n".join(["lines:", second, first, second, *rest])

    faults = proved(text).proof.faults

    assert [(fault.rule, fault.line) for fault in faults] == [(Rule.USED, 3), (Rule.USED, 4)]
    assert menu_reader().read(text)


def test_two_entries_may_share_a_key_if_no_caller_gets_both() -> None:
    other = "{key: 3, name: quotes, words: menu-quotes, dialogue: language, only: {language: en}}"
    mine = QUOTES[:-1] + ", only: {language: zh}}"
    text = GOOD.replace(QUOTES, f"{mine}\n    - {other}")

    assert proved(text).proof.faults == ()
    clash = proved(text.replace("{language: zh}", "{branch: 003}")).proof.errors
    assert {fault.way for fault in clash} == {"6003 (en), menu main"}


def test_a_key_of_every_menu_must_be_free_in_all_of_them() -> None:
    everywhere = "everywhere: [{key: 1, name: other, words: menu-language, dialogue: language}]\n"

    faults = proved(GOOD + everywhere).proof.errors

    assert [(fault.line, fault.what) for fault in faults] == [
        (10, "key 1 leads to trade already"),
        (10, "key 1 leads to buy already"),
    ]


def test_a_sentence_that_ships_may_be_said_otherwise_with_the_same_values() -> None:
    said = "{zh: '成功，{number:digits}。', en: 'Done, {number:digits}.'}"
    own = f"sentences:\n  order-accepted: {said}\n"
    slots = {how for _, how in shipped_catalogue().values("order-accepted")}
    less = own.replace("{number:digits}", "")
    unknown = own.replace("order-accepted", "order-acepted")

    assert slots == {"digits"}
    assert proved(GOOD + own).proof.faults == ()
    assert "must say what it says as shipped: {number:digits}" in only_fault(GOOD + less).what
    assert "did you mean order-accepted" in only_fault(GOOD + unknown).what


def test_the_menu_that_ships_suits_a_broker_with_one_number() -> None:
    settings = Settings(branches={})
    reader = MenuReader(settings, shipped_catalogue(), rules.calendar().is_session)

    assert reader.shipped().plan.lines[-1].language is Language.ZH
    assert not proved(SHIPPED.read_text(encoding="utf-8"), reader).proof.errors


def test_words_that_no_good_voice_has_yet_are_a_warning() -> None:
    words = "words: {zh: '下单请按{key:key}，', en: 'Buy: {key:key}.'}"
    own = GOOD.replace("words: menu-buy", words)
    own += "sentences: {goodbye: {zh: 慢走。, en: Good day.}}\n"
    heard: list[str] = []

    def has_voice(utterance: Utterance) -> bool:
        heard.append(utterance.words)
        return utterance.words == "慢走。"

    reader = menu_reader()
    faults = prove(reader.prove(own).plan, replace(reader.house, has_voice=has_voice)).faults

    assert heard == ["下单请按一，", "Buy: one.", "慢走。", "Good day."]
    assert [(fault.rule, fault.is_warning, fault.where) for fault in faults] == [
        (Rule.VOICE, True, ("menus", "trade", 0, "words")),
        (Rule.VOICE, True, ("sentences", "goodbye")),
    ]
    assert faults[0].what.startswith("no good voice has “下单请按一， / Buy: one.” yet;")
    assert faults[1].what.startswith("no good voice has “Good day.” yet;")
