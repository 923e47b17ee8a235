"""Examples of when and how: sessions, kinds of order, permissions, settlement (2.6-2.8, 2.13)."""

from typing import Any

from callcenter.domain.accounts import Permission
from callcenter.domain.orders import OrderKind, Side
from callcenter.domain.refusals import Refusal
from callcenter.domain.securities import SecurityKind
from callcenter.trading.rulebook.standing import check_permission, check_proceeds
from callcenter.trading.rulebook.words import Status
from tests.unit.trading.rulebook.asking import (
    Ask,
    Example,
    by_row,
    cancel,
    chosen,
    listed,
    moment,
    no,
    order,
    permissions,
    proceeds,
    without,
    yes,
)

R = Refusal
TODAY = "2026-11-20"
BOND, FUND, REPO = "SH113050", "SH510300", "SH204001"
SH, STAR, SZ, CHINEXT, BSE = "SH600000", "SH688981", "SZ000001", "SZ300750", "BJ920799"
AT_CLOSE = OrderKind.AFTER_HOURS


def beside(row: str, *asks: Ask) -> list[Example]:
    """A moment or a day beside the row refuses what the row accepts."""
    return [Example(row=row, ask=ask, without=True) for ask in asks]


def asked(may: list[Permission], security_id: str, **how: Any) -> Ask:
    if "kind_of_security" in how:
        when = moment(TODAY)
        reit = listed(security_id, when, kind=how["kind_of_security"])
        return lambda: chosen(None).check_tradable(reit, Side.BUY, frozenset(may), when).clauses
    return order(TODAY, security_id, may=may, **how)


def no_cancel(row: str, *places: tuple[str, str]) -> list[Example]:
    return [
        example
        for at, code in places
        for example in [
            *yes(row, order(at, code)),
            *no(row, R.CANCEL_NOT_ALLOWED_NOW, cancel(at, code)),
        ]
    ]


def closed(row: str, *places: tuple[str, str]) -> list[Example]:
    return [example for at, code in places for example in no(row, R.NO_ORDERS_NOW, order(at, code))]


