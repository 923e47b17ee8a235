"""Examples of what is traded: codes, names, states, quantities, ticks (2.1-2.3, 2.13)."""

from decimal import Decimal
from typing import Any

from callcenter.domain.orders import OrderKind
from callcenter.domain.refusals import Refusal
from callcenter.domain.securities import Board
from callcenter.trading.rulebook.quantities import check_block
from callcenter.trading.rulebook.standing import check_name
from callcenter.trading.rulebook.words import Status
from tests.unit.trading.rulebook.asking import (
    blocks,
    by_row,
    listing,
    moment,
    names,
    no,
    order,
    yes,
)

R = Refusal
TODAY = "2026-11-20"
NEW = Status.FIRST_DAYS

_RANGES = (  # row, day, codes, board
    ("code-sh-main", "2006-01-04", "SH600000 SH601398 SH603288 SH605117", Board.SH_MAIN),
    ("code-star", "2019-07-22", "SH688981 SH689009", Board.STAR),
    ("code-sz-main", TODAY, "SZ000001 SZ001979 SZ002594 SZ003816", Board.SZ_MAIN),
    ("code-chinext", "2009-10-30", "SZ300750 SZ301236", Board.CHINEXT),
    ("code-chinext-302", TODAY, "SZ302132", Board.CHINEXT),
    ("code-bse", "2021-11-15", "BJ430047 BJ830799 BJ873169 BJ920799", Board.BSE),
    ("code-bse-88", TODAY, "BJ889001", Board.BSE),
    ("code-sh-b", TODAY, "SH900901", Board.SH_B),
    ("code-sz-b", TODAY, "SZ200002", Board.SZ_B),
    ("code-sh-fund", TODAY, "SH510300 SH560010 SH588000 SH501018", Board.FUND),
    ("code-sz-fund", TODAY, "SZ159915 SZ160211", Board.FUND),
    ("code-sh-convertible", TODAY, "SH110059 SH113050 SH118000", Board.CONVERTIBLE),
    ("code-sz-convertible", TODAY, "SZ123001 SZ127005 SZ128001", Board.CONVERTIBLE),
    ("code-sh-repo", TODAY, "SH204001", Board.REPO),
    ("code-sz-repo", TODAY, "SZ131810", Board.REPO),
    ("code-sh-rights", TODAY, "SH700001 SH760001", Board.RIGHTS),
    ("code-sz-rights", TODAY, "SZ080977", Board.RIGHTS),
    ("code-sh-new-issue", TODAY, "SH730001 SH732001 SH780001 SH787001", Board.NEW_ISSUE),
)
CODES = [
    example
    for row, day, codes, board in _RANGES
    for code in codes.split()
    for example in [
        *yes(row, listing(day, code, board)),
        *no(row, R.UNKNOWN_SECURITY, listing(day, code, Board.INDEX)),
    ]
]

NAMES = [
    *yes("name-first-day", by_row(names, TODAY, "N", lambda rule: check_name(rule, day=1))),
    *no(
        "name-first-day",
        R.COUNTER_FAULT,
        by_row(names, TODAY, "N", lambda rule: check_name(rule, day=2)),
    ),
    *yes(
        "name-days-2-to-5",
        by_row(names, TODAY, "C", lambda rule: check_name(rule, day=2)),
        by_row(names, TODAY, "C", lambda rule: check_name(rule, day=5)),
    ),
    *no(
        "name-days-2-to-5",
        R.COUNTER_FAULT,
        by_row(names, TODAY, "C", lambda rule: check_name(rule, day=1)),
        by_row(names, TODAY, "C", lambda rule: check_name(rule, day=6)),
    ),
    *yes("name-ex-day", by_row(names, TODAY, "XD", lambda rule: check_name(rule, ex_day=True))),
    *no("name-ex-day", R.COUNTER_FAULT, by_row(names, TODAY, "XR", check_name)),
    *yes("name-last-day", by_row(names, TODAY, "Z", lambda rule: check_name(rule, last_day=True))),
    *no("name-last-day", R.COUNTER_FAULT, by_row(names, TODAY, "Z", check_name)),
    *yes("name-st", by_row(names, TODAY, "*ST", lambda rule: check_name(rule, st=True))),
    *no("name-st", R.COUNTER_FAULT, by_row(names, TODAY, "ST", check_name)),
]

