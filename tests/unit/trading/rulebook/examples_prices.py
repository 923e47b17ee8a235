"""Examples of prices: limits, reference, halts, cage (2.4, 2.5)."""

from decimal import Decimal

from callcenter.domain.refusals import Refusal
from callcenter.trading.rulebook import prices
from callcenter.trading.rulebook.words import Status
from tests.unit.trading.rulebook.asking import (
    Ask,
    by_row,
    halts,
    moment,
    no,
    order,
    references,
    warning,
    without,
    yes,
)

R = Refusal
TODAY = "2026-11-20"
NEW = Status.FIRST_DAYS

# row, day, security, previous close, status, the edge that passes, the tick beyond
_LIMITS = (
    ("limit-main", "2023-04-10", "SH600000", "10.00", None, "11.00", "11.01"),
    ("limit-main", "2026-07-06", "SZ000001", "10.05", None, "9.05", "9.04"),
    ("limit-main-st-until-2026", "2026-07-03", "SH600000", "10.00", Status.ST, "10.50", "10.51"),
    ("limit-main-st-until-2026", "2026-07-03", "SZ000001", "10.00", Status.ST, "9.50", "9.49"),
    ("limit-main-st", "2026-07-06", "SH600000", "10.00", Status.ST, "11.00", "11.01"),
    ("limit-main-st", "2026-07-06", "SZ000001", "10.00", Status.ST, "9.00", "8.99"),
    ("limit-sh-first-day-until-2023", "2023-04-07", "SH600000", "10.00", NEW, "14.40", "14.41"),
    ("limit-sz-first-day-until-2023", "2023-04-07", "SZ000001", "10.00", NEW, "6.40", "6.39"),
    ("limit-main-delisting", TODAY, "SH600000", "10.00", Status.DELISTING, "9.00", "8.99"),
    ("limit-star", "2019-07-22", "SH688981", "10.00", None, "12.00", "12.01"),
    ("limit-star", "2026-07-06", "SH688981", "10.00", Status.ST, "8.00", "7.99"),
    ("limit-chinext-until-2020", "2020-08-21", "SZ300750", "10.00", None, "11.00", "11.01"),
    ("limit-chinext", "2020-08-24", "SZ300750", "10.00", None, "12.00", "12.01"),
    ("limit-chinext-st", "2020-08-24", "SZ300750", "10.00", Status.ST, "12.00", "12.01"),
    ("limit-bse", "2021-11-15", "BJ830799", "10.00", None, "13.00", "13.01"),
    ("limit-bse", TODAY, "BJ920799", "10.00", Status.ST, "7.00", "6.99"),
    ("limit-b", TODAY, "SH900901", "0.500", None, "0.550", "0.551"),
    ("limit-b-st-until-2026", "2026-07-03", "SZ200002", "10.00", Status.ST, "10.50", "10.51"),
    ("limit-b-st-five", "2026-07-06", "SZ200002", "10.00", Status.ST, "10.50", "10.51"),
    ("limit-fund", TODAY, "SH510300", "4.000", None, "4.400", "4.401"),
    ("limit-wide-fund", "2020-08-24", "SZ159915", "4.000", Status.WIDE_FUND, "4.800", "4.801"),
    ("limit-convertible", TODAY, "SH113050", "100.000", None, "120.000", "120.001"),
    ("limit-convertible-first-day", TODAY, "SH113050", "100.000", NEW, "157.300", "157.301"),
    ("limit-convertible-first-day", TODAY, "SZ123001", "100.000", NEW, "56.700", "56.699"),
    # and the other side of each
    ("limit-sh-first-day-until-2023", "2023-04-07", "SH600000", "10.00", NEW, "6.40", "6.39"),
    ("limit-sz-first-day-until-2023", "2023-04-07", "SZ000001", "10.00", NEW, "14.40", "14.41"),
    ("limit-main-delisting", TODAY, "SZ000001", "10.00", Status.DELISTING, "11.00", "11.01"),
    ("limit-star", TODAY, "SH688981", "10.00", Status.DELISTING, "8.00", "7.99"),
    ("limit-chinext-until-2020", "2020-08-21", "SZ300750", "10.00", None, "9.00", "8.99"),
    ("limit-chinext", "2020-08-24", "SZ300750", "10.00", None, "8.00", "7.99"),
    ("limit-chinext-st", TODAY, "SZ300750", "10.00", Status.DELISTING, "8.00", "7.99"),
    ("limit-b", TODAY, "SZ200002", "10.00", None, "9.00", "8.99"),
    ("limit-b-st-until-2026", "2026-07-03", "SZ200002", "10.00", Status.ST, "9.50", "9.49"),
    ("limit-b-st-five", "2026-07-06", "SZ200002", "10.00", Status.ST, "9.50", "9.49"),
    ("limit-fund", TODAY, "SZ159915", "4.000", None, "3.600", "3.599"),
    ("limit-wide-fund", TODAY, "SZ159915", "4.000", Status.WIDE_FUND, "3.200", "3.199"),
    ("limit-convertible", TODAY, "SZ123001", "100.000", None, "80.000", "79.999"),
)
_TEN = {"b_share_st": "ten"}
_B = "SH900901"
# row, day and security that has no limit; each refuses what needs one: a market order
_NO_LIMITS = (
    ("limit-main-first-days", "2023-04-10", "SH600000", NEW),
    ("limit-relisted", TODAY, "SH600000", Status.RELISTED),
    ("limit-delisting-first-day", TODAY, "SZ300750", Status.DELISTING_FIRST_DAY),
    ("limit-star-first-days", "2019-07-22", "SH688981", NEW),
    ("limit-chinext-first-days", "2020-08-24", "SZ300750", NEW),
    ("limit-bse-first-day", "2021-11-15", "BJ830799", NEW),
)
# row, security, price, close, first trading day, last day of the status, the day beyond;
# 2026-11-13 is a Friday, 2023-04-06 a Thursday
_LASTING = (
    ("limit-main-first-days", "SH600000", "99.00", "9.00", "2026-11-13", "2026-11-19", TODAY),
    ("limit-star-first-days", "SH688981", "99.00", "9.00", "2026-11-13", "2026-11-19", TODAY),
    ("limit-chinext-first-days", "SZ300750", "99.00", "9.00", "2026-11-13", "2026-11-19", TODAY),
    ("limit-bse-first-day", "BJ920799", "99.00", "9.00", "2026-11-13", "2026-11-13", "2026-11-16"),
    (
        *("limit-convertible-first-day", "SH113050", "157.300", "100.000"),
        *("2026-11-13", "2026-11-13", "2026-11-16"),
    ),
    (
        *("limit-sh-first-day-until-2023", "SH600000", "14.40", "10.00"),
        *("2023-04-06", "2023-04-06", "2023-04-07"),
    ),
    (
        *("limit-sz-first-day-until-2023", "SZ000001", "14.40", "10.00"),
        *("2023-04-06", "2023-04-06", "2023-04-07"),
    ),
)


