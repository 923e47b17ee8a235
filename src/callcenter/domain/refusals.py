"""
Why we say no. Each reason has a message number (消息号) that a caller can quote.

Thousands sort by who must act: 1 the caller's identity, 2 the account, 3 the security and the
market, 4 price and quantity, 5 money and shares, 9 our own house.
"""

from enum import IntEnum


class Refusal(IntEnum):
    LOGIN_FAILED = 1001
    ACCOUNT_LOCKED = 1002
    CALLER_LOCKED = 1003
    CALLER_NOT_BOUND = 1004
    ACCOUNT_FROZEN = 2001
    NO_STAR_PERMISSION = 2002
    NO_CHINEXT_PERMISSION = 2003
    NO_BSE_PERMISSION = 2004
    UNKNOWN_SECURITY = 3001
    SUSPENDED = 3002
    NOT_A_PRICE = 4001
    WRONG_TICK = 4002
    PRICE_OUTSIDE_LIMITS = 4003
    WRONG_LOT = 4101
    QUANTITY_TOO_SMALL = 4102
    QUANTITY_TOO_LARGE = 4103
    WRONG_ODD_LOT = 4104
    NOT_ENOUGH_MONEY = 5001
    NOT_ENOUGH_SHARES = 5002
    NOTHING_TO_SELL = 5003
    DUPLICATE_ORDER = 5004
    COUNTER_UNAVAILABLE = 9001
    RECONCILING = 9002
    STORE_UNAVAILABLE = 9003
    QUOTES_UNAVAILABLE = 9004
