"""What the counter tells: execution reports onto our words. Pure, and trusting nothing."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final

from callcenter.domain.clock import BEIJING, trade_date
from callcenter.domain.fills import Fill, FillKey, FillNumber
from callcenter.domain.orders import ClientOrderId
from callcenter.gateways.fix.codes import refusal_of_order
from callcenter.gateways.fix.words import (
    DUPLICATE_ORDER,
    EXPIRED,
    FINISHED,
    MARKETS,
    UNKNOWN_ORDER,
    ExecType,
    Fields,
    OrdStatus,
    Tag,
)
from callcenter.trading.ports import CounterOrder

_NUMBER: Final = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,10})?")
_STATUSES: Final = frozenset(OrdStatus)


class BadReport(ValueError):
    """A report lacks a field that it must have, or has nonsense in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """An execution report whose fields of every kind were read; `fields` has the others."""

    client_id: ClientOrderId  # of the order, also where the report answers a cancel
    exec_type: str
    status: OrdStatus
    filled: int
    fields: Fields

    @property
    def is_unknown_order(self) -> bool:
        """Whether the counter says that it has no such order."""
        return (
            self.exec_type == ExecType.STATUS
            and self.status is OrdStatus.REJECTED
            and self.fields.get(Tag.ORD_REJ_REASON) == UNKNOWN_ORDER
        )

    @property
    def is_pending(self) -> bool:
        """Whether the counter has the order and has not said yes or no to it."""
        return self.status is OrdStatus.PENDING_NEW

    @property
    def is_of_a_repeat(self) -> bool:
        """Whether it refuses a repeated id: the order that came first may stand."""
        return self.fields.get(Tag.ORD_REJ_REASON) == DUPLICATE_ORDER

    @property
    def is_trade(self) -> bool:
        return self.exec_type == ExecType.TRADE

    @property
    def trade_date(self) -> date:
        """The exchange's date: TradeDate, else the Beijing date of TransactTime."""
        said = self.fields.get(Tag.TRADE_DATE)
        return trade_date(self.at) if said is None else _date(said)

    @property
    def at(self) -> datetime:
        return _timestamp(_must(self.fields, Tag.TRANSACT_TIME))


def read(fields: Fields) -> Report:
    """Read an execution report. Raise `BadReport`."""
    client_id = fields.get(Tag.ORIG_CL_ORD_ID) or _must(fields, Tag.CL_ORD_ID)
    status = _must(fields, Tag.ORD_STATUS)
    if status not in _STATUSES:
        raise BadReport(f"{client_id}: OrdStatus {status!r}")
    return Report(
        client_id=ClientOrderId(client_id),
        exec_type=_must(fields, Tag.EXEC_TYPE),
        status=OrdStatus(status),
        filled=_shares(fields.get(Tag.CUM_QTY, "0")),
        fields=fields,
    )


def counter_order(report: Report) -> CounterOrder:
    """Return how the order stands. One that the counter does not know is not for this."""
    if report.status is OrdStatus.REJECTED:
        return CounterOrder(
            client_id=report.client_id,
            accepted=False,
            reason=refusal_of_order(report.fields),
            filled=report.filled,
        )
    return CounterOrder(
        client_id=report.client_id,
        accepted=True,
        filled=report.filled,
        cancelled=_cancelled(report) if report.status in FINISHED else None,
        expired=report.status in EXPIRED,
    )


def fill(report: Report) -> Fill:
    """Return the fill that a report of a trade tells. Raise `BadReport`."""
    fields = report.fields
    exchange = _must(fields, Tag.SECURITY_EXCHANGE)
    if exchange not in MARKETS:
        raise BadReport(f"{report.client_id}: SecurityExchange {exchange!r}")
    try:
        return Fill(
            key=FillKey(
                trade_date=report.trade_date,
                market=MARKETS[exchange],
                number=FillNumber(_must(fields, Tag.EXEC_ID)),
            ),
            client_id=report.client_id,
            quantity=_shares(_must(fields, Tag.LAST_QTY)),
            price=_decimal(_must(fields, Tag.LAST_PX)),
            at=report.at,
        )
    except BadReport:
        raise
    except ValueError as e:  # a quantity or a price that a fill cannot have
        raise BadReport(f"{report.client_id}: {e}") from e


def _cancelled(report: Report) -> int:
    if report.status is OrdStatus.FILLED:
        return 0
    # LeavesQty is 0 by now: what is missing from the order's own quantity was cancelled.
    return max(_shares(_must(report.fields, Tag.ORDER_QTY)) - report.filled, 0)


def _must(fields: Fields, tag: Tag) -> str:
    value = fields.get(tag, "")
    if not value:
        raise BadReport(f"no {tag.name} ({tag.value})")
    return value


def _decimal(text: str) -> Decimal:
    if not _NUMBER.fullmatch(text):  # FIX knows no exponents, and no market so many digits
        raise BadReport(f"not a number: {text[:20]!r}")
    return Decimal(text)


def _shares(text: str) -> int:
    number = _decimal(text)
    if number < 0 or number != int(number):
        raise BadReport(f"not a number of shares: {text[:20]!r}")
    return int(number)


def _date(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y%m%d").replace(tzinfo=BEIJING).date()
    except ValueError:
        raise BadReport(f"not a date: {text!r}") from None


def _timestamp(text: str) -> datetime:
    form = "%Y%m%d-%H:%M:%S.%f" if "." in text else "%Y%m%d-%H:%M:%S"
    try:
        return datetime.strptime(text[:24], form).replace(tzinfo=UTC).astimezone(BEIJING)
    except ValueError:
        raise BadReport(f"not a time: {text!r}") from None
