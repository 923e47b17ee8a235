"""The table of keys, row by row, one table for every dialogue."""

import asyncio
from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.ivr.keys import Ending, Entry, Kind, Timing, read_field

TIMING = Timing(first_key_s=8, next_key_s=5, next_price_key_s=10)


class Keypad:
    """Gives the keys of a script, then silence; remembers how long each was `waited` for."""

    def __init__(self, keys: str) -> None:
        self.left = deque(keys)
        self.waited: list[float] = []

    async def next_key(self, within_s: float) -> str | None:
        self.waited.append(within_s)
        return self.left.popleft() if self.left else None


async def keyed(kind: Kind, keys: str) -> Entry:
    return await read_field(Keypad(keys).next_key, kind, TIMING)


@pytest.mark.parametrize(
    ("keys", "ending", "value"),
    [
        pytest.param("600000#", Ending.VALUE, "600000", id="value"),
        pytest.param("0#", Ending.VALUE, "0", id="zero-is-a-digit"),
        pytest.param("000001#", Ending.VALUE, "000001", id="leading-zeros-stay"),
        pytest.param("#", Ending.DEFAULT, "", id="end-alone-takes-the-default"),
        pytest.param("*", Ending.BACK, "", id="star-alone-goes-back"),
        pytest.param("12*34#", Ending.VALUE, "34", id="star-clears"),
        pytest.param("12**", Ending.BACK, "", id="star-after-clearing-goes-back"),
        pytest.param("12*#", Ending.DEFAULT, "", id="end-after-clearing-takes-the-default"),
        pytest.param("", Ending.SILENCE, "", id="silence"),
        pytest.param("6000", Ending.SILENCE, "6000", id="silence-before-the-end"),
    ],
)
async def test_a_number_ends_by_pound_and_clears_by_star(
    keys: str, ending: Ending, value: str
) -> None:
    assert await keyed(Kind.NUMBER, keys) == Entry(ending=ending, value=value, keys=keys)


@pytest.mark.parametrize(
    ("keys", "ending", "value"),
    [
        pytest.param("10#", Ending.VALUE, "10", id="value"),
        pytest.param("10*05#", Ending.VALUE, "10.05", id="star-is-the-point"),
        pytest.param("*5#", Ending.VALUE, ".5", id="point-first"),
        pytest.param("#", Ending.DEFAULT, "", id="end-alone-takes-the-default"),
        pytest.param("10**11#", Ending.VALUE, "11", id="two-stars-clear"),
        pytest.param("10*5**9*8#", Ending.VALUE, "9.8", id="two-stars-clear-after-a-point"),
        pytest.param("**#", Ending.DEFAULT, "", id="end-after-clearing-takes-the-default"),
        pytest.param("***5#", Ending.VALUE, ".5", id="third-star-is-a-point-again"),
        pytest.param("*#", Ending.BACK, "", id="star-pound-goes-back"),
        pytest.param("10*#", Ending.BACK, "", id="star-pound-goes-back-after-digits"),
        pytest.param("1*0*5#", Ending.VALUE, "1.0.5", id="two-points-are-for-the-check"),
        pytest.param("", Ending.SILENCE, "", id="silence"),
        pytest.param("10*", Ending.SILENCE, "10.", id="silence-before-the-end"),
    ],
)
async def test_a_price_has_a_point_by_star(keys: str, ending: Ending, value: str) -> None:
    assert await keyed(Kind.DECIMAL, keys) == Entry(ending=ending, value=value, keys=keys)


@pytest.mark.parametrize(
    ("keys", "ending", "value"),
    [
        pytest.param("246810#", Ending.VALUE, "246810", id="value"),
        pytest.param("99*246810#", Ending.VALUE, "246810", id="star-clears"),
        pytest.param("*246810#", Ending.VALUE, "246810", id="star-alone-does-not-go-back"),
        pytest.param("#", Ending.DEFAULT, "", id="end-alone-is-no-password"),
        pytest.param("2468", Ending.SILENCE, "2468", id="silence-before-the-end"),
    ],
)
async def test_a_password_ends_by_pound_and_only_clears_by_star(
    keys: str, ending: Ending, value: str
) -> None:
    assert await keyed(Kind.PASSWORD, keys) == Entry(ending=ending, value=value, keys=keys)


@pytest.mark.parametrize(
    ("kind", "waited"),
    [
        pytest.param(Kind.NUMBER, [8, 5, 5], id="number"),
        pytest.param(Kind.DECIMAL, [8, 10, 10], id="price"),
        pytest.param(Kind.PASSWORD, [8, 5, 5], id="password"),
    ],
)
async def test_a_caller_has_time_for_the_first_key_and_between_keys(
    kind: Kind, waited: list[float]
) -> None:
    keypad = Keypad("12#")

    await read_field(keypad.next_key, kind, TIMING)

    assert keypad.waited == waited


async def test_keys_after_the_end_are_left_for_the_next_question() -> None:
    keypad = Keypad("600000#10#")

    await read_field(keypad.next_key, Kind.NUMBER, TIMING)

    assert "".join(keypad.left) == "10#"


@given(st.sampled_from(Kind), st.text("0123456789*#", max_size=30))
def test_any_keys_end_a_field_or_leave_it_waiting(kind: Kind, keys: str) -> None:
    entry = asyncio.run(keyed(kind, keys))

    assert keys.startswith(entry.keys)
    assert entry.ending is not Ending.SILENCE or entry.keys == keys
    assert set(entry.value) <= set("0123456789.")
