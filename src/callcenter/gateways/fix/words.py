"""The tags and values of FIX 4.4 that we use, and those agreed with the counter (docs/fix.md)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final

from callcenter.domain.orders import OrderKind, Side
from callcenter.domain.securities import Market

Fields = Mapping[int, str]


class Kind(StrEnum):
    """MsgType (35)."""

    RESEND_REQUEST = "2"
    REJECT = "3"
    EXECUTION_REPORT = "8"
    CANCEL_REJECT = "9"
    LOGON = "A"
    NEW_ORDER = "D"
    CANCEL = "F"
    STATUS_REQUEST = "H"
    MASS_STATUS_REQUEST = "AF"
    BUSINESS_REJECT = "j"


class Tag(IntEnum):
    ACCOUNT = 1
    CL_ORD_ID = 11
    CUM_QTY = 14
    EXEC_ID = 17
    LAST_PX = 31
    LAST_QTY = 32
    MSG_SEQ_NUM = 34
    MSG_TYPE = 35
    ORDER_ID = 37
    ORDER_QTY = 38
    ORD_STATUS = 39
    ORD_TYPE = 40
    ORIG_CL_ORD_ID = 41
    POSS_DUP_FLAG = 43
    PRICE = 44
    REF_SEQ_NUM = 45
    SIDE = 54
    SYMBOL = 55
    TEXT = 58
    TIME_IN_FORCE = 59
    TRANSACT_TIME = 60
    TRADE_DATE = 75
    CXL_REJ_REASON = 102
    ORD_REJ_REASON = 103
    EXEC_TYPE = 150
    LEAVES_QTY = 151
    SECURITY_EXCHANGE = 207
    BUSINESS_REJECT_REF_ID = 379
    USERNAME = 553
    PASSWORD = 554
    MASS_STATUS_REQ_ID = 584
    MASS_STATUS_REQ_TYPE = 585
    ORD_STATUS_REQ_ID = 790
    TOT_NUM_REPORTS = 911
    LAST_RPT_REQUESTED = 912
    # agreed, in the range that FIX leaves to both sides
    CALLER_NUMBER = 20001
    ORIGIN_BRANCH = 20002
    ACCOUNT_BRANCH = 20003
    CHANNEL = 20004
    REFUSAL = 20005
    ORDER_KIND = 20006


class ExecType(StrEnum):
    REJECTED = "8"
    TRADE = "F"
    TRADE_CORRECT = "G"
    TRADE_CANCEL = "H"
    STATUS = "I"


class OrdStatus(StrEnum):
    NEW = "0"
    PARTIALLY_FILLED = "1"
    FILLED = "2"
    DONE_FOR_DAY = "3"
    CANCELED = "4"
    REPLACED = "5"
    PENDING_CANCEL = "6"
    STOPPED = "7"
    REJECTED = "8"
    SUSPENDED = "9"
    PENDING_NEW = "A"
    CALCULATED = "B"
    EXPIRED = "C"
    ACCEPTED_FOR_BIDDING = "D"
    PENDING_REPLACE = "E"


UNKNOWN_ORDER: Final = "5"  # OrdRejReason
DUPLICATE_ORDER: Final = "6"  # OrdRejReason
ALL_ORDERS: Final = "7"  # MassStatusReqType
TELEPHONE: Final = "telephone"
NOT_KNOWN: Final = "[N/A]"  # the Symbol of a question about an order whose security we forgot
UNDISCLOSED: Final = "7"  # and its Side

# Orders that will not move any more: what they have not filled will never be.
FINISHED: Final = frozenset(
    {
        OrdStatus.FILLED,
        OrdStatus.DONE_FOR_DAY,
        OrdStatus.CANCELED,
        OrdStatus.CALCULATED,
        OrdStatus.EXPIRED,
    }
)

# Nobody cancelled the rest of these: the day was over.
EXPIRED: Final = frozenset({OrdStatus.DONE_FOR_DAY, OrdStatus.EXPIRED})

EXCHANGES: Final[Mapping[Market, str]] = {
    Market.SH: "XSHG",
    Market.SZ: "XSHE",
    Market.BJ: "XBSE",
}
MARKETS: Final[Mapping[str, Market]] = {exchange: m for m, exchange in EXCHANGES.items()}

SIDES: Final[Mapping[Side, str]] = {Side.BUY: "1", Side.SELL: "2"}


@dataclass(frozen=True, slots=True)
class _Terms:
    ord_type: str  # 1 market, 2 limit
    time_in_force: str = "0"  # 0 day, 3 fill and kill, 4 fill or kill


# FIX has no words for best-five and best-of-a-side: OrderKind (20006) says which one it is.
KINDS: Final[Mapping[OrderKind, _Terms]] = {
    OrderKind.LIMIT: _Terms("2"),
    OrderKind.OTHER_SIDE_BEST: _Terms("1"),
    OrderKind.OWN_SIDE_BEST: _Terms("1"),
    OrderKind.FIVE_BEST_THEN_LIMIT: _Terms("1"),
    OrderKind.FIVE_BEST_THEN_CANCEL: _Terms("1", "3"),
    OrderKind.FILL_AND_KILL: _Terms("1", "3"),
    OrderKind.FILL_OR_KILL: _Terms("1", "4"),
    OrderKind.AFTER_HOURS: _Terms("2"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message without its envelope. `number` is its MsgSeqNum on the session."""

    kind: str
    number: int
    fields: Fields
