"""The tables of a statement as text: their columns, and a row for each thing."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from callcenter.domain.accounts import Money, Position
from callcenter.domain.orders import Order, OrderState, Side
from callcenter.domain.statements import Executed
from callcenter.domain.transfers import Direction, Transfer, TransferState

_O: Final = OrderState
_T: Final = TransferState
_SIDES: Final = {Side.BUY: "买入", Side.SELL: "卖出"}
_DIRECTIONS: Final = {Direction.IN: "银行转证券", Direction.OUT: "证券转银行"}
_ORDER_STATES: Final = {
    _O.PENDING: "正在申报",
    _O.ACCEPTED: "已报",
    _O.REJECTED: "废单",
    _O.UNKNOWN: "待确认",
    _O.RESERVED: "已预约",
    _O.CANCELLING: "已报待撤",
    _O.PARTIALLY_FILLED: "部成",
    _O.FILLED: "已成",
    _O.CANCELLED: "已撤",
    _O.PARTIALLY_CANCELLED: "部撤",
    _O.FILLS_OUTSTANDING: "待成交回报",
    _O.EXPIRED: "已过期",
    _O.WITHDRAWN: "已作废",
}
_TRANSFER_STATES: Final = {
    _T.PENDING: "处理中",
    _T.UNKNOWN: "待确认",
    _T.ACCEPTED: "处理中",
    _T.DONE: "成功",
    _T.REJECTED: "失败",
    _T.WITHDRAWN: "已作废",
    _T.REVERSED: "冲正",
    _T.MANUAL: "待核实",
}


@dataclass(frozen=True, slots=True)
class Column:
    """A title, a share of the width, and whether figures are below it."""

    title: str
    width: int
    is_figure: bool = False


MONEY: Final = (
    Column("可用", 1, True),
    Column("可取", 1, True),
    Column("冻结", 1, True),
    Column("总资产", 1, True),
)
POSITIONS: Final = (
    Column("代码", 2),
    Column("名称", 3),
    Column("持仓", 2, True),
    Column("可卖", 2, True),
    Column("冻结", 2, True),
)
ORDERS: Final = (
    Column("日期", 6),
    Column("时间", 5),
    Column("委托号", 6),
    Column("代码", 5),
    Column("名称", 7),
    Column("买卖", 4),
    Column("价格", 5, True),
    Column("数量", 5, True),
    Column("成交", 5, True),
    Column("状态", 6),
)
FILLS: Final = (
    Column("日期", 6),
    Column("时间", 5),
    Column("委托号", 6),
    Column("代码", 5),
    Column("名称", 7),
    Column("买卖", 4),
    Column("成交价", 5, True),
    Column("数量", 5, True),
    Column("金额", 7, True),
)
TRANSFERS: Final = (
    Column("日期", 6),
    Column("时间", 5),
    Column("转账号", 6),
    Column("方向", 8),
    Column("银行", 5),
    Column("金额", 7, True),
    Column("结果", 6),
)


def money(of: Money) -> list[list[str]]:
    return [[_yuan(value) for value in (of.usable, of.withdrawable, of.frozen, of.total)]]


def positions(held: Sequence[Position]) -> list[list[str]]:
    return [
        [
            one.security.id,
            one.security.name,
            f"{one.total:,}",
            f"{one.sellable:,}",
            f"{one.frozen:,}",
        ]
        for one in held
    ]


def orders(placed: Sequence[Order]) -> list[list[str]]:
    return [
        [
            one.trade_date.isoformat(),
            f"{one.created_at:%H:%M:%S}",
            one.draft.number,
            one.draft.security.id,
            one.draft.security.name,
            _SIDES[one.draft.side],
            f"{one.draft.price}",
            f"{one.draft.quantity:,}",
            f"{one.filled:,}",
            _ORDER_STATES[one.state],
        ]
        for one in placed
    ]


def fills(executed: Sequence[Executed]) -> list[list[str]]:
    return [
        [
            one.fill.key.trade_date.isoformat(),
            f"{one.fill.at:%H:%M:%S}",
            one.order.draft.number,
            one.order.draft.security.id,
            one.order.draft.security.name,
            _SIDES[one.order.draft.side],
            f"{one.fill.price}",
            f"{one.fill.quantity:,}",
            _yuan(one.fill.price * one.fill.quantity),
        ]
        for one in executed
    ]


def transfers(made: Sequence[Transfer]) -> list[list[str]]:
    return [
        [
            one.trade_date.isoformat(),
            f"{one.created_at:%H:%M:%S}",
            one.draft.number,
            _DIRECTIONS[one.draft.direction],
            one.draft.bank,
            _yuan(one.draft.amount),
            _TRANSFER_STATES[one.state],
        ]
        for one in made
    ]


def _yuan(amount: Decimal) -> str:
    return f"{amount:,.2f}"
