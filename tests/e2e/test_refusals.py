"""Whatever goes wrong in a call is said in plain words, books nothing and is in the log."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from operator import attrgetter
from typing import Final

import pytest

from callcenter.domain.refusals import Refusal
from callcenter.ivr.catalogue import say
from callcenter.ivr.prompts import Prompt
from callcenter.telephony.sipcaller import Party
from tests.e2e import said
from tests.e2e.installation import Installation
from tests.e2e.lines import Evidence, Lines
from tests.e2e.said import Turn, refusal
from tests.e2e.together import Played, Together
from tests.e2e.voice import Announcement, words

MOST: Final = 99_400  # of SH600000 at 10.05 for 1,000,000.00
TRIES: Final = 3
BOUND_NUMBER: Final = "13800138000"

together = Together()
_numbers: Final = map("139000002{:02}".format, count(1))
_accounts: Final = map("200002{:02}".format, count(1))


@pytest.fixture(scope="module")
def played(hotline: Installation) -> Played:
    return together.play(hotline)


@together.scenario
async def fails_in_several_calls(lines: Lines) -> Sequence[Evidence]:
    """Fail five times in two calls; then try with the right password."""
    account = "20000293"
    wrong, right = f"{account}#135790#", f"{account}#246810#"
    numbers = ("13900000293", "13900000294", "13900000295")
    for number, keys in zip(numbers, (3 * wrong, 2 * wrong, right), strict=True):
        async with lines.call(number) as caller:
            await caller.hears(said.GREETING)
            await caller.bursts(f"1{keys}")
            if keys == right:
                await caller.hears_out(refusal(Refusal.ACCOUNT_LOCKED))
            else:
                await caller.hears(refusal(Refusal.LOGIN_FAILED))
    return [await lines.evidence(number) for number in numbers]


def test_failed_logins_of_an_account_count_across_calls(played: Played) -> None:
    evidence = played.of(fails_in_several_calls)

    outcomes = [[row["outcome"] for row in each.audit] for each in evidence]

    assert outcomes == [3 * ["refused:1001"], 2 * ["refused:1001"], ["refused:1002"]]


@together.scenario
async def fails_from_one_number(lines: Lines) -> Evidence:
    """Fail ten times on ten accounts, and then try on one more with the right password."""
    number = "13900000296"
    failures = [f"200003{n:02}#135790#" for n in range(10)]
    for keys in (failures[:3], failures[3:6], failures[6:9], failures[9:]):
        async with lines.call(number) as caller:
            await caller.hears(said.GREETING)
            await caller.bursts("".join(["1", *keys]))
            await caller.hears(refusal(Refusal.LOGIN_FAILED))
    async with lines.call(number) as caller:
        await caller.answers(*said.log_in("20000399"))
        await caller.hears_out(refusal(Refusal.CALLER_LOCKED))
    return await lines.evidence(number)


def test_failed_logins_from_a_number_count_across_accounts(played: Played) -> None:
    evidence = played.of(fails_from_one_number)

    assert [row["outcome"] for row in evidence.audit] == ["refused:1003"]


def logs_in(account: str = "", password: str = "246810") -> list[Turn]:  # noqa: S107
    return said.log_in(account or next(_accounts), password=password)


def buys(code: str, price: str = "", quantity: str = "", account: str = "") -> list[Turn]:
    """Log in and key an order of SH600000, as far as it is given."""
    return [
        *logs_in(account),
        (said.TRADE_MENU, "1"),
        (said.ASK_BUY_CODE, f"{code}#"),
        *([(said.ask_price(), f"{price}#")] if price else []),
        *([(said.ask_quantity(MOST), f"{quantity}#")] if quantity else []),
    ]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Silent:
    """A call in which the caller says nothing more at some point."""

    promise: str
    dialogue: Sequence[Turn]
    hears: Sequence[Announcement]
    number: str = field(default_factory=lambda: next(_numbers))

    @property
    def ends(self) -> str:
        return "goodbye" if self.hears[-1] == said.GOODBYE else "hung-up"

    async def __call__(self, lines: Lines) -> Evidence:
        async with lines.call(self.number) as caller:
            await caller.hurries(self.dialogue)
            await caller.hears(*self.hears)
            if self.ends == "goodbye":
                assert (await caller.call.ended(within_s=5)).by == Party.FAR_END
        return await lines.evidence(self.number)


SILENT: Final = (
    Silent(
        promise="at the main menu, then goodbye",
        dialogue=[],
        hears=[said.GREETING, *TRIES * [said.MAIN_MENU], said.GOODBYE],
    ),
    Silent(
        promise="at another menu, then goodbye",
        dialogue=logs_in(),
        hears=[*TRIES * [said.TRADE_MENU], said.GOODBYE],
    ),
    Silent(
        promise="at the account, then back to the menu",
        dialogue=[(said.MAIN_MENU, "1")],
        hears=[*TRIES * [said.ASK_ACCOUNT, said.NOTHING_HEARD], said.MAIN_MENU],
    ),
    Silent(
        promise="at the password, then back to the menu",
        dialogue=logs_in()[:2],
        hears=[*TRIES * [said.ASK_PASSWORD, said.NOTHING_HEARD], said.MAIN_MENU],
    ),
    Silent(
        promise="at the code, then back to the menu",
        dialogue=[*logs_in(), (said.TRADE_MENU, "1")],
        hears=[*TRIES * [said.ASK_BUY_CODE, said.NOTHING_HEARD], said.TRADE_MENU],
    ),
    Silent(
        promise="at the price, then back to the code",
        dialogue=buys("600000"),
        hears=[*TRIES * [said.ask_price(), said.NOTHING_HEARD], said.ASK_BUY_CODE],
    ),
    Silent(
        promise="at the quantity, then back to the price",
        dialogue=buys("600000", "10*05"),
        hears=[*TRIES * [said.ask_quantity(MOST), said.NOTHING_HEARD], said.ask_price()],
    ),
    Silent(
        promise="at the read-back, then the order is dropped",
        dialogue=buys("600000", "10*05", "100"),
        hears=[
            *TRIES * [said.read_back(), said.NOTHING_HEARD],
            said.ORDER_DROPPED,
            said.TRADE_MENU,
        ],
    ),
    Silent(
        promise="in the middle of a value, then the question again",
        dialogue=[*logs_in(), (said.TRADE_MENU, "1"), (said.ASK_BUY_CODE, "600")],
        hears=[said.NOTHING_HEARD, said.ASK_BUY_CODE],
    ),
)
for silent in SILENT:
    together.scenario(silent)


@pytest.mark.parametrize("call", SILENT, ids=attrgetter("promise"))
def test_silence_leads_one_level_back_after_three_times(played: Played, call: Silent) -> None:
    evidence = played.of(call)

    assert evidence.orders == []
    assert evidence.call["ended"] == call.ends


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Refused:
    """A call in which something is keyed that is refused."""

    promise: str
    dialogue: Sequence[Turn]
    because: Announcement
    then: Announcement
    number: str = field(default_factory=lambda: next(_numbers))

    async def __call__(self, lines: Lines) -> Evidence:
        async with lines.call(self.number) as caller:
            *before, question = self.dialogue
            await caller.hurries(before)
            await caller.answers(question)
            await caller.hears_out(self.because)
            await caller.hears(self.then)
        return await lines.evidence(self.number)


REFUSED: Final = (
    Refused(
        promise="an account that does not exist",
        dialogue=logs_in("29999999"),
        because=refusal(Refusal.LOGIN_FAILED),
        then=said.ASK_ACCOUNT,
    ),
    Refused(
        promise="a wrong password",
        dialogue=logs_in(password="246811"),
        because=refusal(Refusal.LOGIN_FAILED),
        then=said.ASK_ACCOUNT,
    ),
    Refused(
        promise="a code that nothing is listed under",
        dialogue=buys("999999"),
        because=refusal(Refusal.UNKNOWN_SECURITY),
        then=said.ASK_BUY_CODE,
    ),
    Refused(
        promise="a security that is suspended",
        dialogue=buys("601989"),
        because=refusal(Refusal.SUSPENDED),
        then=said.ASK_BUY_CODE,
    ),
    Refused(
        promise="a price with two points",
        dialogue=buys("600000", "10*0*5"),
        because=refusal(Refusal.NOT_A_PRICE),
        then=said.ask_price(),
    ),
    Refused(
        promise="a price outside the limits of the day",
        dialogue=buys("600000", "11*01"),
        because=refusal(Refusal.PRICE_OUTSIDE_LIMITS, low=Decimal("9.00"), high=Decimal("11.00")),
        then=said.ask_price(),
    ),
    Refused(
        promise="a price between two ticks",
        dialogue=buys("600000", "10*055"),
        because=refusal(
            Refusal.WRONG_TICK, tick=Decimal("0.01"), prices=(Decimal("10.05"), Decimal("10.06"))
        ),
        then=said.ask_price(),
    ),
    Refused(
        promise="a quantity that is not a whole lot",
        dialogue=buys("600000", "10*05", "150"),
        because=refusal(Refusal.WRONG_LOT, unit=100, nearest=(100, 200)),
        then=said.ask_quantity(MOST),
    ),
    Refused(
        promise="a quantity above what the exchange takes",
        dialogue=buys("600000", "10*05", "1000100"),
        because=refusal(Refusal.QUANTITY_TOO_LARGE, most=1_000_000),
        then=said.ask_quantity(MOST),
    ),
    Refused(
        promise="more than the account can pay for",
        dialogue=[
            *buys("600000", "10*05", account="10000002"),
            (said.ask_quantity(400), "500#"),
        ],
        because=refusal(Refusal.NOT_ENOUGH_MONEY, most=400),
        then=said.ask_quantity(400),
    ),
    Refused(
        promise="a board that the customer has no permission for",
        dialogue=buys("688981", account="10000003"),
        because=refusal(Refusal.NO_STAR_PERMISSION),
        then=said.ASK_BUY_CODE,
    ),
    Refused(
        promise="any order of a frozen account",
        dialogue=[*logs_in("10000005"), (said.TRADE_MENU, "1")],
        because=refusal(Refusal.ACCOUNT_FROZEN),
        then=said.TRADE_MENU,
    ),
    Refused(
        promise="an order from a number that the account is not bound to",
        dialogue=[*logs_in("10000004"), (said.TRADE_MENU, "1")],
        because=refusal(Refusal.CALLER_NOT_BOUND),
        then=said.TRADE_MENU,
    ),
    Refused(
        promise="the sale of what was bought today",
        dialogue=[
            *logs_in("10000002"),
            (said.TRADE_MENU, "2"),
            (said.ASK_SELL_CODE, "688981#"),
        ],
        because=refusal(Refusal.NOTHING_TO_SELL, held=500),
        then=said.ASK_SELL_CODE,
    ),
)
for refused in REFUSED:
    together.scenario(refused)


@pytest.mark.parametrize("call", REFUSED, ids=attrgetter("promise"))
def test_is_refused_in_words_with_a_message_number_and_books_nothing(
    played: Played, call: Refused
) -> None:
    evidence = played.of(call)

    spoken = [words(call.because) in turn["words"] for turn in evidence.turns]

    assert any(spoken)
    assert evidence.orders == []
    assert evidence.call["ended"] == "hung-up"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HangsUp:
    """A call that the caller ends in the middle of a dialogue."""

    at: str
    dialogue: Sequence[Turn]
    question: Announcement
    keys: str = ""
    number: str = field(default_factory=lambda: next(_numbers))

    async def __call__(self, lines: Lines) -> Evidence:
        async with lines.call(self.number) as caller:
            await caller.hurries(self.dialogue)
            await caller.hears(self.question)
            if self.keys:
                await caller.keys(self.keys)
        return await lines.evidence(self.number)


def hangs_up_at_each_step() -> Iterator[HangsUp]:
    steps = ("menu", "account", "password", "trade menu", "code", "price", "quantity", "read-back")
    for done, at in enumerate(steps):
        turns = [*buys("600000", "10*05", "100"), (said.read_back(), "")]
        yield HangsUp(at=at, dialogue=turns[:done], question=turns[done][0])


HANGS_UP: Final = (
    *hangs_up_at_each_step(),
    HangsUp(at="half a password", dialogue=logs_in()[:2], question=said.ASK_PASSWORD, keys="246"),
    HangsUp(at="half a price", dialogue=buys("600000"), question=said.ask_price(), keys="10*"),
)
for hangs_up in HANGS_UP:
    together.scenario(hangs_up)


@pytest.mark.parametrize("call", HANGS_UP, ids=attrgetter("at"))
def test_hanging_up_before_key_1_books_nothing(played: Played, call: HangsUp) -> None:
    evidence = played.of(call)

    assert evidence.orders == []
    assert evidence.call["ended"] == "hung-up"
    assert evidence.turns[-1]["outcome"] == "hung-up"


@together.scenario
async def hangs_up_with_key_1(lines: Lines) -> Evidence:
    number, account = "13900000291", "20000291"
    async with lines.call(number) as caller:
        await caller.answers(*buys("600000", "10*05", "100", account), (said.read_back(), "1"))
        # No hand is faster, and Asterisk may read a goodbye before the key that came with it.
        await caller.call.stay(0.2)
    await lines.orders(account, at_least=1)
    return await lines.evidence(number)


def test_hanging_up_with_key_1_keeps_the_order(played: Played) -> None:
    evidence = played.of(hangs_up_with_key_1)

    assert [order["state"] for order in evidence.orders] == ["accepted"]
    assert evidence.call["ended"] == "hung-up"


@together.scenario
async def keys_a_wrong_password_three_times(lines: Lines) -> Evidence:
    number, account = "13900000292", "20000292"
    async with lines.call(number) as caller:
        await caller.answers((said.MAIN_MENU, "1"))
        for _ in range(3):
            await caller.answers((said.ASK_ACCOUNT, f"{account}#"), (said.ASK_PASSWORD, "135790#"))
            await caller.hears(refusal(Refusal.LOGIN_FAILED))
        await caller.hears_out([say(Prompt.LOCKED_OUT)])
        assert (await caller.call.ended(within_s=5)).by == Party.FAR_END
    return await lines.evidence(number)


def test_three_failed_logins_end_the_call_with_an_explanation(played: Played) -> None:
    evidence = played.of(keys_a_wrong_password_three_times)

    assert evidence.call["ended"] == "locked-out"
    assert evidence.call["account"] is None
    assert [row["outcome"] for row in evidence.audit] == 3 * ["refused:1001"]


@together.scenario
async def calls_from_the_bound_number(lines: Lines) -> Evidence:
    async with lines.call(BOUND_NUMBER) as caller:
        await caller.answers(*buys("600000", "10*05", "100", "10000004"), (said.read_back(), "1"))
        [order] = await lines.orders("10000004", at_least=1)
        await caller.hears(said.accepted(order["order_number"]))
    return await lines.evidence(BOUND_NUMBER)


def test_a_bound_account_trades_from_its_number(played: Played) -> None:
    evidence = played.of(calls_from_the_bound_number)

    assert [order["state"] for order in evidence.orders] == ["accepted"]


@together.scenario
async def presses_wrong_keys_in_a_menu(lines: Lines) -> Evidence:
    number = "13900000297"
    async with lines.call(number) as caller:
        await caller.answers(*said.log_in("20000297", "2"))
        for _ in range(3):
            await caller.answers((said.ACCOUNT_MENU, "9"))
            await caller.hears([say(Prompt.WRONG_KEY)])
        await caller.hears(said.MAIN_MENU)
    return await lines.evidence(number)


def test_three_wrong_keys_in_a_menu_lead_to_the_one_above(played: Played) -> None:
    evidence = played.of(presses_wrong_keys_in_a_menu)

    assert [turn["outcome"] for turn in evidence.turns][-4:] == [*3 * ["wrong-key"], "hung-up"]
