"""Examples of fees, cover, applications, reservations and transfers (2.9-2.12)."""

from decimal import Decimal
from typing import Any

from callcenter.domain.orders import OrderKind, Side
from callcenter.domain.refusals import Refusal
from callcenter.trading.rulebook import applications as apply
from callcenter.trading.rulebook.fees import check_ceiling, check_charge
from tests.unit.trading.rulebook.asking import (
    Ask,
    by_row,
    fees,
    issues,
    moment,
    no,
    open_funds,
    order,
    reservations,
    rights,
    transfer,
    yes,
)

R = Refusal
TODAY = "2026-11-20"
SH, FUND = "SH600000", "SH510300"
AMOUNT = Decimal(100_000)


def charge(day: str, cell: str, charged: str, amount: Decimal = AMOUNT) -> Ask:
    return by_row(fees, day, cell, lambda rule: check_charge(rule, amount, Decimal(charged)))


# row, day, cell, what an order of 100,000 yuan is charged, what the row beside would charge
_FEES = (
    ("fee-commission", TODAY, "commission sh-main buy", "30.00", "300.00"),
    ("fee-stamp-duty-until-2023", "2023-08-25", "stamp-duty sh-main sell", "100.00", "50.00"),
    ("fee-stamp-duty", "2023-08-28", "stamp-duty sh-main sell", "50.00", "100.00"),
    ("fee-transfer-until-2022", "2022-04-28", "transfer-fee sz-main buy", "2.00", "1.00"),
    ("fee-transfer", "2022-04-29", "transfer-fee sz-main buy", "1.00", "2.00"),
    ("fee-handling-until-2023", "2023-08-25", "handling star sell", "4.87", "3.41"),
    ("fee-handling", "2023-08-28", "handling star sell", "3.41", "4.87"),
    ("fee-regulatory", TODAY, "regulatory chinext buy", "2.00", "0.00"),
)
FEES = [
    *(
        example
        for row, day, cell, right, wrong in _FEES
        for example in [
            *yes(row, charge(day, cell, right)),
            *no(row, R.COUNTER_FAULT, charge(day, cell, wrong)),
        ]
    ),
    # the least is per order: three fills of 1,000 yuan pay five yuan, not fifteen
    *yes("fee-commission", charge(TODAY, "commission sh-main buy", "5.00", Decimal(3_000))),
    *no(
        "fee-commission",
        R.COUNTER_FAULT,
        charge(TODAY, "commission sh-main buy", "15.00", Decimal(3_000)),
    ),
    *yes(
        "fee-commission-ceiling",
        by_row(
            fees,
            TODAY,
            "commission-ceiling sh-main buy",
            lambda rule: check_ceiling(rule, Decimal("0.3")),
        ),
    ),
    *no(
        "fee-commission-ceiling",
        R.COUNTER_FAULT,
        by_row(
            fees,
            TODAY,
            "commission-ceiling sh-main buy",
            lambda rule: check_ceiling(rule, Decimal("0.31")),
        ),
    ),
    # 1,000.00 and commission 5.00 and transfer fee 0.01; a fund has no transfer fee
    *yes("cover-buy", order(TODAY, SH, usable="1005.01")),
    *yes("cover-buy", order(TODAY, FUND, usable="1005.00")),
    *no("cover-buy", R.NOT_ENOUGH_MONEY, order(TODAY, SH, usable="1005.00")),
    *no("cover-buy", R.NOT_ENOUGH_MONEY, order(TODAY, FUND, usable="1004.99")),
    *yes("cover-sell", order(TODAY, SH, "sell 100 at 10.00", facts={"sellable": 100})),
    *no(
        "cover-sell",
        R.NOT_ENOUGH_SHARES,
        order(TODAY, SH, "sell 200 at 10.00", facts={"sellable": 100}),
    ),
    *no(
        "cover-sell",
        R.NOTHING_TO_SELL,
        order(TODAY, SH, "sell 100 at 10.00", facts={"sellable": 0}),
    ),
]


