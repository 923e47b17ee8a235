"""The words that rows use for what can only be one of a few things."""

from enum import StrEnum


class Status(StrEnum):
    """What a security is on a day; it decides the price limits."""

    NORMAL = "normal"
    ST = "st"  # ST and *ST
    FIRST_DAYS = "first-days"
    RELISTED = "relisted"  # the first day after a listing was resumed
    DELISTING_FIRST_DAY = "delisting-first-day"
    DELISTING = "delisting"
    WIDE_FUND = "wide-fund"


class OddLots(StrEnum):
    """How shares below a lot leave (零股)."""

    WITH_THE_REST = "with-the-rest"  # all of them at once, alone or with whole lots
    ALONE = "alone"  # a holding below the least leaves whole or not at all
    NEVER = "never"


class Matching(StrEnum):
    CALL = "call"  # 集合竞价
    CONTINUOUS = "continuous"  # 连续竞价
    FIXED = "fixed"  # at the close 盘后定价
    NONE = "none"


class Channel(StrEnum):
    """Orders at the close after hours have hours of their own."""

    ORDINARY = "ordinary"
    AFTER_HOURS = "after-hours"


class Rounding(StrEnum):
    HALF_UP = "half-up"
    DOWN = "down"
