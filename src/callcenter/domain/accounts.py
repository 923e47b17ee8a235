"""The vocabulary of a customer's account: who owns it, its money and its holdings."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NewType

from callcenter.domain.securities import Security

AccountId = NewType("AccountId", str)
BranchCode = NewType("BranchCode", str)


class AccountStatus(StrEnum):
    NORMAL = "normal"
    FROZEN = "frozen"  # by the broker: may look, may not trade


class Permission(StrEnum):
    """What a customer may trade besides the main boards (适当性)."""

    STAR = "star"
    CHINEXT = "chinext"
    BSE = "bse"
    ST = "st"
    DELISTING = "delisting"
    CONVERTIBLE = "convertible"
    MARKET_ORDER = "market-order"
    STOCK_CONNECT = "stock-connect"
    REIT = "reit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """Who has logged in, as the counter knows them."""

    account: AccountId
    branch: BranchCode  # where the account is kept, not where the call came from
    status: AccountStatus
    permissions: frozenset[Permission]
    bound_numbers: frozenset[str] = frozenset()  # 主叫绑定: if any, only these may trade


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """The four balances of a fund account (资金), in yuan."""

    usable: Decimal
    withdrawable: Decimal
    frozen: Decimal
    total: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A holding (持仓)."""

    security: Security
    total: int
    sellable: int
    frozen: int
