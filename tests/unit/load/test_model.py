import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.load.model import LoadResult, Orders, Share, Verdict
from callcenter.load.spread import Spread
from tests.unit.load.results import result

DELAYS = st.lists(st.floats(min_value=0, max_value=100), min_size=1, max_size=300)


def test_a_result_is_the_same_after_json() -> None:
    one = result()

    assert LoadResult.from_json(one.to_json()) == one


def test_other_json_is_no_result() -> None:
    with pytest.raises(ValueError, match="validation error"):
        LoadResult.from_json('{"calls": 1}')


def test_counts_add_up_over_scenarios() -> None:
    one = result()

    assert (one.attempted, one.failed) == (4, 1)


@given(DELAYS)
def test_every_value_is_in_a_bucket_and_percentiles_are_values(values: list[float]) -> None:
    spread = Spread.of(values)

    assert spread is not None
    assert sum(bucket.count for bucket in spread.buckets) == spread.count == len(values)
    assert {spread.p50, spread.p95, spread.p99, spread.worst} <= set(values)
    assert spread.p50 <= spread.p95 <= spread.p99 <= spread.worst


def test_nothing_has_no_spread() -> None:
    assert Spread.of([]) is None


def test_percentiles_are_by_nearest_rank() -> None:
    spread = Spread.of(range(1, 201))

    assert spread is not None
    assert (spread.p50, spread.p95, spread.p99, spread.worst) == (100, 190, 198, 200)


@pytest.mark.parametrize(
    ("orders", "agree"),
    [
        pytest.param(Orders(placed=2, found=2, heard=2, found_twice=0, wrong=0), True, id="all"),
        pytest.param(Orders(placed=2, found=None, heard=2), True, id="no-database"),
        pytest.param(Orders(placed=2, found=1, heard=2), False, id="lost"),
        pytest.param(Orders(placed=2, found=2, heard=1, left=1), True, id="left-with-order"),
        pytest.param(Orders(placed=2, found=1, heard=1, left=1), True, id="left-too-quickly"),
        pytest.param(Orders(placed=2, found=0, heard=1, left=1), False, id="left-and-lost"),
        pytest.param(Orders(placed=2, found=2, heard=1), False, id="not-told"),
        pytest.param(Orders(placed=2, found=2, heard=2, found_twice=1), False, id="twice"),
        pytest.param(Orders(placed=2, found=2, heard=2, wrong=1), False, id="wrong"),
    ],
)
def test_orders_agree_only_where_every_count_is_the_same(orders: Orders, agree: bool) -> None:
    assert orders.agree is agree


def test_a_bar_that_could_not_be_measured_is_not_missed() -> None:
    unknown = Verdict(name="key to prompt", bar="at most 250 ms", measured="-", met=None)
    missed = Verdict(name="failed calls", bar="at most 0", measured="1", met=False)

    assert result(verdicts=(unknown,)).met
    assert not result(verdicts=(unknown, missed)).met


def test_a_scenario_without_weight_is_refused() -> None:
    with pytest.raises(ValueError, match="buy"):
        Share(scenario="buy", weight=0)
