"""What PostgreSQL will not have written about an order, and what we make of that."""

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy.exc import IntegrityError

from callcenter.domain.fills import Fill, FillKey, FillNumber
from callcenter.domain.orders import ClientOrderId, OrderNumber, OrderState
from callcenter.domain.progress import Word
from callcenter.domain.securities import Market
from callcenter.storage.database import Database
from callcenter.storage.orders import PostgresOrderBook
from tests import make
from tests.changes import add, change_of, tell
from tests.fakes.store import AlwaysNoon

ORDER = make.order()
OTHER = make.order(number=OrderNumber("60000002"), client_id=ClientOrderId("2026112060000002"))
FILL = Fill(
    key=FillKey(trade_date=make.NOON.date(), market=Market.SH, number=FillNumber("1")),
    client_id=ORDER.client_id,
    quantity=100,
    price=Decimal("10.050"),
    at=make.NOON,
)


async def test_a_fill_that_somebody_else_wrote_down_is_read_again(database: Database) -> None:
    book = PostgresOrderBook(database, AlwaysNoon())
    await add(book, ORDER, OTHER)
    late = change_of(OTHER, FILL)
    await tell(book, ORDER.draft.number, FILL)

    assert set(await book.write([late])) == {OTHER.draft.number}


async def test_a_change_that_can_never_be_written_is_not_tried_for_ever(
    database: Database,
) -> None:
    book = PostgresOrderBook(database, AlwaysNoon())
    await add(book, ORDER)
    change = change_of(ORDER, Word(answer=OrderState.ACCEPTED))
    impossible = replace(change, after=replace(change.after, filled=-1))

    with pytest.raises(IntegrityError, match="orders_"):
        await book.write([impossible])
