"""A real telephone call, from the first ring to what is in the books afterwards."""

import asyncio
import json
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pytest

from callcenter.cli.records import Record
from callcenter.domain.calls import Language
from callcenter.ivr.catalogue import say
from callcenter.ivr.prompts import Prompt
from tests.e2e import said
from tests.e2e.installation import Installation
from tests.e2e.lines import Evidence, Lines
from tests.e2e.together import Played, Together
from tests.e2e.voice import Announcement, words
from tests.hear import Recording, Samples

MOST: Final = 99_400  # of SH600000 at 10.05 for 1,000,000.00
HEAD: Final = 8000  # samples that tell a sentence from the others
SPEECH: Final = np.random.default_rng(4008).normal(0, 4000, 9600).astype(np.int16)

together = Together()


@pytest.fixture(scope="module")
def played(hotline: Installation) -> Played:
    return together.play(hotline)


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """A call that is over."""

    evidence: Evidence
    heard: Recording
    recorded: Recording
    sounds: Sequence[Samples]


@together.scenario
async def hears_everything_out(lines: Lines) -> Talk:
    """Buy 100 SH600000 at 10.05 in no hurry, and say something in between."""
    number, account = "13900000101", "20000101"
    dialogue = [*said.log_in(account), *said.buy_a_hundred(MOST), (said.read_back(), "1")]
    async with lines.call(number) as caller:
        await caller.hears_out(said.GREETING)
        for question, keys in dialogue:
            await caller.hears_out(question)
            if question == said.ASK_ACCOUNT:
                await caller.call.say(SPEECH)
            await caller.keys(keys)
        accepted = await _accepted(lines, account)
        await caller.hears_out(accepted)
        await caller.hears(said.TRADE_MENU)
    evidence = await lines.evidence(number)
    everything = [said.GREETING, *(question for question, _ in dialogue), accepted]
    return Talk(
        evidence=evidence,
        heard=Recording(caller.call.audio / 32768),
        recorded=Recording(evidence.call["recording"]),
        sounds=[await lines.voice.sound(one) for one in everything],
    )


def test_a_call_books_the_order_it_read_back(played: Played) -> None:
    [order] = played.of(hears_everything_out).evidence.orders

    assert order["security"] == "SH600000"
    assert order["side"] == "buy"
    assert (order["price"], order["quantity"]) == ("10.05", 100)
    assert order["state"] == "accepted"
    assert order["account"] == "20000101"


def test_an_order_bears_the_number_that_called_and_the_number_that_was_dialled(
    played: Played,
) -> None:
    [order] = played.of(hears_everything_out).evidence.orders

    assert order["caller"] == "+8613900000101"
    assert order["did"] == "4008"
    assert order["branch"] is None
    assert order["call_id"] == played.of(hears_everything_out).evidence.call["call_id"]


def test_login_order_and_answer_are_in_the_audit_trail(played: Played) -> None:
    trail = played.of(hears_everything_out).evidence.audit

    assert [(row["action"], row["outcome"]) for row in trail] == [
        ("login", "accepted"),
        ("order", "pending"),
        ("order-answer", "accepted"),
    ]
    assert {row["caller"] for row in trail} == {"+8613900000101"}
    assert {row["did"] for row in trail} == {"4008"}
    assert {row["account"] for row in trail} == {"20000101"}


def test_every_sentence_is_heard_to_its_end_in_the_right_order(played: Played) -> None:
    talk = played.of(hears_everything_out)

    heard = talk.heard.follow(talk.sounds)

    assert min(each.surely for each in heard) > 0.9


def test_the_recording_has_both_sides(played: Played) -> None:
    talk = played.of(hears_everything_out)

    hotline = [talk.recorded.find(sound[:HEAD]) for sound in talk.sounds]
    caller = [talk.recorded.find(part / 32768) for part in np.split(SPEECH, 2)]

    # A busy Asterisk leaves a hundredth of a second out now and then.
    assert sum(map(bool, hotline)) >= len(hotline) - 2
    assert any(caller)


def test_the_transcript_is_what_was_said_and_keyed(played: Played) -> None:
    evidence = played.of(hears_everything_out).evidence
    [order] = evidence.orders

    turns = [(turn["words"], turn["keys"], turn["outcome"]) for turn in evidence.turns]

    assert turns == [
        (words(said.GREETING, said.MAIN_MENU), "1", "chosen"),
        (words(said.ASK_ACCOUNT), "20000101#", "value"),
        (words(said.ASK_PASSWORD), "******", "value"),
        (words(said.TRADE_MENU), "1", "chosen"),
        (words(said.ASK_BUY_CODE), "600000#", "value"),
        (words(said.ask_price()), "10*05#", "value"),
        (words(said.ask_quantity(MOST)), "100#", "value"),
        (words(said.read_back()), "1", "yes"),
        (words(said.accepted(order["order_number"]), said.TRADE_MENU), "", "hung-up"),
    ]