def new(at: str, code: str, price: str, close: str, listed_on: str) -> Ask:
    listed = moment(listed_on).date()
    return order(at, code, f"buy 200 at {price}", close=close, listed_on=listed)


LIMITS = [
    *(
        example
        for row, day, code, close, status, fine, beyond in _LIMITS
        for example in [
            *yes(row, order(day, code, f"buy 100 at {fine}", close=close, status=status)),
            *no(
                row,
                R.PRICE_OUTSIDE_LIMITS,
                order(day, code, f"buy 100 at {beyond}", close=close, status=status),
            ),
        ]
    ),
    *yes(
        "limit-b-st-ten",
        order("2026-07-06", _B, "buy 100 at 0.550", close="0.500", status=Status.ST, choose=_TEN),
    ),
    *no(
        "limit-b-st-ten",
        R.PRICE_OUTSIDE_LIMITS,
        order("2026-07-06", _B, "buy 100 at 0.551", close="0.500", status=Status.ST, choose=_TEN),
    ),
    *(
        example
        for row, day, code, status in _NO_LIMITS
        for example in [
            *yes(row, order(day, code, "buy 200 at 99.00", close="1.00", status=status)),
            *without(
                row, R.PRICE_OUTSIDE_LIMITS, order(day, code, "buy 200 at 99.00", close="1.00")
            ),
        ]
    ),
    *(
        example
        for row, code, price, close, listed_on, last, beyond in _LASTING
        for example in [
            *yes(row, new(last, code, price, close, listed_on)),
            *without(row, R.PRICE_OUTSIDE_LIMITS, new(beyond, code, price, close, listed_on)),
        ]
    ),
    *yes(
        "limit-b-st-ten",
        order("2026-07-06", _B, "buy 100 at 0.450", close="0.500", status=Status.ST, choose=_TEN),
    ),
    *no(
        "limit-b-st-ten",
        R.PRICE_OUTSIDE_LIMITS,
        order("2026-07-06", _B, "buy 100 at 0.449", close="0.500", status=Status.ST, choose=_TEN),
    ),
]

