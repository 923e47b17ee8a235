"""Figures that the dialogues and clocks read from rows, and the days on which rows begin."""

from datetime import date, time
from typing import Any

import pytest

from callcenter.domain.securities import Board, Market
from callcenter.trading.rulebook.rows import Rule
from tests import rules
from tests.unit.trading.rulebook.asking import moment

OPTIONS: tuple[dict[str, str], ...] = (
    {},
    {"reservation_hours": "from-21"},
    {"reservation_hours": "from-22"},
    {"sse_best_price_orders": "all-boards"},
)


def rule_named(row: str) -> Rule[Any]:
    for options in OPTIONS:
        for _, rule in rules.book(**options).tables.rows():
            if rule.row.id == row:
                return rule
    raise AssertionError(row)


ISSUE = {"days": 20, "pay_after_days": 2, "pay_by": time(16), "orders_per_person": 1}
BAR = {"misses": 3, "misses_months": 12, "barred_months": 6}
SENT = {"checked_at": time(9, 10), "sent_at": time(9, 15)}
NAV = {"until": time(15), "confirmed_after_days": 1}


@pytest.mark.parametrize(
    ("row", "figures"),
    [
        *(
            (row, ISSUE | BAR)
            for row in ("issue-sh-until-2023", "issue-sh", "issue-star", "issue-sz")
        ),
        *((f"reservation-{hour}{market}", SENT) for hour in (19, 21, 22) for market in ("", "-sz")),
        ("fund-subscribe", NAV),
        ("fund-redeem", NAV),
        ("halt-first-days", {"minutes": 10, "resumes_by": time(14, 57)}),
        ("halt-convertible", {"minutes": None, "resumes_by": time(14, 57)}),
        ("kind-star-five-best", {"protection_price": True}),
        ("kind-star-best", {"protection_price": True}),
        ("kind-sz-market", {"protection_price": False}),
        ("kind-sh-best", {"needs_limits": True}),
        ("fee-handling-until-2023", {"inside_commission": True}),
        ("fee-commission", {"inside_commission": False}),
        ("settlement-shares", {"sell_after_days": 1}),
        ("permission-star", {"assets": 500_000, "years": 2}),
        ("permission-chinext", {"assets": 100_000, "years": 2}),
        ("permission-bse", {"assets": 500_000, "years": 2}),
        ("permission-convertible", {"assets": 100_000, "years": 2}),
    ],
)
def test_a_row_has_its_figures(row: str, figures: dict[str, object]) -> None:
    values = rule_named(row).values

    assert {name: getattr(values, name) for name in figures} == figures


@pytest.mark.parametrize(
    ("since", "rows"),
    [
        ("2008-09-19", "fee-stamp-duty-until-2023"),
        ("2012-07-20", "fee-regulatory"),
        ("2015-08-01", "fee-transfer-until-2022 fee-handling-until-2023"),
        ("2016-05-09", "session-sz-pause"),
        ("2018-08-20", "session-sh-shares-closing"),
        ("2019-07-22", "limit-star limit-star-first-days cage-star quantity-star kind-star-best"),
        ("2020-08-24", "limit-chinext limit-chinext-first-days cage-chinext-until-2023"),
        ("2021-11-15", "limit-bse limit-bse-first-day quantity-bse session-bse-closing"),
        ("2021-11-15", "cage-bse-five-per-cent kind-bse-limit block-bse permission-bse code-bse"),
        ("2022-08-01", "limit-convertible limit-convertible-first-day tick-convertible"),
        ("2023-02-17", "issue-sh"),
        ("2023-04-10", "limit-main-first-days limit-delisting-first-day cage-main halt-first-days"),
        ("2023-04-10", "limit-relisted limit-main-delisting auction-bound-sz block-sh-sz"),
        ("2023-08-28", "fee-stamp-duty fee-handling"),
        ("2026-07-06", "limit-main-st session-sh-fund-closing kind-sh-after-hours"),
    ],
)
def test_a_row_begins_on_its_day(since: str, rows: str) -> None:
    assert {rule_named(row).row.since for row in rows.split()} == {date.fromisoformat(since)}


CALL_AT_THE_END = "call call none continuous none continuous call"
CONTINUOUS_TO_THE_END = "call call none continuous none continuous continuous"
HOURS = [time(9, 15), time(9, 20), time(9, 25), time(9, 30), time(11, 30), time(13), time(14, 57)]
MAIN = (Market.SH, Board.SH_MAIN)


@pytest.mark.parametrize(
    ("day", "market", "board", "matching", "end"),
    [
        ("2018-08-17", *MAIN, CONTINUOUS_TO_THE_END, time(15)),
        ("2018-08-20", *MAIN, CALL_AT_THE_END, time(15)),
        ("2026-11-20", Market.SH, Board.STAR, CALL_AT_THE_END, time(15)),
        ("2026-11-20", Market.SH, Board.SH_B, CALL_AT_THE_END, time(15)),
        ("2026-07-03", Market.SH, Board.FUND, CONTINUOUS_TO_THE_END, time(15)),
        ("2026-07-06", Market.SH, Board.FUND, CALL_AT_THE_END, time(15)),
        ("2026-11-20", Market.SH, Board.CONVERTIBLE, CONTINUOUS_TO_THE_END, time(15)),
        ("2026-11-20", Market.SH, Board.REPO, CONTINUOUS_TO_THE_END, time(15, 30)),
        ("2006-06-30", Market.SZ, Board.SZ_MAIN, CONTINUOUS_TO_THE_END, time(15)),
        ("2006-07-03", Market.SZ, Board.SZ_MAIN, CALL_AT_THE_END, time(15)),
        ("2026-11-20", Market.SZ, Board.CHINEXT, CALL_AT_THE_END, time(15)),
        ("2026-11-20", Market.SZ, Board.FUND, CALL_AT_THE_END, time(15)),
        ("2026-11-20", Market.BJ, Board.BSE, CALL_AT_THE_END, time(15)),
    ],
)
def test_a_day_has_its_phases(
    day: str, market: Market, board: Board, matching: str, end: time
) -> None:
    found = rules.book().tables.sessions.all(moment(day).date(), market, board, "ordinary")
    phases = sorted((rule.values for rule in found), key=lambda phase: phase.start)

    assert [phase.start for phase in phases] == HOURS
    assert " ".join(phase.matching for phase in phases) == matching
    assert phases[-1].end == end


@pytest.mark.parametrize(
    ("market", "board", "start"),
    [
        (Market.SH, Board.STAR, time(9, 30)),
        (Market.SH, Board.SH_MAIN, time(9, 30)),
        (Market.SH, Board.FUND, time(9, 30)),
        (Market.SZ, Board.CHINEXT, time(9, 15)),
        (Market.SZ, Board.SZ_MAIN, time(9, 15)),
        (Market.SZ, Board.FUND, time(9, 15)),
    ],
)
def test_orders_at_the_close_have_their_own_phases(
    market: Market, board: Board, start: time
) -> None:
    day = moment("2026-07-06").date()
    found = rules.book().tables.sessions.all(day, market, board, "after-hours")
    phases = sorted((rule.values for rule in found), key=lambda phase: phase.start)

    assert [phase.start for phase in phases] == [start, time(11, 30), time(13)]
    assert [phase.matching for phase in phases] == ["fixed", "none", "fixed"]
    assert [(phase.orders, phase.cancels) for phase in phases] == [
        (True, True),
        (False, False),
        (True, True),
    ]
    assert phases[-1].end == time(15, 30)
