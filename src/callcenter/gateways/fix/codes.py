"""Why a FIX counter says no: its reasons onto our message numbers, entry by entry."""

from collections.abc import Mapping
from typing import Final

from callcenter.domain.refusals import Refusal
from callcenter.gateways.fix.words import Fields, Tag

# OrdRejReason (103), FIX 4.4 volume 6
ORD_REJ_REASONS: Final[Mapping[str, Refusal]] = {
    "0": Refusal.COUNTER_REFUSED,  # broker's option
    "1": Refusal.UNKNOWN_SECURITY,
    "2": Refusal.MARKET_CLOSED,
    "3": Refusal.QUANTITY_TOO_LARGE,  # order exceeds limit
    "4": Refusal.NO_ORDERS_NOW,  # too late to enter
    "5": Refusal.NO_SUCH_ORDER,
    "6": Refusal.DUPLICATE_ORDER,
    "7": Refusal.DUPLICATE_ORDER,  # of a verbally communicated order
    "8": Refusal.ORDER_OVERDUE,  # stale order
    "9": Refusal.COUNTER_REFUSED,  # trade along required
    "10": Refusal.NO_SHARE_ACCOUNT,  # invalid investor id
    "11": Refusal.ORDER_KIND_NOT_ALLOWED,  # unsupported order characteristic
    "12": Refusal.COUNTER_REFUSED,  # surveillance option
    "13": Refusal.NOT_A_QUANTITY,  # incorrect quantity
    "14": Refusal.NOT_A_QUANTITY,  # incorrect allocated quantity
    "15": Refusal.ACCOUNT_STATE_ABNORMAL,  # unknown account
    "99": Refusal.COUNTER_REFUSED,
}

# CxlRejReason (102), FIX 4.4 volume 6
CXL_REJ_REASONS: Final[Mapping[str, Refusal]] = {
    "0": Refusal.NOT_CANCELLABLE,  # too late to cancel
    "1": Refusal.NO_SUCH_ORDER,
    "2": Refusal.COUNTER_REFUSED,  # broker's option
    "3": Refusal.CANCEL_REPEATED,  # already pending cancel
    "4": Refusal.COUNTER_REFUSED,  # unable to process an order mass cancel
    "5": Refusal.CANCEL_MISMATCH,  # OrigOrdModTime did not match
    "6": Refusal.CANCEL_REPEATED,  # duplicate ClOrdID
    "99": Refusal.COUNTER_REFUSED,
}


def refusal_of_order(fields: Fields) -> Refusal:
    """Return why an order was rejected: the agreed number if it came, else by OrdRejReason."""
    reason = fields.get(Tag.ORD_REJ_REASON, "")
    return _agreed(fields) or ORD_REJ_REASONS.get(reason, Refusal.COUNTER_REFUSED)


def refusal_of_cancel(fields: Fields) -> Refusal:
    """Return why a cancel was rejected, likewise by CxlRejReason."""
    reason = fields.get(Tag.CXL_REJ_REASON, "")
    return _agreed(fields) or CXL_REJ_REASONS.get(reason, Refusal.COUNTER_REFUSED)


def _agreed(fields: Fields) -> Refusal | None:
    number = fields.get(Tag.REFUSAL, "")
    known = number.isascii() and number.isdigit() and int(number) in set(Refusal)
    return Refusal(int(number)) if known else None