@together.scenario
async def calls_a_branch(lines: Lines) -> Evidence:
    number, account = "13900000102", "20000102"
    async with lines.call(number, to="6003") as caller:
        await caller.hears_out([say(Prompt.GREETING_BRANCH, branch=3)])
        await caller.answers(*said.log_in(account), *said.buy_a_hundred(MOST))
        await caller.hears(said.read_back())
        await caller.keys("1")
        await caller.hears(await _accepted(lines, account))
    return await lines.evidence(number)


def test_a_branch_greets_by_its_number_and_is_written_on_the_order(played: Played) -> None:
    evidence = played.of(calls_a_branch)
    [order] = evidence.orders

    assert (evidence.call["did"], evidence.call["branch"]) == ("6003", "003")
    assert (order["did"], order["branch"]) == ("6003", "003")
    assert {(row["did"], row["branch"]) for row in evidence.audit} == {("6003", "003")}


@together.scenario
async def dials_the_line_test(lines: Lines) -> tuple[Recording, str]:
    number = "13900000103"
    async with lines.call(number, to="9000") as caller:
        await caller.hears_out([say(Prompt.LINE_TEST)])
        await caller.call.say(SPEECH)
        await caller.call.silence(of_s=0.5, within_s=10)
        await caller.keys("#")
        ending = await caller.call.ended(within_s=5)
    return Recording(caller.call.audio / 32768), ending.by


def test_the_line_test_echoes_what_is_said_until_pound(played: Played) -> None:
    heard, hung_up_by = played.of(dials_the_line_test)

    assert len(heard.find(SPEECH / 32768)) == 1
    assert hung_up_by == "far end"


@together.scenario
async def asks_in_english(lines: Lines) -> Evidence:
    number, account = "13900000104", "20000104"
    async with lines.call(number) as caller:
        await caller.hears(said.MAIN_MENU)
        await caller.keys("7")
        caller.language = Language.EN
        await caller.answers(*said.log_in(account, "2"), (said.ACCOUNT_MENU, "1"))
        await caller.hears_out(said.money("1000000.00", "1000000.00", "0.00", "1100500.00"))
    return await lines.evidence(number)


def test_key_7_switches_to_english(played: Played) -> None:
    evidence = played.of(asks_in_english)

    balances = next(turn for turn in evidence.turns if "money" in turn["prompts"])

    assert balances["words"].startswith("Usable one million yuan")


@together.scenario
async def asks_about_the_account(lines: Lines) -> Evidence:
    number, account = "13900000105", "20000105"
    await _buys_in_a_burst(lines, number, account)
    [order] = (await lines.evidence(number)).orders
    async with lines.call(number) as caller:
        await caller.answers(*said.log_in(account, "2"), (said.ACCOUNT_MENU, "1"))
        await caller.hears_out(said.money("998989.99", "998989.99", "1010.01", "1100500.00"))
        await caller.answers((said.ACCOUNT_MENU, "2"))
        await caller.hears_out(said.position("SH600000", total=10_000, sellable=10_000))
        await caller.answers((said.ACCOUNT_MENU, "3"))
        await caller.hears_out(said.order_today(order["order_number"]))
    return await lines.evidence(number)


def test_money_positions_and_orders_are_read_as_the_books_have_them(played: Played) -> None:
    evidence = played.of(asks_about_the_account)

    assert [p for p in evidence.prompts if p in ("money", "position", "order-today-buy")] == [
        "money",
        "position",
        "order-today-buy",
    ]


@together.scenario
async def asks_for_quotes(lines: Lines) -> Evidence:
    number = "13900000106"
    async with lines.call(number) as caller:
        await caller.answers((said.MAIN_MENU, "3"), (said.ASK_QUOTE_CODE, "600000#"))
        await caller.hears_out(said.quote("SH600000"))
        await caller.keys("1")
        await caller.answers((said.quote("SH600000"), "2"), (said.ASK_QUOTE_CODE, "1#"))
        await caller.answers((said.CHOOSE_MARKET, "2"), (said.quote("SZ000001"), "2"))
        await caller.answers((said.ASK_QUOTE_CODE, "000002#"))
        await caller.hears_out(said.quote("SZ000002"))
        await caller.keys("*")
        await caller.hears(said.MAIN_MENU)
    return await lines.evidence(number)


def test_quotes_need_no_login_and_no_leading_zeros(played: Played) -> None:
    evidence = played.of(asks_for_quotes)

    assert evidence.call["account"] is None
    assert evidence.prompts.count("quote") == 4
    assert evidence.prompts.count("choose-market") == 1
    assert evidence.audit == []


@together.scenario
async def keys_all_at_once(lines: Lines) -> Evidence:
    number, account = "13900000107", "20000107"
    await _buys_in_a_burst(lines, number, account)
    return await lines.evidence(number)


