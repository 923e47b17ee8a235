from dataclasses import replace

import pytest

from callcenter.load.model import Bars, LoadResult, Orders, ScenarioCount, Wire
from callcenter.load.spread import Spread
from callcenter.load.verdicts import verdicts
from tests.unit.load.results import PLAN, result

NOTHING = Bars(
    failed_calls=None,
    key_to_prompt_p99_s=None,
    post_dial_p99_s=None,
    rtp_lost_share=None,
    orders_agree=False,
)


def wire(*, delays: list[float], lost: int = 0) -> Wire:
    return Wire(
        key_to_prompt=Spread.of(delays),
        by_turn=(),
        over_time=(),
        prompt_gaps=None,
        packets_received=10_000 - lost,
        packets_lost=lost,
        jitter=None,
        dropped_by_capture=0,
        heard_after_confirmation=None,
    )


def judged(one: LoadResult, bars: Bars) -> list[bool | None]:
    return [each.met for each in verdicts(replace(one, plan=replace(PLAN, bars=bars)))]


def test_a_bar_that_is_not_set_is_not_applied() -> None:
    assert judged(result(), NOTHING) == []


@pytest.mark.parametrize(("allowed", "met"), [(0, False), (1, True)])
def test_failed_calls_are_held_against_their_bar(allowed: int, met: bool) -> None:
    assert judged(result(), replace(NOTHING, failed_calls=allowed)) == [met]


def test_a_run_without_a_call_proves_nothing() -> None:
    nobody = result(scenarios=())

    assert judged(nobody, replace(NOTHING, failed_calls=0)) == [False]


@pytest.mark.parametrize(("worst", "met"), [(0.25, True), (0.26, False)])
def test_key_to_prompt_is_held_against_its_bar(worst: float, met: bool) -> None:
    one = result(wire=wire(delays=[0.02, worst]))

    assert judged(one, replace(NOTHING, key_to_prompt_p99_s=0.25)) == [met]


@pytest.mark.parametrize(("lost", "met"), [(10, True), (11, False)])
def test_lost_packets_are_held_against_their_bar(lost: int, met: bool) -> None:
    one = result(wire=wire(delays=[], lost=lost))

    assert judged(one, replace(NOTHING, rtp_lost_share=0.001)) == [met]


def test_without_a_capture_the_wire_is_not_judged() -> None:
    bars = replace(NOTHING, key_to_prompt_p99_s=0.25, rtp_lost_share=0.001)

    assert judged(result(wire=None), bars) == [None, None]


@pytest.mark.parametrize(("found", "met"), [(2, True), (1, False), (None, True)])
def test_orders_have_to_agree(found: int | None, met: bool) -> None:
    one = result(orders=Orders(placed=2, found=found, heard=2))

    assert judged(one, replace(NOTHING, orders_agree=True)) == [met]


def test_what_was_measured_is_told_with_its_unit() -> None:
    told = {each.name: each.measured for each in verdicts(result(wire=wire(delays=[0.02])))}

    assert told["key to prompt, p99"] == "20 ms"
    assert told["RTP packets lost"] == "0.000%"
    assert told["failed calls"] == "1 of 4"


def test_causes_are_counted_with_the_calls() -> None:
    count = ScenarioCount(scenario="buy", attempted=3, succeeded=1, failures={"a": 1, "b": 1})

    assert count.failed == 2