def subscribe(day: str, cell: str, quantity: int, value: int, **facts: Any) -> Ask:
    wanted = apply.Subscription(quantity=quantity, market_value=Decimal(value), **facts)
    on = moment(day).date()
    return by_row(issues, day, cell, lambda rule: list(apply.check_subscription(rule, wanted, on)))


_MISSES = [moment(day).date() for day in ("2026-01-05", "2026-03-02", "2026-07-01")]
ISSUES = [
    *yes("issue-sh-until-2023", subscribe("2023-02-16", "SH sh-main", 1000, 10_000)),
    *no(
        "issue-sh-until-2023",
        R.WRONG_SUBSCRIPTION_UNIT,
        subscribe("2023-02-16", "SH sh-main", 500, 10_000),
    ),
    *yes("issue-sh", subscribe("2023-02-17", "SH sh-main", 500, 10_000)),
    *yes("issue-sh", subscribe("2023-02-17", "SH sh-main", 1000, 10_000)),
    *no("issue-sh", R.OVER_QUOTA, subscribe("2023-02-17", "SH sh-main", 1500, 14_999)),
    *no("issue-sh", R.NO_QUOTA, subscribe(TODAY, "SH sh-main", 500, 9_999)),
    *no(
        "issue-sh", R.DUPLICATE_SUBSCRIPTION, subscribe(TODAY, "SH sh-main", 500, 10_000, earlier=1)
    ),
    *no(
        "issue-sh", R.NOT_CANCELLABLE, by_row(issues, TODAY, "SH sh-main", apply.check_issue_cancel)
    ),
    *no(
        "issue-sh",
        R.BARRED_FROM_ISSUES,
        subscribe(TODAY, "SH sh-main", 500, 10_000, misses=_MISSES),
    ),
    *yes("issue-sh", subscribe("2027-01-04", "SH sh-main", 500, 10_000, misses=_MISSES)),
    # the rest is alike everywhere
    *(
        example
        for row, day, cell in (
            ("issue-sh-until-2023", "2023-02-16", "SH sh-main"),
            ("issue-star", "2026-11-20", "SH star"),
            ("issue-sz", "2026-11-20", "SZ chinext"),
        )
        for example in [
            *yes(row, subscribe(day, cell, 1000, 10_000)),
            *no(row, R.NO_QUOTA, subscribe(day, cell, 1000, 9_999)),
            *no(row, R.DUPLICATE_SUBSCRIPTION, subscribe(day, cell, 1000, 10_000, earlier=1)),
            *no(row, R.NOT_CANCELLABLE, by_row(issues, day, cell, apply.check_issue_cancel)),
        ]
    ),
    *yes("issue-star", subscribe(TODAY, "SH star", 500, 10_000)),
    *no("issue-star", R.WRONG_SUBSCRIPTION_UNIT, subscribe(TODAY, "SH star", 600, 10_000)),
    *yes("issue-sz", subscribe("2023-02-16", "SZ sz-main", 500, 10_000)),
    *no("issue-sz", R.OVER_QUOTA, subscribe(TODAY, "SZ chinext", 1500, 10_000)),
]


def pay(cell: str, side: Side, quantity: int, held: int, day: int = 1) -> Ask:
    """Ask for a payment for rights of 3 for 10."""
    return by_row(
        rights,
        TODAY,
        cell,
        lambda rule: list(
            apply.check_rights(
                rule,
                side,
                quantity,
                entitled=apply.entitlement(rule.values, held, Decimal("0.3")),
                day=day,
            )
        ),
    )


