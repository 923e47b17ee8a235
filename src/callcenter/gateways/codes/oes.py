"""
Codes of a Kuanrui (宽睿) OES: states of orders, and its numbered reasons to refuse.

Source: the vendor's headers as published with vn.py, 2018 to 2020. A later version gave up 1231 and
1242. Numbers that nobody has published a meaning of are left out, see `reason`.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from callcenter.domain.errors import Refused
from callcenter.domain.orders import OrderState
from callcenter.domain.refusals import Refusal

# 15 to 17 had other meanings in other versions: they stay unknown.
STATES: Final[Mapping[int, OrderState]] = MappingProxyType(
    {
        1: OrderState.ACCEPTED,  # NEW: risk checks passed
        2: OrderState.ACCEPTED,  # DECLARED: the exchange has confirmed it
        3: OrderState.PARTIALLY_FILLED,
        6: OrderState.PARTIALLY_CANCELLED,
        7: OrderState.CANCELLED,
        8: OrderState.FILLED,
        11: OrderState.REJECTED,  # INVALID_OES
        12: OrderState.REJECTED,  # INVALID_EXCHANGE
        13: OrderState.REJECTED,  # INVALID_TGW_REJECT
        14: OrderState.REJECTED,  # INVALID_TGW_COMM
        18: OrderState.REJECTED,  # INVALID_TGW_TRY_AGAIN
    }
)
# The end of a request to cancel, which is an entry of its own. Said of an order it means nothing.
CANCEL_DONE: Final = 5

# Why an order is void, if its report has no number of the list below.
_WHY_VOID: Final[Mapping[int, Refusal]] = MappingProxyType(
    {
        11: Refusal.COUNTER_REFUSED,
        12: Refusal.EXCHANGE_REFUSED,
        13: Refusal.EXCHANGE_REFUSED,
        14: Refusal.EXCHANGE_UNAVAILABLE,
        18: Refusal.COUNTER_NOT_OPEN,
    }
)

REASONS: Final[Mapping[int, Refusal]] = MappingProxyType(
    {
        1001: Refusal.COUNTER_FAULT,
        1002: Refusal.COUNTER_UNAVAILABLE,  # not the leading host
        1003: Refusal.COUNTER_FAULT,
        1004: Refusal.COUNTER_FAULT,
        1005: Refusal.COUNTER_FAULT,
        1006: Refusal.COUNTER_REFUSED,  # no such data
        1007: Refusal.MARKET_CLOSED,
        1008: Refusal.COUNTER_FAULT,
        1009: Refusal.LOGIN_FAILED,
        1010: Refusal.UNKNOWN_SECURITY,
        1011: Refusal.ACCOUNT_STATE_ABNORMAL,  # no such customer
        1012: Refusal.COUNTER_FAULT,
        1013: Refusal.COUNTER_REFUSED,  # this client of the counter is switched off
        1014: Refusal.LOGIN_FAILED,
        1015: Refusal.COUNTER_FAULT,
        1016: Refusal.BUSY,
        1017: Refusal.NO_PERMISSION,
        1018: Refusal.COUNTER_FAULT,
        1019: Refusal.COUNTER_FAULT,
        1020: Refusal.COUNTER_FAULT,
        1021: Refusal.COUNTER_FAULT,
        1022: Refusal.NOT_BY_TELEPHONE,  # this business is not supported
        1023: Refusal.COUNTER_FAULT,
        1024: Refusal.EXCHANGE_REFUSED,
        1025: Refusal.COUNTER_REFUSED,
        1026: Refusal.BUSY,
        1027: Refusal.COUNTER_REFUSED,
        1028: Refusal.COUNTER_REFUSED,
        1029: Refusal.PASSWORD_UNCHANGED,
        1030: Refusal.COUNTER_FAULT,
        1031: Refusal.COUNTER_FAULT,
        1032: Refusal.COUNTER_FAULT,
        1033: Refusal.COUNTER_UNAVAILABLE,
        1034: Refusal.PASSWORD_TOO_SIMPLE,
        1035: Refusal.COUNTER_FAULT,
        1036: Refusal.COUNTER_REFUSED,  # a list of who may, or of who may not
        1037: Refusal.COUNTER_FAULT,
        1038: Refusal.NO_PERMISSION,
        1101: Refusal.COUNTER_UNAVAILABLE,
        1102: Refusal.COUNTER_UNAVAILABLE,
        1103: Refusal.TRANSFER_UNDER_INVESTIGATION,  # what became of it could not be fetched
        1201: Refusal.NO_SHARE_ACCOUNT,
        1202: Refusal.ACCOUNT_STATE_ABNORMAL,
        1203: Refusal.COUNTER_FAULT,
        1204: Refusal.COUNTER_FAULT,
        1205: Refusal.COUNTER_FAULT,
        1206: Refusal.COUNTER_FAULT,
        1207: Refusal.COUNTER_FAULT,
        1208: Refusal.ORDER_KIND_NOT_ALLOWED,
        1209: Refusal.ACCOUNT_STATE_ABNORMAL,
        1210: Refusal.NO_SUCH_ORDER,
        1211: Refusal.NOTHING_TO_SELL,
        1212: Refusal.COUNTER_REFUSED,  # no such transfer
        1213: Refusal.DUPLICATE_ORDER,  # the one that came first stands: ask for that
        1214: Refusal.NO_ORDERS_NOW,
        1215: Refusal.NO_PERMISSION,
        1216: Refusal.NOT_ENOUGH_MONEY,
        1217: Refusal.NOT_ENOUGH_SHARES,
        1218: Refusal.QUANTITY_OUTSIDE_LIMITS,
        1219: Refusal.WRONG_LOT,
        1220: Refusal.COUNTER_FAULT,
        1221: Refusal.PRICE_OUTSIDE_LIMITS,
        1222: Refusal.WRONG_TICK,
        1223: Refusal.MARKET_ORDER_NEEDS_LIMITS,
        1224: Refusal.MARKET_ORDER_NOT_NOW,
        1225: Refusal.TOO_LATE_TO_CANCEL,
        1226: Refusal.CANCEL_MISMATCH,
        1227: Refusal.CANCEL_REPEATED,
        1228: Refusal.POSITION_LIMIT,
        1229: Refusal.PURCHASE_LIMIT,
        1230: Refusal.COUNTER_REFUSED,  # too much cash in an ETF basket
        1231: Refusal.COUNTER_REFUSED,
        1232: Refusal.SUSPENDED,
        1233: Refusal.BUYING_NOT_ALLOWED,
        1234: Refusal.DAY_LIMIT,
        1235: Refusal.DAY_LIMIT,
        1236: Refusal.COUNTER_FAULT,  # the counter lacks the previous close
        1237: Refusal.TOO_FREQUENT,  # too many cancellations for so many orders
        1238: Refusal.TOO_FREQUENT,
        1239: Refusal.NOT_A_TRANSFER_AMOUNT,
        1240: Refusal.DUPLICATE_SUBSCRIPTION,
        1241: Refusal.OVER_QUOTA,
        1242: Refusal.TRANSFER_COUNT_LIMIT,
        1243: Refusal.TRANSFER_IN_PROGRESS,
        1244: Refusal.COUNTER_FAULT,
        1245: Refusal.BUYING_RESTRICTED,
        1246: Refusal.SELLING_RESTRICTED,
        1247: Refusal.NO_PERMISSION,  # reverse repo
        1248: Refusal.NO_PERMISSION,  # new issues
        1249: Refusal.NO_MARKET_ORDER_PERMISSION,
        1250: Refusal.NO_CHINEXT_PERMISSION,
        1251: Refusal.NO_PERMISSION,  # structured funds
        1252: Refusal.NO_PERMISSION,  # bonds for qualified investors
        1253: Refusal.RISK_RATING_TOO_LOW,
        1254: Refusal.NO_ST_PERMISSION,
        1255: Refusal.NO_DELISTING_PERMISSION,
        1256: Refusal.NO_PERMISSION,  # 1256 to 1259: kinds of ETF
        1257: Refusal.NO_PERMISSION,
        1258: Refusal.NO_PERMISSION,
        1259: Refusal.NO_PERMISSION,
        1260: Refusal.NO_PERMISSION,  # qualified investors only
        1261: Refusal.NO_PERMISSION,  # qualified institutions only
        1262: Refusal.TRANSFER_UNDER_INVESTIGATION,
        1263: Refusal.NOT_SUBSCRIPTION_DAY,
        1264: Refusal.FUND_SUBSCRIPTION_SUSPENDED,
        1265: Refusal.FUND_REDEMPTION_SUSPENDED,
        1266: Refusal.NO_PERMISSION,  # 1266, 1267: to move shares elsewhere
        1267: Refusal.NO_PERMISSION,
        1268: Refusal.NOT_BY_TELEPHONE,  # no transfers for institutions
        1269: Refusal.BUYING_NOT_ALLOWED,
        1270: Refusal.NOT_TRADABLE,
        1271: Refusal.NO_PERMISSION,  # 1271, 1274: depositary receipts
        1272: Refusal.NO_PERMISSION,  # stocks of innovative companies
        1273: Refusal.COUNTER_FAULT,
        1274: Refusal.NO_PERMISSION,
        1275: Refusal.NO_STAR_PERMISSION,
        1276: Refusal.POSITION_LIMIT,
        1277: Refusal.COUNTER_FAULT,
        1278: Refusal.COUNTER_REFUSED,  # 1278, 1279: statements of option accounts
        1279: Refusal.COUNTER_REFUSED,
        1280: Refusal.OPPOSITE_ORDER_OPEN,
        1281: Refusal.OPPOSITE_ORDER_OPEN,
        1282: Refusal.DAY_LIMIT,
        1283: Refusal.QUANTITY_TOO_LARGE,
        1284: Refusal.NO_PERMISSION,  # programme trading that was not reported
        1285: Refusal.NO_PERMISSION,  # 1285 to 1287: kinds of ETF
        1286: Refusal.NO_PERMISSION,
        1287: Refusal.NO_PERMISSION,
        1288: Refusal.NO_CHINEXT_PERMISSION,
        1289: Refusal.NO_CONVERTIBLE_PERMISSION,
        1290: Refusal.NO_REIT_PERMISSION,
    }
)
# What the same number means of a transfer (出入金).
_OF_TRANSFERS: Final[Mapping[int, Refusal]] = MappingProxyType({1216: Refusal.NOT_WITHDRAWABLE})
# Nobody knows what became of these: they are no refusal, and a person must look.
LEAVES_OPEN: Final = frozenset({1103, 1262})


def state(code: int) -> OrderState:
    """Return our state; UNKNOWN for a number that the table does not have."""
    return STATES.get(code, OrderState.UNKNOWN)


def reason(code: int) -> Refusal:
    """Return why an order was refused; COUNTER_REFUSED for a number of no published meaning."""
    return REASONS.get(code, Refusal.COUNTER_REFUSED)


def why_void(void: int, code: int) -> Refusal:
    """Return why an order in state `void` is so: by the number in its report, if it has one."""
    return reason(code) if code else _WHY_VOID.get(void, Refusal.COUNTER_REFUSED)


def reason_of_transfer(code: int) -> Refusal:
    """Return why a transfer was refused; one that `LEAVES_OPEN` was not refused."""
    return _OF_TRANSFERS.get(code) or reason(code)


def refused(code: int) -> Refused:
    """Return the refusal with the counter's own number, for the log and for its staff."""
    return Refused(reason(code), counter_code=code)