LAST_DAYS: dict[str, Any] = {"delisting_from": moment("2026-10-30").date()}
STATES = [
    *yes("state-suspended", order(TODAY, "SH600000")),
    *no("state-suspended", R.SUSPENDED, order(TODAY, "SH600000", suspended=True)),
    *yes("state-suspended-by-broker", order(TODAY, "SH600000")),
    *no(
        "state-suspended-by-broker",
        R.SUSPENDED_BY_BROKER,
        order(TODAY, "SH600000", suspended_by_broker=True),
    ),
    # 2026-10-30 is a Friday: the fifteenth trading day is 2026-11-19
    *yes("state-delisting", order("2026-11-19", "SH600000", **LAST_DAYS)),
    *no("state-delisting", R.DELISTED, order("2026-11-20", "SH600000", **LAST_DAYS)),
]


def held(shares: int) -> dict[str, int]:
    return {"sellable": shares}


SOME = {"sellable": 299}
# row, day, security, price, the largest quantity, one step more
_MOST = (
    ("quantity-sz-main", TODAY, "SZ000001", "10.00", 1_000_000, 1_000_100),
    ("quantity-bse", TODAY, "BJ920799", "10.00", 1_000_000, 1_000_001),
    ("quantity-star", TODAY, "SH688981", "10.00", 100_000, 100_001),
    ("quantity-fund", TODAY, "SH510300", "4.000", 1_000_000, 1_000_100),
    ("quantity-sh-b", TODAY, "SH900901", "0.500", 1_000_000, 1_000_100),
    ("quantity-sz-b", TODAY, "SZ200002", "5.00", 1_000_000, 1_000_100),
    ("quantity-convertible", TODAY, "SH113050", "110.000", 1_000_000, 1_000_010),
    ("quantity-sh-repo-until-2022", "2022-05-13", "SH204001", "1.500", 1_000_000, 1_001_000),
    ("quantity-sh-repo", TODAY, "SH204001", "1.500", 1_000_000, 1_000_010),
    ("quantity-sz-repo", TODAY, "SZ131810", "1.500", 1_000_000, 1_000_010),
)
# row, security, price: with 299 shares, all of the 99 leave at once
_ODD = (
    ("quantity-sz-main", "SZ000001", "10.00"),
    ("quantity-chinext", "SZ300750", "10.00"),
    ("quantity-fund", "SZ159915", "4.000"),
    ("quantity-sh-b", "SH900901", "0.500"),
    ("quantity-sz-b", "SZ200002", "5.00"),
)
QUANTITIES = [
    *(
        example
        for row, day, code, price, most, more in _MOST
        for example in [
            *yes(row, order(day, code, f"buy {most} at {price}")),
            *no(row, R.QUANTITY_TOO_LARGE, order(day, code, f"buy {more} at {price}")),
        ]
    ),
    *(
        example
        for row, code, price in _ODD
        for example in [
            *yes(row, order(TODAY, code, f"sell 199 at {price}", facts=SOME)),
            *no(row, R.WRONG_ODD_LOT, order(TODAY, code, f"sell 101 at {price}", facts=SOME)),
        ]
    ),
    *yes(
        "quantity-star",
        order(TODAY, "SH688981", "buy 50000 at 10.00", kind=OrderKind.OWN_SIDE_BEST),
    ),
    *no(
        "quantity-star",
        R.QUANTITY_TOO_LARGE,
        order(TODAY, "SH688981", "buy 50001 at 10.00", kind=OrderKind.OWN_SIDE_BEST),
    ),
    *no(
        "quantity-convertible",
        R.WRONG_LOT,
        order(TODAY, "SH113050", "sell 5 at 110.000", facts={"sellable": 5}),
    ),
    *yes(
        "quantity-main",
        order(TODAY, "SH600000", "buy 100 at 10.00"),
        order(TODAY, "SH600000", "buy 1000000 at 10.00"),
        order(TODAY, "SH600000", "sell 99 at 10.00", facts=SOME),
        order(TODAY, "SH600000", "sell 100 at 10.00", facts=SOME),
        order(TODAY, "SH600000", "sell 199 at 10.00", facts=SOME),
        order(TODAY, "SH600000", "sell 200 at 10.00", facts=SOME),
        order(TODAY, "SH600000", "sell 299 at 10.00", facts=SOME),
    ),
    *no(
        "quantity-main",
        R.WRONG_LOT,
        order(TODAY, "SH600000", "buy 101 at 10.00"),  # 100 and one more never took effect
        order(TODAY, "SH600000", "sell 101 at 10.00", facts=held(200)),
    ),
    *no(
        "quantity-main",
        R.WRONG_ODD_LOT,
        order(TODAY, "SH600000", "sell 1 at 10.00", facts=SOME),
        order(TODAY, "SH600000", "sell 101 at 10.00", facts=SOME),
        order(TODAY, "SH600000", "sell 198 at 10.00", facts=SOME),
        order(TODAY, "SH600000", "sell 298 at 10.00", facts=SOME),
    ),
    *no("quantity-main", R.QUANTITY_TOO_LARGE, order(TODAY, "SH600000", "buy 1000100 at 10.00")),
    *yes("quantity-sz-main", order(TODAY, "SZ000001", "buy 200 at 10.00")),
    *no("quantity-sz-main", R.WRONG_LOT, order(TODAY, "SZ000001", "buy 199 at 10.00")),
    *yes("quantity-chinext", order(TODAY, "SZ300750", "buy 300000 at 10.00")),
    *no("quantity-chinext", R.QUANTITY_TOO_LARGE, order(TODAY, "SZ300750", "buy 300100 at 10.00")),
    *no(
        "quantity-chinext",
        R.QUANTITY_TOO_LARGE,
        order(TODAY, "SZ300750", "buy 150100 at 10.00", kind=OrderKind.FILL_OR_KILL),
    ),
    *yes(
        "quantity-star",
        order("2019-07-22", "SH688981", "buy 200 at 10.00"),
        order(TODAY, "SH688981", "buy 201 at 10.00"),
        order(TODAY, "SH688981", "sell 150 at 10.00", facts=held(150)),
    ),
    *no(
        "quantity-star",
        R.QUANTITY_TOO_SMALL,
        order(TODAY, "SH688981", "buy 199 at 10.00"),
        order(TODAY, "SH688981", "sell 199 at 10.00", facts=held(500)),
    ),
    *no(
        "quantity-star",
        R.WRONG_ODD_LOT,
        order(TODAY, "SH688981", "sell 100 at 10.00", facts=held(150)),
    ),
    *no("quantity-star", R.QUANTITY_TOO_LARGE, order(TODAY, "SH688981", "buy 100001 at 10.00")),
    *yes(
        "quantity-bse",
        order("2021-11-15", "BJ830799", "buy 100 at 10.00"),
        order(TODAY, "BJ920799", "buy 101 at 10.00"),
        order(TODAY, "BJ920799", "sell 50 at 10.00", facts=held(50)),
    ),
    *no("quantity-bse", R.QUANTITY_TOO_SMALL, order(TODAY, "BJ920799", "buy 99 at 10.00")),
    *yes("quantity-fund", order(TODAY, "SH510300", "buy 100 at 4.652")),
    *no("quantity-fund", R.WRONG_LOT, order(TODAY, "SZ159915", "buy 150 at 3.105")),
    *yes("quantity-sh-b", order(TODAY, "SH900901", "buy 100 at 0.500")),
    *no("quantity-sh-b", R.WRONG_LOT, order(TODAY, "SH900901", "buy 110 at 0.500")),
    *yes("quantity-sz-b", order(TODAY, "SZ200002", "buy 100 at 5.00")),
    *no("quantity-sz-b", R.WRONG_LOT, order(TODAY, "SZ200002", "buy 110 at 5.00")),
    *yes("quantity-convertible", order("2022-08-01", "SH113050", "buy 10 at 110.000")),
    *no("quantity-convertible", R.WRONG_LOT, order(TODAY, "SZ123001", "buy 15 at 110.000")),
    *yes("quantity-sh-repo-until-2022", order("2022-05-13", "SH204001", "sell 1000 at 1.500")),
    *no(
        "quantity-sh-repo-until-2022",
        R.WRONG_LOT,
        order("2022-05-13", "SH204001", "sell 1010 at 1.500"),
    ),
    *yes("quantity-sh-repo", order("2022-05-16", "SH204001", "sell 10 at 1.500")),
    *no("quantity-sh-repo", R.WRONG_LOT, order("2022-05-16", "SH204001", "sell 15 at 1.500")),
    *yes("quantity-sz-repo", order("2022-05-13", "SZ131810", "sell 10 at 1.500")),
    *no("quantity-sz-repo", R.WRONG_LOT, order(TODAY, "SZ131810", "sell 15 at 1.500")),
    *yes(
        "block-sh-sz",
        by_row(blocks, TODAY, "SH", lambda rule: check_block(rule, 300_000, Decimal(300_000))),
        by_row(blocks, TODAY, "SZ", lambda rule: check_block(rule, 100, Decimal(2_000_000))),
    ),
    *no(
        "block-sh-sz",
        R.QUANTITY_TOO_SMALL,
        by_row(blocks, TODAY, "SH", lambda rule: check_block(rule, 299_999, Decimal(1_999_999))),
    ),
    *yes(
        "block-bse",
        by_row(blocks, TODAY, "BJ", lambda rule: check_block(rule, 100_000, Decimal(1))),
    ),
    *yes(
        "block-bse",
        by_row(blocks, TODAY, "BJ", lambda rule: check_block(rule, 1, Decimal(1_000_000))),
    ),
    *no(
        "block-bse",
        R.QUANTITY_TOO_SMALL,
        by_row(blocks, TODAY, "BJ", lambda rule: check_block(rule, 99_999, Decimal(999_999))),
    ),
]

