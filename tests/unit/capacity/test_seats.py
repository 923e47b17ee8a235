"""Seats against published examples, and what must hold of them."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callcenter.capacity.seats import seats_for
from tests.unit.capacity.demands import demand, level


def test_100_calls_in_half_an_hour_of_180_s_need_14_seats_and_20_on_the_roster() -> None:
    # The worked example of pyworkforce's documentation, with 80/20, 85 % and 30 %.
    seats = seats_for(demand(200, 180))

    assert (seats.seats, seats.rostered) == (14, 20)
    assert seats.answered_in_time == pytest.approx(0.8883500191794669)
    assert seats.waiting == pytest.approx(0.1741319335950498)
    assert seats.occupancy == pytest.approx(0.7142857142857143)


def test_1000_calls_an_hour_of_120_s_need_40_seats_who_answer_93_72_percent_in_time() -> None:
    # The worked example of call-center-tools' documentation.
    seats = seats_for(demand(1000, 120))

    assert (seats.seats, seats.rostered) == (40, 58)
    assert round(100 * seats.answered_in_time, 2) == 93.72
    assert round(seats.mean_wait_s, 2) == 3.43
    assert seats.traffic == pytest.approx(33.333, abs=1e-3)


def test_a_share_of_calls_needs_as_many_seats_as_that_many_calls_alone() -> None:
    assert seats_for(demand(2000, 120, to_agents=Decimal("0.1"))) == seats_for(demand(200, 120))


def test_without_calls_for_agents_nobody_is_needed() -> None:
    seats = seats_for(demand(1000, 120, to_agents=Decimal(0)))

    assert (seats.seats, seats.rostered, seats.mean_wait_s) == (0, 0, 0)


def test_a_quotient_that_comes_out_even_costs_nobody_more() -> None:
    # 0.2 of the time at the telephone: 5 for each seat, where floats say 6.
    seats = seats_for(demand(1, 36, shrinkage=Decimal("0.8"), service_level=level("0.5", "20")))

    assert (seats.seats, seats.rostered) == (1, 5)


def test_agents_may_be_busy_all_the_time_and_the_queue_still_ends() -> None:
    seats = seats_for(demand(1200, 30, max_occupancy=Decimal(1), service_level=level("0.01", "0")))

    assert seats.seats > seats.traffic == 10


@settings(max_examples=50)
@given(
    calls=st.integers(1, 20_000),
    handling_s=st.integers(1, 900),
    answered=st.integers(1, 99),
    within_s=st.integers(0, 120),
    occupancy=st.integers(30, 100),
    shrinkage=st.integers(0, 80),
)
def test_every_promise_is_kept_and_one_agent_less_would_break_one(
    calls: int, handling_s: int, answered: int, within_s: int, occupancy: int, shrinkage: int
) -> None:
    wanted = demand(
        calls,
        handling_s,
        service_level=level(f"0.{answered:02}", str(within_s)),
        max_occupancy=Decimal(occupancy) / 100,
        shrinkage=Decimal(shrinkage) / 100,
    )

    seats = seats_for(wanted)

    assert seats.answered_in_time >= wanted.service_level.answered
    assert seats.occupancy <= float(wanted.max_occupancy) * (1 + 1e-12)
    assert seats.seats <= seats.rostered * (1 - wanted.shrinkage) < seats.seats + 1
    fewer = seats_for(demand(max(1, calls // 2), handling_s, service_level=wanted.service_level))
    assert (
        fewer.seats
        <= seats_for(demand(calls, handling_s, service_level=wanted.service_level)).seats
    )
