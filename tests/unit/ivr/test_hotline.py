"""The menus that ship, and how a caller gets about in them."""

import pytest

from callcenter.app.menus import SHIPPED
from callcenter.domain.accounts import BranchCode
from callcenter.domain.calls import CallEnd, Did, Language
from callcenter.domain.errors import CounterUnavailable
from callcenter.domain.refusals import Refusal
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.reasons import refusal_words
from tests import make
from tests.fakes.phone import SILENCE
from tests.unit.ivr.hotline_of import LOGIN, Hotline, menu_reader, words


@pytest.mark.parametrize(
    ("did", "branch", "greeting"),
    [
        pytest.param("4008", None, "您好，欢迎致电证券交易热线。", id="unified"),
        pytest.param("6001", "001", "您好，欢迎致电证券第一营业部。", id="first-branch"),
        pytest.param("6002", "002", "您好，欢迎致电证券第二营业部。", id="second-branch"),
        pytest.param("6017", "017", "您好，欢迎致电证券第十七营业部。", id="last-branch"),
    ],
)
async def test_each_number_has_its_greeting(did: str, branch: str | None, greeting: str) -> None:
    dialled = make.call(did=Did(did), branch=branch and BranchCode(branch))

    call = await Hotline().dial(call=dialled)

    assert call.phone.said[0] == greeting


@pytest.mark.parametrize(
    ("script", "asked"),
    [
        pytest.param(["1", *LOGIN], Prompt.MENU_BUY, id="trade"),
        pytest.param(["1", *LOGIN, "1"], Prompt.ASK_BUY_CODE, id="buy"),
        pytest.param(["1", *LOGIN, "2"], Prompt.ASK_SELL_CODE, id="sell"),
        pytest.param(["2", *LOGIN], Prompt.MENU_MONEY, id="account"),
        pytest.param(["2", *LOGIN, "1"], Prompt.MONEY, id="money"),
        pytest.param(["2", *LOGIN, "2"], Prompt.POSITION, id="positions"),
        pytest.param(["2", *LOGIN, "3"], Prompt.NO_ORDERS_TODAY, id="orders"),
        pytest.param(["3"], Prompt.ASK_QUOTE_CODE, id="quotes"),
    ],
)
async def test_each_key_leads_where_the_menu_says(script: list[str], asked: Prompt) -> None:
    call = await Hotline().dial(*script)

    assert asked in call.turns[-1].prompts


async def test_the_menus_say_the_keys_that_they_take() -> None:
    call = await Hotline().dial("1", *LOGIN, "*", "2", "*")

    main, trade, account = (call.phone.said[at] for at in (1, 4, 6))
    assert main.startswith("委托交易请按一，账户查询请按二，行情查询请按三，")
    assert main.endswith("人工服务请按零，重听请按井号。")
    assert trade.startswith("买入请按一，卖出请按二，")
    assert account.startswith("资金查询请按一，持仓查询请按二，当日委托请按三，")
    assert account.endswith("返回上级请按星号。")


async def test_star_in_a_menu_goes_back_one_level() -> None:
    call = await Hotline().dial("1", *LOGIN, "*", "3")

    assert call.place.dialogue == "quotes"


async def test_star_at_the_top_says_the_main_menu_again() -> None:
    call = await Hotline().dial("*", "*", "*", "*", "3")

    assert call.place.dialogue == "quotes"
    assert call.prompts.count(Prompt.MENU_QUOTES) == 5
    assert Prompt.WRONG_KEY not in call.prompts


@pytest.mark.parametrize(
    "script",
    [
        pytest.param([SILENCE] * 3, id="silence"),
        pytest.param(["1", *LOGIN, SILENCE, SILENCE, SILENCE], id="silence-further-down"),
    ],
)
async def test_a_caller_who_is_lost_hears_goodbye(script: list[str]) -> None:
    call = await Hotline().dial(*script)

    assert call.end is CallEnd.GOODBYE
    assert call.prompts[-1] == Prompt.GOODBYE
    assert call.phone.left == 0


async def test_a_caller_who_finds_no_key_hears_goodbye() -> None:
    short = """
lines: [{greeting: greeting, menu: main}]
menus: {main: [{key: 3, name: quotes, words: menu-quotes, dialogue: quotes}]}
"""
    hotline = Hotline(ships=menu_reader().read(short))

    call = await hotline.dial("8", "9", "5")

    assert call.end is CallEnd.GOODBYE
    assert call.prompts[-1] == Prompt.GOODBYE


async def test_wrong_keys_in_a_menu_lead_to_the_one_above() -> None:
    call = await Hotline().dial("1", *LOGIN, "9", "9", "9", "3")

    assert call.place.dialogue == "quotes"


async def test_a_caller_logs_in_once_per_call() -> None:
    hotline = Hotline()

    call = await hotline.dial("1", *LOGIN, "*", "2", "1")

    assert Prompt.MONEY in call.prompts
    assert hotline.counter.logins == ["10000001"]


async def test_quotes_need_no_login() -> None:
    hotline = Hotline()

    call = await hotline.dial("3", "600000#")

    assert Prompt.QUOTE in call.prompts
    assert hotline.counter.logins == []


async def test_key_7_changes_the_language_and_changes_it_back() -> None:
    call = await Hotline().dial("7", "7")

    assert call.phone.said[2].startswith("To trade press one.")
    assert call.phone.said[2].endswith("To hear this again press pound.")
    assert call.phone.said[3] == call.phone.said[1]


async def test_the_language_holds_for_the_whole_call() -> None:
    call = await Hotline().dial("7", "3", "600000#")

    assert call.heard(
        Prompt.QUOTE, Language.EN, name="Pudong Development Bank", last=make.quote().last
    )
    assert call.place.language is Language.EN


async def test_what_is_refused_in_a_dialogue_leads_back_to_its_menu() -> None:
    hotline = Hotline(reconciled=False)

    call = await hotline.dial("1", *LOGIN, "1", "600000#", "#", "100#", "1", "2")

    assert call.heard(Prompt.MESSAGE_NUMBER, number="9002")
    assert call.place.dialogue == "trade/sell"


async def test_a_counter_that_does_not_answer_is_told_with_its_number() -> None:
    hotline = Hotline()
    hotline.counter.fails_with = CounterUnavailable()

    call = await hotline.dial("3", "600000#", "1", "10000001#", "246810#")

    why = words(refusal_words(Refusal.COUNTER_UNAVAILABLE))
    assert call.phone.said.count(why + words(Prompt.MESSAGE_NUMBER, number="9001")) == 2
    assert call.end is CallEnd.HUNG_UP


async def test_what_is_everywhere_is_said_at_the_top_and_taken_in_every_menu() -> None:
    agent = "{key: 0, name: agent, words: menu-agent, dialogue: agent}"
    other = "{key: 0, name: other, words: menu-language, dialogue: language}"
    menu = menu_reader().read(SHIPPED.read_text().replace(agent, other))

    call = await Hotline(ships=menu).dial("1", *LOGIN, "0")

    assert "英语服务请按零，重听请按井号。" in call.phone.said[1]
    assert "按零" not in call.phone.said[4]
    assert call.phone.said[5].startswith("To buy press one.")