RIGHTS = [
    # 0.3 of 255 shares are 76.5: Shanghai rounds, Shenzhen drops
    *yes("rights-sh", pay("SH", Side.SELL, 77, 255), pay("SH", Side.SELL, 1, 255, day=5)),
    *no("rights-sh", R.OVER_RIGHTS, pay("SH", Side.SELL, 78, 255)),
    *no("rights-sh", R.BUYING_NOT_ALLOWED, pay("SH", Side.BUY, 77, 255)),
    *no("rights-sh", R.RIGHTS_PERIOD_OVER, pay("SH", Side.SELL, 77, 255, day=6)),
    *no("rights-sh", R.NO_RIGHTS, pay("SH", Side.SELL, 1, 1)),
    *no(
        "rights-sh",
        R.NOT_CANCELLABLE,
        by_row(rights, TODAY, "SH", lambda rule: apply.check_rights_cancel(rule, same_day=True)),
    ),
    *yes("rights-sz", pay("SZ", Side.BUY, 76, 255)),
    *yes(
        "rights-sz",
        by_row(rights, TODAY, "SZ", lambda rule: apply.check_rights_cancel(rule, same_day=True)),
    ),
    *yes("rights-sz", pay("SZ", Side.BUY, 76, 255, day=5)),
    *no("rights-sz", R.RIGHTS_PERIOD_OVER, pay("SZ", Side.BUY, 76, 255, day=6)),
    *no("rights-sz", R.OVER_RIGHTS, pay("SZ", Side.BUY, 77, 255)),
    *no("rights-sz", R.SELLING_NOT_ALLOWED, pay("SZ", Side.SELL, 76, 255)),
    *no(
        "rights-sz",
        R.NOT_CANCELLABLE,
        by_row(rights, TODAY, "SZ", lambda rule: apply.check_rights_cancel(rule, same_day=False)),
    ),
]


def fund(action: str, *, amount: int | None = None, shares: int | None = None) -> Ask:
    def judge(rule: Any) -> Any:
        return apply.check_fund(
            rule,
            amount=None if amount is None else Decimal(amount),
            shares=None if shares is None else Decimal(shares),
        )

    return by_row(open_funds, TODAY, action, judge)


FUNDS = [
    *yes("fund-subscribe", fund("subscribe", amount=1000)),
    *no("fund-subscribe", R.FUND_AMOUNT_TOO_SMALL, fund("subscribe", shares=1000)),
    *yes("fund-redeem", fund("redeem", shares=1000)),
    *no("fund-redeem", R.TOO_FEW_FUND_SHARES, fund("redeem", amount=1000)),
]


def reserve(at: str, market: str, option: str, kind: OrderKind = OrderKind.LIMIT) -> Ask:
    return by_row(
        reservations,
        at,
        market,
        lambda rule: list(apply.check_reservation(rule, kind, moment(at))),
        {"reservation_hours": option},
    )


def overnight(market: str, option: str) -> Ask:
    """Ask for a kept order whose security is suspended in the morning."""
    return by_row(
        reservations,
        TODAY,
        market,
        lambda rule: apply.check_reservation_suspended(rule, True),
        {"reservation_hours": option},
    )


RESERVATIONS = [
    example
    for option, opens, before in (
        ("19", "19:00", "18:59"),
        ("21", "21:00", "20:59"),
        ("22", "22:00", "21:59"),
    )
    for row, market in ((f"reservation-{option}", "SH"), (f"reservation-{option}-sz", "SZ"))
    for example in [
        *yes(row, reserve(f"{TODAY} {opens}", market, f"from-{option}")),
        *yes(row, reserve(f"{TODAY} 23:59", market, f"from-{option}")),
        *no(row, R.RESERVATIONS_CLOSED, reserve(f"{TODAY} {before}", market, f"from-{option}")),
        *no(
            row,
            R.RESERVATION_LIMIT_ONLY,
            reserve(f"{TODAY} 23:00", market, f"from-{option}", OrderKind.FILL_OR_KILL),
        ),
        *(
            yes(row, overnight(market, f"from-{option}"))
            if market == "SZ"
            else no(row, R.RESERVATION_SUSPENDED, overnight(market, f"from-{option}"))
        ),
    ]
]

