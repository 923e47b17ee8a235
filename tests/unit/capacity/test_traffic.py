"""Erlang's formulas against printed tables, exact arithmetic and what must hold of them."""

from fractions import Fraction
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.capacity.traffic import answered, blocked, least, mean_wait_s, more_than, waits

# Lucent, "Octel Unified Messenger Concepts and Planning Guide" 101-1620-005, table B-1: ports, and
# the most traffic that they carry at P.01, in whole CCS (36 CCS are 1 erlang).
OCTEL_P01: Final = (
    (4, 31), (8, 112), (12, 211), (16, 319), (20, 433), (24, 550), (28, 671), (32, 793), (36, 918),
    (40, 1044), (44, 1171), (48, 1299), (52, 1429), (56, 1559), (60, 1690), (64, 1821), (68, 1953),
    (72, 2086),
)  # fmt: skip
# Lucent, "Erlang-B capacity table", voice channels and erlang for 2 % blocking.
LUCENT_P02: Final = (
    (5, 1.657), (7, 2.935), (9, 4.345), (11, 5.842), (13, 7.402), (15, 9.010), (17, 10.656),
    (19, 12.333), (21, 14.036), (23, 15.761), (25, 17.505), (27, 19.265), (29, 21.039),
)  # fmt: skip

loads = st.floats(0.01, 500)
counts = st.integers(1, 600)


@pytest.mark.parametrize(("ports", "ccs"), OCTEL_P01)
def test_as_many_lines_carry_as_much_at_1_percent_as_the_printed_table_says(
    ports: int, ccs: int
) -> None:
    assert blocked(ccs / 36, ports) <= 0.01 < blocked((ccs + 1) / 36, ports)


@pytest.mark.parametrize(("channels", "erlang"), LUCENT_P02)
def test_as_many_lines_carry_as_much_at_2_percent_as_the_printed_table_says(
    channels: int, erlang: float
) -> None:
    assert blocked(erlang, channels) == pytest.approx(0.02, rel=1e-3)


def test_15_lines_carry_8_108_erlang_at_1_percent() -> None:
    # The worked example of Westbay's Erlang B calculator, erlang.com.
    assert blocked(8.108, 15) == pytest.approx(0.01, rel=1e-4)


@pytest.mark.parametrize(
    "traffic", [Fraction(1, 1000), Fraction(1, 2), Fraction(25), Fraction(200)]
)
@pytest.mark.parametrize("count", [1, 2, 10, 30, 210])
def test_both_formulas_agree_with_exact_arithmetic(traffic: Fraction, count: int) -> None:
    exact = exactly_blocked(traffic, count)
    waiting = count * exact / (count - traffic * (1 - exact)) if count > traffic else Fraction(1)

    assert blocked(float(traffic), count) == pytest.approx(float(exact), rel=1e-12)
    assert waits(float(traffic), count) == pytest.approx(float(waiting), rel=1e-12)


@pytest.mark.parametrize("traffic", [10_000.0, 100_000.0])
def test_large_loads_neither_overflow_nor_vanish(traffic: float) -> None:
    lines = least(lambda count: blocked(traffic, count) <= 0.001, at_least=1)

    assert traffic < lines < 1.02 * traffic
    assert 0 < waits(traffic, lines) < 1


@given(traffic=loads, count=counts)
def test_shares_are_shares_and_whoever_may_wait_waits_more_often_than_others_are_lost(
    traffic: float, count: int
) -> None:
    lost, waiting = blocked(traffic, count), waits(traffic, count)

    assert 0 <= lost <= waiting + 1e-300 <= 1  # beyond the smallest floats one is 0 sooner


@given(traffic=loads, count=counts)
def test_one_line_more_loses_fewer_calls_and_more_traffic_loses_more(
    traffic: float, count: int
) -> None:
    lost = blocked(traffic, count)

    assert blocked(traffic, count + 1) <= lost <= blocked(traffic * 1.1, count)


@given(traffic=loads, more=st.integers(0, 200), within_s=st.floats(0, 600))
def test_one_agent_more_answers_sooner(traffic: float, more: int, within_s: float) -> None:
    agents = more_than(traffic) + more

    served = answered(traffic, agents, within_s=within_s, handling_s=180)
    better = answered(traffic, agents + 1, within_s=within_s, handling_s=180)
    wait_s = mean_wait_s(traffic, agents, handling_s=180)

    assert 0 <= served <= better <= 1
    assert mean_wait_s(traffic, agents + 1, handling_s=180) <= wait_s


@given(wanted=st.integers(1, 10_000), at_least=st.integers(1, 10_000))
def test_the_least_number_is_found_wherever_the_search_begins(wanted: int, at_least: int) -> None:
    assert least(lambda number: number >= wanted, at_least=at_least) == max(wanted, at_least)


def exactly_blocked(traffic: Fraction, lines: int) -> Fraction:
    """Erlang B by its recurrence: ITU-D, "Teletraffic Engineering Handbook", section 7.5.2."""
    share = Fraction(1)
    for line in range(1, lines + 1):
        share = traffic * share / (line + traffic * share)
    return share
