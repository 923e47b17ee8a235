"""Whatever a caller keys, and however fast: properties of the whole hotline."""

import asyncio
from collections.abc import Sequence
from itertools import zip_longest

from hypothesis import given, settings
from hypothesis import strategies as st

from callcenter.domain.calls import CallEnd, Turn
from callcenter.domain.orders import Draft, Side
from callcenter.ivr.prompts import Prompt
from tests.fakes.phone import SILENCE, Heard
from tests.unit.ivr.hotline_of import Dialled, Hotline, words

# What is said with key 1 to confirm it drops the keys that wait, and so does the tone.
READ_BACKS = {
    Prompt.CONFIRM,
    Prompt.CONFIRM_OR_GIVE_UP,
    Prompt.COMPLAINT_ASK,
    Prompt.VOICEMAIL_ASK,
}
OF_ORDERS = {Prompt.READ_BACK_BUY, Prompt.READ_BACK_SELL, Prompt.ORDER_TWIN}

# What callers key, more or less to the point. The second account is poor, the third may not trade.
# fmt: off
to_the_point = st.sampled_from([
    "1", "2", "3", "4", "5", "6", "7", "9", "*", "#", "*#", "**", "600000#", "1#", "000001#",
    "601989#", "110011#", "500#",
    "688981#", "10*05#", "10#", "100#", "299#", "150#", "246810#", "10000001#",
])
# fmt: on
login = st.sampled_from(["10000001#246810#", "10000002#246810#", "10000005#246810#"])
order = st.sampled_from(
    ["1600000##100#", "1600000#10#100#", "2600000##100#", "2#1#100#", "21#*#600000##200#"]
)
anything = st.text("0123456789*#", min_size=1, max_size=3)
keyed = st.lists(st.one_of(to_the_point, to_the_point, login, order, anything), max_size=15)
trading = st.tuples(st.sampled_from(["1", "2", "3", "36000004"]), login).map("".join)
scripts = st.one_of(keyed, st.tuples(trading, keyed).map(lambda both: [both[0], *both[1]]))
answer = st.sampled_from(["1", "2", "#", "*", "9", "11", "1#", SILENCE])
orders = st.lists(
    st.tuples(order, st.lists(answer, max_size=4)).map(lambda both: [both[0], *both[1]]), max_size=4
).map(lambda groups: [keys for group in groups for keys in group])


def dial(*script: str, burst: bool = False) -> tuple[Hotline, Dialled]:
    hotline = Hotline()
    return hotline, asyncio.run(hotline.dial(*script, burst=burst))


def until_read_back(call: Dialled) -> list[tuple[str, str]]:
    """Return the keys and outcomes of the turns that came before the first read-back."""
    at = next(
        (n for n, turn in enumerate(call.turns) if not READ_BACKS.isdisjoint(turn.prompts)), None
    )
    return call.answers[:at]


@settings(max_examples=150, deadline=None)
@given(scripts)
def test_keying_in_a_burst_is_the_same_as_keying_slowly(script: list[str]) -> None:
    slow_hotline, slow = dial(*"".join(script))
    burst_hotline, burst = dial(*script, burst=True)

    assert until_read_back(burst) == until_read_back(slow)
    if READ_BACKS.isdisjoint(slow.prompts):
        assert burst.answers == slow.answers
        assert burst.place == slow.place
        assert burst.end == slow.end
        assert burst_hotline.booked == slow_hotline.booked == []


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from([SILENCE, *"0123456789*#"]) | to_the_point | login, max_size=25))
def test_no_keys_break_a_call(script: list[str]) -> None:
    _, call = dial(*script)

    assert call.end in {CallEnd.HUNG_UP, CallEnd.GOODBYE, CallEnd.LOCKED_OUT}


@settings(max_examples=150, deadline=None)
@given(login, orders)
def test_no_order_is_placed_that_was_not_read_back_after_its_last_key(
    login: str, script: list[str]
) -> None:
    hotline, call = dial("1", login, *script)

    assert len(hotline.booked) == len(hotline.counter.placed)
    assert len({order.draft.number for order in hotline.booked}) == len(hotline.booked)
    assert len(hotline.booked) == len(last_words(call))
    for placed in hotline.booked:
        assert was_confirmed(call, read_back(placed.draft))


def last_words(call: Dialled) -> list[Turn]:
    """Return the turns that said yes to an order, without those that were asked about again."""
    return [
        turn
        for turn, after in zip_longest(call.turns, call.turns[1:])
        if turn.outcome == "yes"
        and not OF_ORDERS.isdisjoint(turn.prompts)
        and not (after and Prompt.ORDER_TWIN in after.prompts)
    ]


def read_back(draft: Draft) -> str:
    return words(
        Prompt.READ_BACK_BUY if draft.side is Side.BUY else Prompt.READ_BACK_SELL,
        name=draft.security.name,
        code=draft.security.code,
        price=draft.price,
        quantity=draft.quantity,
        amount=draft.price * draft.quantity,
    ) + words(Prompt.CONFIRM)


def was_confirmed(call: Dialled, read_back: str) -> bool:
    """Tell whether key 1 was pressed when this was the last thing heard, with no key waiting."""
    heard: Sequence[Heard] = call.phone.heard
    return any(
        press.key == "1"
        and heard[press.after - 1].words == read_back
        and not heard[press.after - 1].skipped
        for press in call.phone.taken
    )


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 4), st.sampled_from(["1", "11", "1#1", "1*", "91"]))
def test_keys_of_a_burst_confirm_nothing(orders: int, tail: str) -> None:
    hotline, call = dial("1" + "10000001#246810#" + "1600000##100#" * orders + tail, burst=True)

    assert hotline.booked == []
    assert call.end is CallEnd.HUNG_UP
