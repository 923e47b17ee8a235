"""The demo data: who may dial in with which password, and what is listed. Plain values."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final

from callcenter.domain.accounts import AccountId, AccountStatus, BranchCode, Permission
from callcenter.domain.securities import Board, Market, Quote, Security, SecurityCode

TRADE_PASSWORD: Final = "246810"  # noqa: S105  (the demo's, printed in its manual)
FUND_PASSWORD: Final = "135790"  # noqa: S105
BANK_PASSWORD: Final = "112358"  # noqa: S105
LOAD_ACCOUNTS: Final = 1000
BRANCHES: Final = 17

_EVERYTHING: Final = frozenset({Permission.STAR, Permission.CHINEXT, Permission.BSE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A security with the one quote that the practice market has for it."""

    security: Security
    last: Decimal
    previous_close: Decimal
    high: Decimal
    low: Decimal
    bid: Decimal
    ask: Decimal
    volume: int

    def quote(self, at: datetime) -> Quote:
        return Quote(
            security=self.security,
            last=self.last,
            previous_close=self.previous_close,
            high=self.high,
            low=self.low,
            bid=self.bid,
            ask=self.ask,
            volume=self.volume,
            at=at,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """Shares of one security; those bought today are not sellable yet (T+1)."""

    total: int
    sellable: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoAccount:
    """An account as the practice broker opens it."""

    account: AccountId
    branch: BranchCode
    name: str
    cash: Decimal
    holdings: Mapping[str, Holding] = field(default_factory=dict)  # by security id
    permissions: frozenset[Permission] = _EVERYTHING
    bound_numbers: frozenset[str] = frozenset()
    status: AccountStatus = AccountStatus.NORMAL

    @property
    def shareholder_codes(self) -> Mapping[Market, str]:
        """
        Return the codes of the account: 10000001 has A100000001 in Shanghai, 0100000001 elsewhere.

        The three kinds of number that a login may be have 8, 9 (without the letter) and 10 digits.
        """
        digits = f"{self.account[0]}0{self.account[1:]}"
        return {Market.SH: f"A{digits}", Market.SZ: f"0{digits}"}


def load_accounts() -> Iterator[DemoAccount]:
    """Return the accounts for load tests, 20000001 … 20001000, spread over the branches."""
    for number in range(1, LOAD_ACCOUNTS + 1):
        yield DemoAccount(
            account=AccountId(f"2{number:07}"),
            branch=BranchCode(f"{(number - 1) % BRANCHES + 1:03}"),
            name=f"压测{number:04}",
            cash=Decimal("1000000.00"),
            holdings={"SH600000": Holding(total=10_000, sellable=10_000)},
        )


ACCOUNTS: Final = (
    DemoAccount(
        account=AccountId("10000001"),
        branch=BranchCode("001"),
        name="张伟",
        cash=Decimal("1000000.00"),
        holdings={
            "SH600000": Holding(total=10_000, sellable=10_000),
            "SZ000001": Holding(total=299, sellable=299),
        },
    ),
    DemoAccount(
        account=AccountId("10000002"),
        branch=BranchCode("002"),
        name="王芳",
        cash=Decimal("5000.00"),
        holdings={"SH688981": Holding(total=500, sellable=0)},
    ),
    DemoAccount(
        account=AccountId("10000003"),
        branch=BranchCode("017"),
        name="李娜",
        cash=Decimal("88888888.88"),
        permissions=frozenset(),
    ),
    DemoAccount(
        account=AccountId("10000004"),
        branch=BranchCode("001"),
        name="刘洋",
        cash=Decimal("1000000.00"),
        bound_numbers=frozenset({"13800138000"}),
    ),
    DemoAccount(
        account=AccountId("10000005"),
        branch=BranchCode("001"),
        name="陈静",
        cash=Decimal("1000000.00"),
        status=AccountStatus.FROZEN,
    ),
)


def _listed(  # one line of the table below
    security_id: str,
    board: Board,
    names: tuple[str, str],
    prices: str,
    volume: int,
    *,
    suspended: bool = False,
) -> Listing:
    last, close, high, low, bid, ask = map(Decimal, prices.split())
    return Listing(
        security=Security(
            market=Market(security_id[:2]),
            code=SecurityCode(security_id[2:]),
            name=names[0],
            name_en=names[1],
            board=board,
            suspended=suspended,
        ),
        last=last,
        previous_close=close,
        high=high,
        low=low,
        bid=bid,
        ask=ask,
        volume=volume,
    )


# Prices: last, previous close, high, low, bid, ask.
LISTINGS: Final = (
    _listed(
        "SH000001",
        Board.INDEX,
        ("上证指数", "SSE Composite Index"),
        "3912.46 3901.10 3920.05 3896.72 3912.46 3912.46",
        48_211_930_000,
    ),
    _listed(
        "SH600000",
        Board.SH_MAIN,
        ("浦发银行", "Pudong Development Bank"),
        "10.05 10.00 10.20 9.95 10.04 10.05",
        12_345_600,
    ),
    _listed(
        "SH600519",
        Board.SH_MAIN,
        ("贵州茅台", "Kweichow Moutai"),
        "1435.00 1428.50 1441.88 1426.00 1434.90 1435.00",
        2_418_300,
    ),
    _listed(
        "SH601318",
        Board.SH_MAIN,
        ("中国平安", "Ping An Insurance"),
        "58.20 57.85 58.66 57.60 58.19 58.20",
        41_902_700,
    ),
    _listed(
        "SH601398",
        Board.SH_MAIN,
        ("工商银行", "Industrial and Commercial Bank"),
        "7.42 7.39 7.45 7.37 7.41 7.42",
        186_540_000,
    ),
    _listed(
        "SH601989",
        Board.SH_MAIN,
        ("中国重工", "China Shipbuilding Industry"),
        "5.13 5.13 5.13 5.13 5.13 5.13",
        0,
        suspended=True,
    ),
    _listed(
        "SH688981",
        Board.STAR,
        ("中芯国际", "Semiconductor Manufacturing International"),
        "112.30 110.95 113.80 110.02 112.29 112.30",
        30_771_412,
    ),
    _listed(
        "SH510300",
        Board.FUND,
        ("沪深300ETF", "CSI 300 ETF"),
        "4.652 4.630 4.661 4.621 4.651 4.652",
        512_640_000,
    ),
    _listed(
        "SZ000001",
        Board.SZ_MAIN,
        ("平安银行", "Ping An Bank"),
        "11.52 11.48 11.60 11.44 11.51 11.52",
        88_120_500,
    ),
    _listed(
        "SZ000002",
        Board.SZ_MAIN,
        ("万科A", "China Vanke"),
        "6.71 6.80 6.83 6.68 6.70 6.71",
        97_310_800,
    ),
    _listed(
        "SZ000651",
        Board.SZ_MAIN,
        ("格力电器", "Gree Electric"),
        "40.18 40.02 40.50 39.88 40.17 40.18",
        25_660_900,
    ),
    _listed(
        "SZ159915",
        Board.FUND,
        ("创业板ETF", "ChiNext ETF"),
        "3.105 3.088 3.120 3.080 3.104 3.105",
        402_118_000,
    ),
    _listed(
        "SZ300750",
        Board.CHINEXT,
        ("宁德时代", "CATL"),
        "386.00 381.20 389.50 380.10 385.98 386.00",
        16_904_200,
    ),
    _listed(
        "BJ920799",
        Board.BSE,
        ("艾融软件", "iRongtong Software"),
        "45.60 44.90 46.80 44.20 45.58 45.60",
        3_127_451,
    ),
)
