"""What we ask of the counter, as FIX fields. Pure: no session, no clock."""

from datetime import UTC, datetime

from callcenter.domain.accounts import BranchCode
from callcenter.domain.orders import ClientOrderId, Order
from callcenter.gateways.fix.words import (
    ALL_ORDERS,
    EXCHANGES,
    KINDS,
    NOT_KNOWN,
    SIDES,
    TELEPHONE,
    UNDISCLOSED,
    Fields,
    Tag,
)
from callcenter.gateways.station import dialled_form


def utc(at: datetime) -> str:
    """Return a UTCTimestamp with milliseconds."""
    in_utc = at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds")
    return in_utc.replace("-", "").replace("T", "-")


def new_order(order: Order, account_branch: BranchCode | None, now: datetime) -> Fields:
    draft, kind = order.draft, KINDS[order.draft.kind]
    return {
        Tag.CL_ORD_ID: order.client_id,
        Tag.ACCOUNT: draft.account,
        **_instrument(order),
        Tag.TRANSACT_TIME: utc(now),
        Tag.ORDER_QTY: str(draft.quantity),
        Tag.ORD_TYPE: kind.ord_type,
        Tag.PRICE: f"{draft.price:f}",
        Tag.TIME_IN_FORCE: kind.time_in_force,
        Tag.ORDER_KIND: draft.kind.value,
        **_origin(order),
        **({Tag.ACCOUNT_BRANCH: account_branch} if account_branch else {}),
    }


def cancel(order: Order, cancel_id: str, now: datetime) -> Fields:
    return {
        Tag.ORIG_CL_ORD_ID: order.client_id,
        Tag.CL_ORD_ID: cancel_id,
        Tag.ACCOUNT: order.draft.account,
        **_instrument(order),
        Tag.TRANSACT_TIME: utc(now),
        Tag.ORDER_QTY: str(order.draft.quantity),
        **_origin(order),
    }


def status_request(client_id: ClientOrderId, question: str, sent: Fields | None) -> Fields:
    """Ask for one order; `sent` has what it bought or sold, if we still know."""
    known = sent or {}
    exchange = known.get(Tag.SECURITY_EXCHANGE)
    return {
        Tag.ORD_STATUS_REQ_ID: question,
        Tag.CL_ORD_ID: client_id,
        Tag.SYMBOL: known.get(Tag.SYMBOL, NOT_KNOWN),
        **({Tag.SECURITY_EXCHANGE: exchange} if exchange else {}),
        Tag.SIDE: known.get(Tag.SIDE, UNDISCLOSED),
    }


def mass_status_request(question: str) -> Fields:
    return {Tag.MASS_STATUS_REQ_ID: question, Tag.MASS_STATUS_REQ_TYPE: ALL_ORDERS}


def _instrument(order: Order) -> Fields:
    security = order.draft.security
    return {
        Tag.SYMBOL: security.code,
        Tag.SECURITY_EXCHANGE: EXCHANGES[security.market],
        Tag.SIDE: SIDES[order.draft.side],
    }


def _origin(order: Order) -> Fields:
    """Where the instruction came from: every order and cancel says so (终端信息)."""
    station = order.station
    number = dialled_form(station.caller)
    return {
        Tag.CHANNEL: TELEPHONE,
        **({Tag.CALLER_NUMBER: number} if number else {}),
        **({Tag.ORIGIN_BRANCH: station.branch} if station.branch else {}),
    }