# An open phase accepts all; what is refused without it is the minute before or after.
_OPEN = (
    ("session-opening", f"{TODAY} 09:15", SH, f"{TODAY} 09:14"),
    ("session-sz-opening", f"{TODAY} 09:19", SZ, f"{TODAY} 09:14"),
    ("session-bse-opening", f"{TODAY} 09:15", BSE, f"{TODAY} 09:14"),
    ("session-morning", f"{TODAY} 09:30", SH, f"{TODAY} 09:29"),
    ("session-sz-morning", f"{TODAY} 11:29", SZ, f"{TODAY} 11:30"),
    ("session-bse-morning", f"{TODAY} 09:30", BSE, f"{TODAY} 09:29"),
    ("session-afternoon", f"{TODAY} 13:00", SH, f"{TODAY} 12:59"),
    ("session-sz-afternoon", f"{TODAY} 13:00", SZ, f"{TODAY} 12:59"),
    ("session-bse-afternoon", f"{TODAY} 14:56", BSE, f"{TODAY} 12:59"),
    ("session-sh-shares-closing-until-2018", "2018-08-17 14:58", SH, "2018-08-17 15:00"),
    ("session-sh-fund-closing-until-2026", "2026-07-03 14:58", FUND, "2026-07-03 15:00"),
    ("session-sh-convertible-closing", f"{TODAY} 14:58", BOND, f"{TODAY} 15:00"),
    ("session-sz-closing-until-2006", "2006-06-30 14:58", SZ, "2006-06-30 15:00"),
    ("session-repo-closing", f"{TODAY} 15:29", REPO, f"{TODAY} 15:30"),
)
_LUNCH = {"sz_lunch": "accepts"}
# row, day, code, opens, closes; after-hours orders have windows of their own
_AT_CLOSE = (
    ("session-star-fixed-morning", "2019-07-22", STAR, "09:30", "09:29"),
    ("session-star-fixed-afternoon", "2019-07-22", STAR, "15:29", "15:30"),
    ("session-sh-fixed-morning", "2026-07-06", SH, "09:30", "09:29"),
    ("session-sh-fixed-morning", "2026-07-06", FUND, "09:30", "09:29"),
    ("session-sh-fixed-afternoon", "2026-07-06", SH, "15:29", "15:30"),
    ("session-chinext-fixed-morning", "2020-08-24", CHINEXT, "09:15", "09:14"),
    ("session-chinext-fixed-afternoon", "2020-08-24", CHINEXT, "13:00", "15:30"),
    ("session-sz-fixed-morning", "2026-07-06", SZ, "09:15", "09:14"),
    ("session-sz-fixed-afternoon", "2026-07-06", SZ, "15:29", "15:30"),
)
SESSIONS = [
    *(
        example
        for row, inside, code, outside in _OPEN
        for example in [
            *yes(row, order(inside, code), cancel(inside, code)),
            *beside(row, order(outside, code), cancel(outside, code)),
        ]
    ),
    *(
        example
        for row, day, code, inside, outside in _AT_CLOSE
        for example in [
            *yes(row, order(f"{day} {inside}", code, kind=AT_CLOSE)),
            *yes(row, cancel(f"{day} {inside}", code, kind=AT_CLOSE)),
            *beside(row, order(f"{day} {outside}", code, kind=AT_CLOSE)),
        ]
    ),
    *no_cancel("session-opening-end", (f"{TODAY} 09:20", SH), (f"{TODAY} 09:24", STAR)),
    *no_cancel("session-sz-opening-end", (f"{TODAY} 09:20", SZ), ("2016-05-06 09:24", CHINEXT)),
    *no_cancel("session-bse-opening-end", (f"{TODAY} 09:24", BSE)),
    *no_cancel(
        "session-sh-shares-closing", ("2018-08-20 14:57", SH), (f"{TODAY} 14:59", "SH900901")
    ),
    *no_cancel("session-sh-fund-closing", ("2026-07-06 14:57", FUND)),
    *no_cancel("session-sz-closing", ("2006-07-03 14:57", SZ), (f"{TODAY} 14:59", "SZ159915")),
    *no_cancel("session-chinext-closing", (f"{TODAY} 14:57", CHINEXT)),
    *no_cancel("session-bse-closing", ("2021-11-15 14:57", "BJ830799")),
    *closed("session-pause", (f"{TODAY} 09:25", SH), ("2016-05-06 09:29", SH)),
    *yes("session-sz-pause-until-2016", order("2016-05-06 09:25", SZ)),
    *beside("session-sz-pause-until-2016", order("2016-05-09 09:25", SZ)),
    *closed("session-sz-pause", ("2016-05-09 09:25", SZ), (f"{TODAY} 09:29", CHINEXT)),
    *closed("session-bse-pause", (f"{TODAY} 09:25", BSE)),
    *closed("session-lunch", (f"{TODAY} 11:30", SH), (f"{TODAY} 12:59", SH)),
    *closed("session-sz-lunch", (f"{TODAY} 11:30", SZ)),
    *no("session-sz-pause", R.CANCEL_NOT_ALLOWED_NOW, cancel("2016-05-09 09:25", SZ)),
    *yes("session-sz-pause-until-2016", cancel("2016-05-06 09:25", SZ)),
    *yes("session-sz-lunch-accepts", cancel(f"{TODAY} 11:30", SZ, _LUNCH)),
    *yes("session-sz-lunch-accepts", order(f"{TODAY} 11:30", SZ, choose=_LUNCH)),
    *beside("session-sz-lunch-accepts", order(f"{TODAY} 11:30", SZ)),
    *closed("session-bse-lunch", (f"{TODAY} 12:00", BSE)),
    *(
        example
        for row, code in (
            ("session-star-fixed-lunch", STAR),
            ("session-sh-fixed-lunch", SH),
            ("session-chinext-fixed-lunch", CHINEXT),
            ("session-sz-fixed-lunch", SZ),
        )
        for example in no(row, R.NO_ORDERS_NOW, order(f"{TODAY} 12:00", code, kind=AT_CLOSE))
    ),
]

