"""Lines and servers for a demand, and what is refused."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callcenter.capacity.demand import CannotPlan
from callcenter.capacity.lines import lines_for
from callcenter.capacity.plan import Costs, plan
from callcenter.capacity.servers import Cost, Machines, servers_for
from callcenter.capacity.words import remarks
from tests.unit.capacity.demands import MACHINES, demand, level


@pytest.mark.parametrize(
    ("calls", "blocking", "trunks"),
    [
        pytest.param(300, "0.05", 13, id="100 users, P.05"),
        pytest.param(300, "0.01", 16, id="100 users, P.01"),
        pytest.param(600, "0.05", 22, id="200 users, P.05"),
        pytest.param(600, "0.01", 26, id="200 users, P.01"),
        pytest.param(1500, "0.05", 48, id="500 users, P.05"),
        pytest.param(1500, "0.01", 55, id="500 users, P.01"),
        pytest.param(9000, "0.01", 273, id="3000 users, P.01"),
    ],
)
def test_lines_are_those_of_a_printed_table(calls: int, blocking: str, trunks: int) -> None:
    # Nortel NN43001-122 02.04, "Number of SIP trunks", calls of 100 s. Its row for 83 erlang counts
    # 5.015 % as 5 %, and is left out.
    menus_alone = demand(
        calls, 1, ivr_s=Decimal(100), to_agents=Decimal(0), blocking=Decimal(blocking)
    )

    assert lines_for(menus_alone, wait_s=0).lines == trunks


def test_every_call_holds_a_line_in_the_menus_and_some_while_they_wait_and_talk() -> None:
    wanted = demand(1000, 180, to_agents=Decimal("0.15"), after_call_s=Decimal(30))

    lines = lines_for(wanted, wait_s=10)

    assert lines.holding_s == pytest.approx(60 + 0.15 * (10 + 180 - 30))
    assert lines.traffic == pytest.approx(1000 * 84 / 3600)
    assert lines.blocked <= 0.01 < lines.blocked_with_less


def test_callers_who_wait_hold_their_lines_meanwhile() -> None:
    found = plan(demand(200, 180), MACHINES, Costs())

    assert found.seats.mean_wait_s == pytest.approx(7.84, abs=0.01)
    assert found.lines.holding_s == pytest.approx(60 + 7.84 + 180, abs=0.01)


def test_servers_carry_a_call_on_every_line_and_one_of_each_kind_may_fail() -> None:
    costs = Costs(
        daemon=Cost(cpu=Decimal("0.005"), memory_mb=Decimal("0.25")),
        asterisk=Cost(cpu=Decimal("0.01")),
        postgresql=Decimal("0.002"),
    )

    found = plan(demand(8000, 180, to_agents=Decimal("0.15")), MACHINES, costs)

    calls = found.lines.lines  # 215
    assert found.daemons is not None
    assert (found.daemons.needed, found.daemons.count) == (2, 3)  # 1.075 cores, 0.6 each
    assert found.daemons.calls_each == (calls + 1) // 2
    assert found.daemons.memory_mb_each == pytest.approx(0.25 * found.daemons.calls_each)
    assert found.asterisks is not None
    assert (found.asterisks.needed, found.asterisks.count) == (2, 3)  # 2.15 cores, 1.2 each
    assert found.database_cores == 1


def test_an_asterisk_and_its_daemon_are_a_pair() -> None:
    busy, idle = Cost(cpu=Decimal("0.005")), Cost(cpu=Decimal("0.0001"))
    costs = Costs(daemon=busy, asterisk=idle)

    found = plan(demand(8000, 180, to_agents=Decimal("0.15")), MACHINES, costs)

    assert (found.daemons and found.daemons.count, found.asterisks and found.asterisks.count) == (
        3,
        2,
    )
    assert (found.pairs, found.comes_in_pairs) == (3, False)
    assert "run 3 of both." in " ".join(remarks(found))


def test_what_is_not_known_is_not_planned() -> None:
    found = plan(demand(100, 180), MACHINES, Costs())

    assert (found.daemons, found.asterisks, found.database_cores) == (None, None, None)


def test_more_calls_on_a_server_than_were_measured_are_pointed_out() -> None:
    cost = Cost(cpu=Decimal("0.0001"))

    def beyond(most: int) -> bool:
        costs = Costs(daemon=cost, asterisk=cost, most_at_once=most)
        return plan(demand(2000, 120), MACHINES, costs).beyond_what_was_measured

    assert beyond(100)
    assert not beyond(1000)


def test_a_load_that_just_fits_needs_no_server_more() -> None:
    machines = Machines(asterisk_cores=3, utilisation=Decimal("0.6"), spare=0)

    fits = servers_for(1800, Cost(cpu=Decimal("0.001")), machines, cores_each=3)
    one_more = servers_for(1801, Cost(cpu=Decimal("0.001")), machines, cores_each=3)

    assert (fits.count, one_more.count) == (1, 2)


@settings(max_examples=50)
@given(
    calls=st.integers(1, 20_000),
    ivr_s=st.integers(1, 600),
    share=st.integers(0, 100),
    blocking=st.integers(1, 500),
)
def test_lines_keep_the_promise_and_one_less_would_break_it(
    calls: int, ivr_s: int, share: int, blocking: int
) -> None:
    wanted = demand(
        calls,
        180,
        ivr_s=Decimal(ivr_s),
        to_agents=Decimal(share) / 100,
        blocking=Decimal(blocking) / 1000,
    )

    lines = plan(wanted, MACHINES, Costs()).lines

    assert lines.blocked <= blocking / 1000 < lines.blocked_with_less


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"ivr_s": Decimal(-1)}, "The seconds in the menus are no negative number."),
        ({"after_call_s": Decimal(181)}, "The work after a call is a part of the handling time"),
        ({"to_agents": Decimal(2)}, "The share that goes on to agents is between 0 % and 100 %."),
        ({"max_occupancy": Decimal(0)}, "The occupancy is more than 0 % and at most 100 %."),
        ({"shrinkage": Decimal(1)}, "The shrinkage is at least 0 % and less than 100 %."),
        ({"blocking": Decimal(0)}, "The blocking is more than 0 % and less than 100 %."),
        ({"ivr_s": Decimal(0), "to_agents": Decimal(0)}, "No call lasts any time"),
        ({"ivr_s": Decimal(10**9)}, "no plan is made beyond 100,000"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(wrong: dict[str, Any], sentence: str) -> None:
    with pytest.raises(CannotPlan, match=sentence):
        demand(1000, 180, **wrong)


@pytest.mark.parametrize("calls", [0, -5])
def test_no_calls_are_nothing_to_plan_for(calls: int) -> None:
    with pytest.raises(CannotPlan, match="The calls per hour are a number above 0"):
        demand(calls, 180)


@pytest.mark.parametrize(("answered", "within_s"), [("0", "20"), ("1", "20"), ("0.8", "-1")])
def test_a_service_level_that_nobody_can_keep_is_refused(answered: str, within_s: str) -> None:
    with pytest.raises(CannotPlan):
        level(answered, within_s)


@pytest.mark.parametrize(
    "wrong",
    [
        {"asterisk_cores": 0},
        {"utilisation": Decimal(0)},
        {"utilisation": Decimal("1.1")},
        {"spare": -1},
    ],
)
def test_impossible_machines_are_refused(wrong: dict[str, Any]) -> None:
    usual: dict[str, Any] = {"asterisk_cores": 2, "utilisation": Decimal("0.6"), "spare": 1}

    with pytest.raises(CannotPlan):
        Machines(**(usual | wrong))


@pytest.mark.parametrize("wrong", [{"cpu": "0"}, {"cpu": "-1"}, {"memory_mb": "-1"}])
def test_a_call_that_costs_nothing_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(CannotPlan):
        Cost(**({"cpu": Decimal("0.1")} | {name: Decimal(text) for name, text in wrong.items()}))
