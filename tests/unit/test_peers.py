"""How the bench `peers` compares what calls cost."""

from collections.abc import Mapping
from decimal import Decimal

import pytest

from callcenter.load.person import Placed
from tests.bench.peers.cost import Cost, in_turn, ratio
from tests.bench.peers.dialogue import Turn
from tests.bench.peers.dialplan import plain
from tests.bench.peers.orders import as_placed, booked, noted
from tests.bench.peers.table import table


def cost(cpu_s: Mapping[str, float], *, calls: int = 10, **changes: object) -> Cost:
    values: dict[str, object] = {
        "calls": calls,
        "failures": {},
        "ordered": calls,
        "cpu_s": cpu_s,
        "idle_cpu_s": {},
        "memory_mb": {"asterisk": 80.0},
    }
    return Cost(**(values | changes))  # type: ignore[arg-type]


def placed(account: str = "20000001") -> Placed:
    return Placed(account=account, code="600000", price=Decimal("10.05"), quantity=100)


def test_a_call_costs_what_all_processes_used_by_calls() -> None:
    hotline = cost({"asterisk": 1.5, "daemon": 0.4, "postgresql": 0.1}, calls=10)

    assert hotline.per_call_ms == pytest.approx(200)
    assert hotline.part_ms("daemon") == pytest.approx(40)
    assert hotline.part_ms("script") == 0


def test_idling_is_part_of_what_a_call_costs_and_can_be_told_apart() -> None:
    hotline = cost({"asterisk": 1.5, "daemon": 0.5}, idle_cpu_s={"asterisk": 0.1, "daemon": 0.2})

    assert hotline.per_call_ms == pytest.approx(200)
    assert hotline.beyond_idle_ms == pytest.approx(170)


def test_a_ratio_is_the_median_of_the_rounds_so_one_noisy_round_does_not_count() -> None:
    rounds = [
        {"plain": cost({"asterisk": 1.0}), "hotline": cost({"asterisk": hotline})}
        for hotline in (1.2, 9.0, 1.3)
    ]

    assert ratio(rounds, "hotline", "plain") == pytest.approx(1.3)


def test_a_call_without_its_order_is_wrong_unless_it_failed_anyway() -> None:
    assert cost({}, ordered=7, failures={"the PBX hung up": 2}).wrong == 1
    assert cost({}, ordered=8, failures={"the PBX hung up": 2}).wrong == 0


def test_every_round_begins_with_another_contestant_and_every_second_goes_back() -> None:
    names = ["a", "b", "c"]

    rounds = [in_turn(names, nth) for nth in range(3)]

    assert rounds == [["a", "b", "c"], ["a", "c", "b"], ["c", "a", "b"]]


def test_the_orders_of_peers_and_hotline_are_compared_with_what_was_keyed() -> None:
    of_plain = noted("[2026-11-23 10:00] NOTICE Ext. 7000: plain-order 20000001 600000 10*05 100")
    of_hotline = booked(
        {"account": "20000001", "security": "SH600000", "price": "10.05", "quantity": 100}
    )

    assert of_plain == of_hotline == placed()


def test_an_order_with_a_lost_key_is_not_as_placed_and_nor_is_a_second_one() -> None:
    taken = [noted("2000001 600000 10*05 100"), noted("20000002 600000 10*05 100"), noted("1 2")]

    assert as_placed([*taken, placed("20000002")], [placed(), placed("20000002")]) == 1


def test_the_plain_dialplan_asks_every_turn_and_writes_the_order_down_but_no_password() -> None:
    names = ("account", "password", "code", "price", "quantity", "confirmed")
    turns = [Turn(name=name, digits=20, sound=f"/shelf/{name}") for name in names]

    applications = plain(turns)

    assert applications[0].startswith("MixMonitor(")
    assert applications[2] == "Read(password,/shelf/password,20,,1,60)"
    assert applications[-1] == "Log(NOTICE,plain-order ${account} ${code} ${price} ${quantity})"
    assert len(applications) == len(turns) + 2


def test_the_plain_dialplan_may_record_as_the_hotline_does() -> None:
    assert list(plain([], on_tape=True)) == ["Gosub(record,s,1)"]


def test_the_table_has_a_row_for_each_with_ratios_to_plain_and_to_the_hotline() -> None:
    costs = {"plain": cost({"asterisk": 1.0}), "hotline": cost({"asterisk": 1.2, "daemon": 0.1})}

    *_, plain_row, hotline_row = table([costs]).splitlines()

    assert plain_row.startswith("| plain | 100 | 0 | 0 | 100 | 0 | 1.00 | 0.77 | 80 | 0 | 0 |")
    assert hotline_row.startswith("| hotline | 120 | 10 | 0 | 130 | 0 | 1.30 | 1.00 | 80 |")