_BEST = OrderKind.OWN_SIDE_BEST
_FIVE = OrderKind.FIVE_BEST_THEN_CANCEL
_FIRST = Status.FIRST_DAYS
_EVERYWHERE = {"sse_best_price_orders": "all-boards"}
KINDS = [
    # a limit order is no after-hours order, and outside the auctions there is nothing for it
    *yes("kind-sh-limit", order(f"{TODAY} 14:58", SH)),
    *yes("kind-sz-limit", order(f"{TODAY} 09:15", SZ)),
    *yes("kind-bse-limit", order(f"{TODAY} 10:00", BSE)),
    *no("kind-sh-limit", R.NO_ORDERS_NOW, order(f"{TODAY} 15:10", SH)),
    *no("kind-sz-limit", R.NO_ORDERS_NOW, order(f"{TODAY} 15:10", SZ)),
    *no("kind-bse-limit", R.NO_ORDERS_NOW, order(f"{TODAY} 15:10", BSE)),
    *yes("kind-sh-five-best", order(TODAY, SH, kind=_FIVE)),
    *yes("kind-sh-five-best", order(TODAY, SH, kind=OrderKind.FIVE_BEST_THEN_LIMIT)),
    *no("kind-sh-five-best", R.MARKET_ORDER_NOT_NOW, order(f"{TODAY} 14:58", SH, kind=_FIVE)),
    *no(
        "kind-sh-five-best",
        R.MARKET_ORDER_NEEDS_LIMITS,
        order(TODAY, SH, kind=_FIVE, status=_FIRST),
    ),
    *yes("kind-star-five-best", order(TODAY, STAR, kind=_FIVE, status=_FIRST)),
    *no("kind-star-five-best", R.MARKET_ORDER_NOT_NOW, order(f"{TODAY} 09:16", STAR, kind=_FIVE)),
    *yes("kind-star-best", order(TODAY, STAR, kind=_BEST)),
    *no("kind-star-best", R.MARKET_ORDER_NOT_NOW, order(f"{TODAY} 14:58", STAR, kind=_BEST)),
    *yes("kind-sh-best", order("2023-04-10", SH, kind=_BEST, choose=_EVERYWHERE)),
    *no(
        "kind-sh-best",
        R.MARKET_ORDER_NOT_NOW,
        order(f"{TODAY} 14:58", SH, kind=_BEST, choose=_EVERYWHERE),
    ),
    *without("kind-sh-best", R.ORDER_KIND_NOT_ALLOWED, order(TODAY, SH, kind=_BEST)),
    *yes(
        "kind-sz-market",
        *(
            order(TODAY, SZ, kind=kind)
            for kind in (
                OrderKind.OTHER_SIDE_BEST,
                OrderKind.OWN_SIDE_BEST,
                OrderKind.FIVE_BEST_THEN_CANCEL,
                OrderKind.FILL_AND_KILL,
                OrderKind.FILL_OR_KILL,
            )
        ),
    ),
    *no(
        "kind-sz-market",
        R.MARKET_ORDER_NEEDS_LIMITS,
        order(TODAY, CHINEXT, kind=OrderKind.FILL_OR_KILL, status=_FIRST),
    ),
    *without(
        "kind-sz-market",
        R.ORDER_KIND_NOT_ALLOWED,
        order(TODAY, SZ, kind=OrderKind.FIVE_BEST_THEN_LIMIT),
        order(TODAY, BSE, kind=OrderKind.FILL_OR_KILL),
    ),
    # (row, its first day, the last one before it)
    *(
        example
        for row, code, day, before in (
            ("kind-star-after-hours", STAR, "2019-07-22", "2019-07-19"),
            ("kind-chinext-after-hours", CHINEXT, "2020-08-24", "2020-08-21"),
            ("kind-sh-after-hours", SH, "2026-07-06", "2026-07-03"),
            ("kind-sh-after-hours", FUND, "2026-07-06", "2026-07-03"),
            ("kind-sz-after-hours", SZ, "2026-07-06", "2026-07-03"),
        )
        for example in [
            *yes(row, order(f"{day} 15:10", code, kind=AT_CLOSE)),
            *no(row, R.NO_ORDERS_NOW, order(f"{day} 15:31", code, kind=AT_CLOSE)),
            *without(row, R.ORDER_KIND_NOT_ALLOWED, order(f"{before} 15:10", code, kind=AT_CLOSE)),
        ]
    ),
]