REFERENCES = [
    example
    for row, market in (("reference-sh", "SH"), ("reference-sz", "SZ"), ("reference-bse", "BJ"))
    for example in [
        *yes(
            row,
            by_row(
                references,
                TODAY,
                market,
                lambda rule: prices.check_reference(
                    rule,
                    # 10 for 3 rights at 5.00 and 0.20 in cash: (10.00 - 0.20 + 1.50) / 1.3
                    prices.ex_right_reference(
                        Decimal("10.00"),
                        Decimal("0.01"),
                        cash=Decimal("0.20"),
                        rights=Decimal("0.3"),
                        rights_price=Decimal("5.00"),
                        rounding=rule.values.rounding,
                    ),
                    Decimal("8.69"),
                ),
            ),
        ),
        *yes(
            row,
            by_row(
                references,
                TODAY,
                market,
                lambda rule: prices.check_reference(
                    rule,
                    # one new share for each: half of 10.01, and half a fen goes up
                    prices.ex_right_reference(
                        Decimal("10.01"),
                        Decimal("0.01"),
                        bonus=Decimal(1),
                        rounding=rule.values.rounding,
                    ),
                    Decimal("5.01"),
                ),
            ),
        ),
        *no(
            row,
            R.COUNTER_FAULT,
            by_row(
                references,
                TODAY,
                market,
                lambda rule: prices.check_reference(rule, Decimal("8.69"), Decimal("10.00")),
            ),
        ),
    ]
]

_OPEN = Decimal("10.00")
HALTS = [
    *yes(
        "halt-first-days",
        by_row(
            halts, TODAY, "star first-days", lambda r: prices.check_halt(r, _OPEN, Decimal("12.99"))
        ),
    ),
    *no(
        "halt-first-days",
        R.TRADING_HALTED,
        by_row(
            halts, TODAY, "sh-main first-days", lambda r: prices.check_halt(r, _OPEN, Decimal(13))
        ),
        by_row(
            halts, TODAY, "sz-main first-days", lambda r: prices.check_halt(r, _OPEN, Decimal(4))
        ),
    ),
    *yes(
        "halt-convertible",
        by_row(
            halts,
            TODAY,
            "convertible first-days",
            lambda r: prices.check_halt(r, _OPEN, Decimal("11.99")),
        ),
    ),
    *no(
        "halt-convertible",
        R.TRADING_HALTED,
        by_row(
            halts,
            TODAY,
            "convertible first-days",
            lambda r: prices.check_halt(r, _OPEN, Decimal(12)),
        ),
    ),
    *yes("auction-bound-sz", order(TODAY, "SZ000001", "buy 100 at 90.00", issue_price="10.00")),
    *warning("auction-bound-sz", order(TODAY, "SZ000001", "buy 100 at 90.01", issue_price="10.00")),
]