TICKS = [
    *yes("tick-shares", order(TODAY, "SH600000", "buy 100 at 10.01")),
    *no("tick-shares", R.WRONG_TICK, order(TODAY, "BJ920799", "buy 100 at 10.005")),
    *yes("tick-fund", order(TODAY, "SH510300", "buy 100 at 4.651")),
    *no("tick-fund", R.WRONG_TICK, order(TODAY, "SH510300", "buy 100 at 4.6515")),
    *yes("tick-sh-b", order(TODAY, "SH900901", "buy 100 at 0.501")),
    *no("tick-sh-b", R.WRONG_TICK, order(TODAY, "SH900901", "buy 100 at 0.5005")),
    *yes("tick-sz-b", order(TODAY, "SZ200002", "buy 100 at 5.01")),
    *no("tick-sz-b", R.WRONG_TICK, order(TODAY, "SZ200002", "buy 100 at 5.001")),
    *yes("tick-convertible", order(TODAY, "SH113050", "buy 10 at 110.001")),
    *no("tick-convertible", R.WRONG_TICK, order(TODAY, "SH113050", "buy 10 at 110.0005")),
    *yes("tick-repo", order(TODAY, "SH204001", "sell 10 at 1.505")),
    *no("tick-repo", R.WRONG_TICK, order(TODAY, "SH204001", "sell 10 at 1.501")),
]

EXAMPLES = [*CODES, *NAMES, *STATES, *QUANTITIES, *TICKS]