_NOBODY: list[Permission] = []
_ALL = list(Permission)
PERMISSIONS = [
    *(
        example
        for row, wrong, ask in (
            ("permission-star", R.NO_STAR_PERMISSION, {"security_id": STAR}),
            ("permission-chinext", R.NO_CHINEXT_PERMISSION, {"security_id": CHINEXT}),
            ("permission-bse", R.NO_BSE_PERMISSION, {"security_id": BSE}),
            ("permission-convertible", R.NO_CONVERTIBLE_PERMISSION, {"security_id": BOND}),
            ("permission-st", R.NO_ST_PERMISSION, {"security_id": SH, "st": True}),
            (
                "permission-delisting",
                R.NO_DELISTING_PERMISSION,
                {"security_id": SH, "status": Status.DELISTING},
            ),
            (
                "permission-market-order",
                R.NO_MARKET_ORDER_PERMISSION,
                {"security_id": SZ, "kind": OrderKind.FILL_OR_KILL},
            ),
            (
                "permission-reit",
                R.NO_REIT_PERMISSION,
                {"security_id": "SH508000", "kind_of_security": SecurityKind.REIT},
            ),
        )
        for example in [
            *yes(row, asked(_ALL, **ask)),
            *no(row, wrong, asked(_NOBODY, **ask)),
        ]
    ),
    *yes(
        "permission-stock-connect",
        by_row(permissions, TODAY, "stock-connect", lambda rule: check_permission(rule, True)),
    ),
    *no(
        "permission-stock-connect",
        R.NO_STOCK_CONNECT_PERMISSION,
        by_row(permissions, TODAY, "stock-connect", lambda rule: check_permission(rule, False)),
    ),
]

TODAYS = {"held": 300, "bought_today": 100}
SETTLEMENTS = [
    *yes("settlement-shares", order(TODAY, SH, "sell 200 at 10.00", facts=TODAYS)),
    *yes("settlement-shares", order(TODAY, FUND, "sell 200 at 4.000", facts=TODAYS)),
    *no("settlement-shares", R.BOUGHT_TODAY, order(TODAY, SH, "sell 300 at 10.00", facts=TODAYS)),
    *no("settlement-shares", R.BOUGHT_TODAY, order(TODAY, FUND, "sell 300 at 4.000", facts=TODAYS)),
    *yes("settlement-t0-fund", order(TODAY, FUND, "sell 300 at 4.000", facts=TODAYS, t0=True)),
    *no(
        "settlement-t0-fund",
        R.BOUGHT_TODAY,
        order(TODAY, FUND, "sell 400 at 4.000", facts=TODAYS, t0=True),
    ),
    *yes("settlement-convertible", order(TODAY, BOND, "sell 300 at 110.000", facts=TODAYS)),
    *no(
        "settlement-convertible",
        R.BOUGHT_TODAY,
        order(TODAY, BOND, "sell 400 at 110.000", facts=TODAYS),
    ),
    *yes(
        "proceeds",
        by_row(proceeds, TODAY, "SH", lambda rule: check_proceeds(rule, 0, to_withdraw=False)),
        by_row(proceeds, TODAY, "SZ", lambda rule: check_proceeds(rule, 1, to_withdraw=True)),
    ),
    *no(
        "proceeds",
        R.NOT_WITHDRAWABLE,
        by_row(proceeds, TODAY, "SH", lambda rule: check_proceeds(rule, 0, to_withdraw=True)),
    ),
]

EXAMPLES = [*SESSIONS, *KINDS, *PERMISSIONS, *SETTLEMENTS]