_PLAIN = {"chinext_cage": "plain"}
_NO_CAGE = {"bse_cage": "none"}
CAGES = [
    # 2 % of 20.00 is more than ten ticks; of 3.00 it is less
    *yes(
        "cage-main",
        order("2023-04-10", "SH600000", "buy 100 at 20.40", live="19.99 20.00"),
        order(TODAY, "SZ000001", "buy 100 at 3.10", live="2.99 3.00"),
        order(TODAY, "SZ000001", "sell 100 at 2.90", live="3.00 3.01"),
        order(TODAY, "SH600000", "sell 100 at 20.00", live="- 20.40"),  # no bid: the ask counts
    ),
    *no(
        "cage-main",
        R.PRICE_OUTSIDE_CAGE,
        order("2023-04-10", "SH600000", "buy 100 at 20.41", live="19.99 20.00"),
        order(TODAY, "SZ000001", "buy 100 at 3.11", live="2.99 3.00"),
        order(TODAY, "SZ000001", "sell 100 at 2.89", live="3.00 3.01"),
        order(TODAY, "SZ000001", "sell 100 at 2.89", live="- -", close="3.00"),
    ),
    *yes(
        "cage-chinext-with-ten-ticks",
        order(TODAY, "SZ300750", "buy 100 at 20.40", live="19.99 20.00"),
    ),
    *no(
        "cage-chinext-with-ten-ticks",
        R.PRICE_OUTSIDE_CAGE,
        order(TODAY, "SZ300750", "buy 100 at 20.41", live="19.99 20.00"),
    ),
    *yes("cage-bse-five-per-cent", order(TODAY, "BJ920799", "buy 100 at 1.10", live="0.99 1.00")),
    *no(
        "cage-bse-five-per-cent",
        R.PRICE_OUTSIDE_CAGE,
        order(TODAY, "BJ920799", "buy 100 at 1.11", live="0.99 1.00"),
    ),
    *warning(
        "cage-chinext-until-2023",
        order("2020-08-24", "SZ300750", "buy 100 at 20.41", live="19.99 20.00"),
    ),
    *warning("cage-main", order(TODAY, "SH600000", "buy 100 at 10.00")),
    *yes(
        "cage-chinext-until-2023",
        order("2023-04-07", "SZ300750", "buy 100 at 3.06", live="2.99 3.00"),
    ),
    *warning(
        "cage-chinext-until-2023",
        order("2023-04-07", "SZ300750", "buy 100 at 3.10", live="2.99 3.00"),
    ),
    *yes(
        "cage-chinext-with-ten-ticks",
        order("2023-04-10", "SZ300750", "buy 100 at 3.10", live="2.99 3.00"),
    ),
    *no(
        "cage-chinext-with-ten-ticks",
        R.PRICE_OUTSIDE_CAGE,
        order("2023-04-10", "SZ300750", "buy 100 at 3.11", live="2.99 3.00"),
    ),
    *yes(
        "cage-chinext-plain",
        order(TODAY, "SZ300750", "buy 100 at 3.06", live="2.99 3.00", choose=_PLAIN),
    ),
    *no(
        "cage-chinext-plain",
        R.PRICE_OUTSIDE_CAGE,
        order(TODAY, "SZ300750", "buy 100 at 3.07", live="2.99 3.00", choose=_PLAIN),
    ),
    *yes("cage-star", order("2019-07-22", "SH688981", "buy 200 at 3.06", live="2.99 3.00")),
    *no(
        "cage-star",
        R.PRICE_OUTSIDE_CAGE,
        order(TODAY, "SH688981", "buy 200 at 3.07", live="2.99 3.00"),
    ),
    *yes("cage-bse-five-per-cent", order(TODAY, "BJ920799", "buy 100 at 10.50", live="9.99 10.00")),
    *no(
        "cage-bse-five-per-cent",
        R.PRICE_OUTSIDE_CAGE,
        order(TODAY, "BJ920799", "buy 100 at 10.51", live="9.99 10.00"),
    ),
    *yes(
        "cage-bse-none",
        order(TODAY, "BJ920799", "buy 100 at 12.99", live="9.99 10.00", choose=_NO_CAGE),
    ),
    *without(
        "cage-bse-none",
        R.PRICE_OUTSIDE_CAGE,
        order(TODAY, "BJ920799", "buy 100 at 12.99", live="9.99 10.00"),
    ),
]

EXAMPLES = [*LIMITS, *REFERENCES, *HALTS, *CAGES]