EARLY, LOW = {"transfer_hours": "from-8-30"}, {"transfer_limits": "low"}
IN, OUT = frozenset({"trade", "bank"}), frozenset({"trade", "fund"})
TRANSFERS = [
    *yes("transfer-hours-9", transfer(f"{TODAY} 09:00", "in 5000 ICBC")),
    *yes("transfer-hours-9", transfer(f"{TODAY} 15:59", "in 5000 a-bank-without-a-row")),
    *no("transfer-hours-9", R.TRANSFERS_CLOSED, transfer(f"{TODAY} 08:59", "in 5000 ICBC")),
    *no("transfer-hours-9", R.TRANSFERS_CLOSED, transfer(f"{TODAY} 16:00", "in 5000 ICBC")),
    *no("transfer-hours-9", R.NOT_A_TRADING_DAY, transfer("2026-11-21 10:00", "in 5000 ICBC")),
    *yes("transfer-hours-8-30", transfer(f"{TODAY} 08:30", "in 5000 ICBC", EARLY)),
    *yes("transfer-hours-8-30", transfer(f"{TODAY} 15:59", "in 5000 ICBC", EARLY)),
    *no("transfer-hours-8-30", R.TRANSFERS_CLOSED, transfer(f"{TODAY} 08:29", "in 5 ICBC", EARLY)),
    *(
        example
        for row, bank, single, day in (
            ("transfer-limit-five-million", "ICBC", 5_000_000, 5_000_000),
            ("transfer-limit-five-million", "CCB", 5_000_000, 5_000_000),
            ("transfer-limit-cmb", "CMB", 500_000, 1_000_000),
            ("transfer-limit-boc", "BOC", 1_000_000, 2_000_000),
            ("transfer-limit-other", "other", 500_000, 1_000_000),
        )
        for example in [
            *yes(row, transfer(TODAY, f"in {single} {bank}", today=Decimal(day - single))),
            *no(row, R.TRANSFER_TOO_LARGE, transfer(TODAY, f"in {single}.01 {bank}")),
            *no(
                row,
                R.TRANSFER_DAY_LIMIT,
                transfer(TODAY, f"in {single} {bank}", today=Decimal(day - single + 1)),
            ),
        ]
    ),
    *yes("transfer-limit-low", transfer(TODAY, "in 50000 ICBC", LOW)),
    *yes("transfer-limit-low", transfer(TODAY, "in 1 CMB", LOW, today=Decimal(99_999))),
    *no(
        "transfer-limit-low",
        R.TRANSFER_DAY_LIMIT,
        transfer(TODAY, "in 1 CMB", LOW, today=Decimal(100_000)),
    ),
    *no("transfer-flow-out", R.TRANSFER_IN_PROGRESS, transfer(TODAY, "out 5 BOC", under_way=1)),
    *yes("transfer-flow-in", transfer(TODAY, "in 5000 ICBC", withdrawable=Decimal(0))),
    *no("transfer-limit-low", R.TRANSFER_TOO_LARGE, transfer(TODAY, "in 50001 ICBC", LOW)),
    *yes("transfer-limit-type-2", transfer(TODAY, "in 10000 ICBC", card="type-2")),
    *no(
        "transfer-limit-type-2",
        R.TRANSFER_DAY_LIMIT,
        transfer(TODAY, "in 1 ICBC", card="type-2", today=Decimal(10_000)),
    ),
    *yes("transfer-passwords-in", transfer(TODAY, "in 5000 ICBC", passwords=IN)),
    *no("transfer-passwords-in", R.WRONG_BANK_PASSWORD, transfer(TODAY, "in 1 BOC", passwords=OUT)),
    *yes("transfer-passwords-out", transfer(TODAY, "out 5000 ICBC", passwords=OUT)),
    *no(
        "transfer-passwords-out", R.WRONG_FUND_PASSWORD, transfer(TODAY, "out 1 BOC", passwords=IN)
    ),
    *yes("transfer-flow-in", transfer(TODAY, "in 5000 ICBC")),
    *no("transfer-flow-in", R.TRANSFER_IN_PROGRESS, transfer(TODAY, "in 5000 ICBC", under_way=1)),
    *yes("transfer-flow-out", transfer(TODAY, "out 5000 ICBC", withdrawable=Decimal(5000))),
    *no(
        "transfer-flow-out",
        R.NOT_WITHDRAWABLE,
        transfer(TODAY, "out 5000 ICBC", withdrawable=Decimal(4999)),
    ),
]

EXAMPLES = [*FEES, *ISSUES, *RIGHTS, *FUNDS, *RESERVATIONS, *TRANSFERS]
