"""Orders and fills as rows of their tables, and back."""

from types import SimpleNamespace
from typing import Any

from sqlalchemy import Row, Table

from callcenter.domain.clock import BEIJING
from callcenter.domain.fills import Fill, FillKey, FillNumber
from callcenter.domain.orders import Draft, Order, OrderKind, OrderState, Side, Station
from callcenter.domain.securities import Board, Market, Security
from callcenter.storage.tables import fills, orders
from callcenter.trading.orders.ports import Difference, OrderFill, SeenDifference


def order_of(row: Row[Any] | SimpleNamespace) -> Order:
    """Return the order that a row of the table `orders` holds."""
    security = Security(
        market=Market(row.market),
        code=row.code,
        name=row.name,
        name_en=row.name_en,
        board=Board(row.board),
        suspended=row.suspended,
    )
    draft = Draft(
        number=row.number,
        account=row.account,
        side=Side(row.side),
        security=security,
        price=row.price,
        quantity=row.quantity,
        kind=OrderKind(row.kind),
    )
    return Order(
        draft=draft,
        client_id=row.client_id,
        trade_date=row.trade_date,
        station=Station(call=row.call_id, caller=row.caller, did=row.did, branch=row.branch),
        state=OrderState(row.state),
        message=row.message,
        filled=row.filled,
        created_at=row.created_at.astimezone(BEIJING),
        updated_at=row.updated_at.astimezone(BEIJING),
        told_filled=row.told_filled,
        cancelled=row.cancelled,
        expired=row.expired,
        cancel_asked=row.cancel_asked,
        cancel_refused=row.cancel_refused,
        counter_number=row.counter_number,
        reserved_for=row.reserved_for,
        rules=row.rules,
        revision=row.revision,
    )


def row_of(order: Order) -> dict[str, object]:
    """Return the row of the table `orders` that holds an order."""
    draft, security, station = order.draft, order.draft.security, order.station
    return {
        "number": draft.number,
        "client_id": order.client_id,
        "trade_date": order.trade_date,
        "account": draft.account,
        "side": draft.side,
        "market": security.market,
        "code": security.code,
        "name": security.name,
        "name_en": security.name_en,
        "board": security.board,
        "suspended": security.suspended,
        "price": draft.price,
        "quantity": draft.quantity,
        "filled": order.filled,
        "state": order.state,
        "message": order.message,
        "call_id": station.call,
        "caller": station.caller,
        "did": station.did,
        "branch": station.branch,
        "created_at": order.created_at,
        "updated_at": order.updated_at,
        "kind": draft.kind,
        "told_filled": order.told_filled,
        "cancelled": order.cancelled,
        "expired": order.expired,
        "cancel_asked": order.cancel_asked,
        "cancel_refused": order.cancel_refused,
        "counter_number": order.counter_number,
        "reserved_for": order.reserved_for,
        "rules": order.rules,
        "revision": order.revision,
    }


def fill_of(row: Row[Any]) -> Fill:
    """Return the fill that a row of the table `fills` holds."""
    key = FillKey(
        trade_date=row.trade_date, market=Market(row.market), number=FillNumber(row.number)
    )
    return Fill(
        key=key,
        client_id=row.client_id,
        quantity=row.quantity,
        price=row.price,
        at=row.at.astimezone(BEIJING),
    )


def order_fill_of(row: Row[*tuple[Any, ...]]) -> OrderFill:
    """Return what a row of both tables holds, whose columns may be named alike."""
    return OrderFill(order=order_of(_part(row, orders)), fill=fill_of(_part(row, fills)))


def _part(row: Row[*tuple[Any, ...]], table: Table) -> Any:
    return SimpleNamespace(**{column.name: row._mapping[column] for column in table.columns})


def difference_of(row: Row[Any]) -> SeenDifference:
    return SeenDifference(
        id=row.id,
        difference=Difference(
            key=row.key, what=row.what, client_id=row.client_id, number=row.order_number
        ),
        seen_at=row.seen_at.astimezone(BEIJING),
        resolved_at=row.resolved_at and row.resolved_at.astimezone(BEIJING),
        resolved_by=row.resolved_by,
        resolved_why=row.resolved_why,
    )