def test_a_burst_of_keys_books_exactly_one_order(played: Played) -> None:
    evidence = played.of(keys_all_at_once)

    assert [(order["price"], order["quantity"]) for order in evidence.orders] == [("10.05", 100)]
    assert [turn["keys"] for turn in evidence.turns][:8] == [
        *("1", "20000107#", "******", "1", "600000#", "10*05#", "100#", "1")
    ]


@together.scenario
async def confirms_too_early(lines: Lines) -> tuple[Sequence[Record], Evidence]:
    number, account = "13900000108", "20000108"
    async with lines.call(number) as caller:
        await caller.hears(said.GREETING)
        async with lines.slow_login(account):
            await caller.bursts(_burst(account) + "11")
        await caller.hears_out(said.read_back())
        before = await lines.orders(account)
        await caller.keys("1")
        await caller.hears(await _accepted(lines, account))
    return before, await lines.evidence(number)


def test_keys_pressed_before_the_read_back_do_not_confirm_it(played: Played) -> None:
    before, evidence = played.of(confirms_too_early)

    assert before == []
    assert len(evidence.orders) == 1


@together.scenario
async def calls_from_another_telephone(lines: Lines) -> tuple[Record, bool, Evidence]:
    """The same order through a SIP stack that is not ours."""
    number, account = "13900000109", "20000109"
    file = lines.installation.home / "another-telephone.wav"
    keys = ("1", f"{account}#", "246810#", "1", "600000#", "10*05#", "100#")
    slowly = [step for group in keys for step in ("hear 10", "wait 0.7", f"keys {group}")]
    confirms = ("hear 10", "quiet 1", "keys 1", "hear 10", "quiet 1")
    told = await _pjcaller(lines, number, file, *slowly, *confirms)
    evidence = await lines.evidence(number)
    result = await lines.voice.sound(await _accepted(lines, account))
    return json.loads(told.splitlines()[-1]), bool(Recording(file).find(result)), evidence


def test_another_telephone_books_an_order_too(played: Played) -> None:
    last_word, heard_order_number, evidence = played.of(calls_from_another_telephone)
    [order] = evidence.orders

    assert last_word["event"] == "done"
    assert heard_order_number
    assert (order["price"], order["quantity"]) == ("10.05", 100)
    assert order["caller"] == "+8613900000109"


@together.scenario
async def orders_the_same_again(lines: Lines) -> tuple[Sequence[Record], Evidence]:
    """Order the same in another call; decline once, and insist once."""
    number, account = "13900000110", "20000110"
    await _buys_in_a_burst(lines, number, account)
    [first] = await lines.orders(account)
    async with lines.call(number) as caller:
        await caller.hears(said.GREETING)
        await caller.keys(_burst(account))
        await caller.hears(said.read_back())
        await caller.keys("1")
        await caller.hears_out(said.twin(first["order_number"]))
        await caller.keys("*")
        await caller.hears(said.ORDER_DROPPED)
        declined = await lines.orders(account)
        await caller.hears(said.TRADE_MENU)
        await caller.keys("1600000#10*05#100#")
        await caller.hears(said.read_back())
        await caller.keys("1")
        await caller.hears(said.twin(first["order_number"]))
        await caller.keys("1")
        [second, _] = await lines.orders(account, at_least=2)
        await caller.hears(said.accepted(second["order_number"]))
    return declined, await lines.evidence(number)


def test_the_same_order_again_is_asked_about_before_it_is_placed(played: Played) -> None:
    declined, evidence = played.of(orders_the_same_again)

    assert len(declined) == 1  # that of the first call
    assert len(evidence.orders) == 1  # of the second one, whose caller insisted


def test_the_timers_of_all_calls_share_a_beat(hotline: Installation) -> None:
    maps = Path(f"/proc/{hotline.pids()['asterisk']}/maps").read_text()
    assert ("beat.so" in maps) == any(map(shutil.which, ("cc", "gcc", "clang")))


async def _buys_in_a_burst(lines: Lines, number: str, account: str) -> None:
    async with lines.call(number) as caller:
        await caller.hears(said.GREETING)
        await caller.bursts(_burst(account))
        await caller.hears(said.read_back())
        await caller.keys("1")
        await caller.hears(await _accepted(lines, account))


def _burst(account: str) -> str:
    return f"1{account}#246810#1600000#10*05#100#"


async def _accepted(lines: Lines, account: str) -> Announcement:
    """Return what is said when the account's only order has been accepted."""
    [order] = await lines.orders(account, at_least=1)
    return said.accepted(order["order_number"])


async def _pjcaller(lines: Lines, number: str, file: Path, *steps: str) -> str:
    arguments = ("--to", lines.installation.sip(), "--caller", number, "--record", str(file))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.e2e.pjcaller", *arguments, *steps),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    told, _ = await process.communicate()
    return told.decode()
