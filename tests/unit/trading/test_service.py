from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from callcenter.domain.accounts import AccountId, AccountStatus, Customer, Position
from callcenter.domain.calls import WITHHELD, CallerNumber
from callcenter.domain.errors import CounterUnavailable, Refused, StoreUnavailable
from callcenter.domain.orders import Draft, OrderNumber, OrderState, Side, Station
from callcenter.domain.refusals import Refusal
from callcenter.domain.securities import Board, Market, Security
from callcenter.trading.orders.placing import Outcome, Placing
from callcenter.trading.orders.reconciliation import Reconciliation
from callcenter.trading.service import Trading
from tests import make, rules
from tests.fakes.clock import FakeClock
from tests.fakes.gateway import FakeCounter
from tests.fakes.store import FakeOrderBook

CUSTOMER = make.customer()
STATION = make.station()
DRAFT = make.draft()


@dataclass(slots=True, kw_only=True)
class House:
    counter: FakeCounter = field(default_factory=FakeCounter)
    book: FakeOrderBook = field(default_factory=FakeOrderBook)
    clock: FakeClock = field(default_factory=FakeClock)
    reconciled: bool = True

    @property
    def trading(self) -> Trading:
        placing = Placing(self.counter, self.book, self.clock, promise=timedelta(seconds=10))
        reconciliation = Reconciliation(self.book, placing, every_s=60)
        reconciliation.done = self.reconciled
        return Trading(
            self.counter, self.book, self.clock, placing, reconciliation, rules=rules.book()
        )

    async def place(self, draft: Draft = DRAFT) -> Outcome:
        return await self.trading.place(draft, CUSTOMER, STATION)


async def test_an_order_is_named_by_its_day_and_number() -> None:
    house = House()

    await house.place()

    [order] = house.counter.placed
    assert order.client_id == "2026112060000001"
    assert (order.trade_date, order.created_at) == (make.NOON.date(), make.NOON)
    assert order.station == STATION


async def test_no_order_is_taken_before_reconciliation_has_been_done() -> None:
    house = House(reconciled=False)

    with pytest.raises(Refused) as refused:
        await house.place()

    assert refused.value.reason is Refusal.RECONCILING
    assert house.book.kept == {}
    assert house.counter.placed == []


async def test_queries_work_before_reconciliation_has_been_done() -> None:
    trading = House(reconciled=False).trading

    assert (await trading.money(CUSTOMER.account)).usable == Decimal("1000000.00")
    assert len(await trading.positions(CUSTOMER.account)) == 2
    assert (await trading.quote(make.security())).last == Decimal("10.05")
    assert await trading.orders_today(CUSTOMER.account) == []


async def test_an_order_that_was_written_down_is_completed_whatever_holds_today() -> None:
    house = House(reconciled=False)
    frozen = make.order(state=OrderState.PENDING)
    house.book.kept = {frozen.draft.number: frozen}

    outcome = await house.trading.complete(frozen)

    assert outcome == Outcome(state=OrderState.ACCEPTED)
    assert house.counter.placed == [frozen]


BOUND = replace(CUSTOMER, bound_numbers=frozenset({"+8613900139000"}))


@pytest.mark.parametrize(
    ("customer", "station", "reason"),
    [
        pytest.param(
            replace(CUSTOMER, status=AccountStatus.FROZEN),
            STATION,
            Refusal.ACCOUNT_FROZEN,
            id="frozen",
        ),
        pytest.param(BOUND, STATION, Refusal.CALLER_NOT_BOUND, id="from-another-number"),
        pytest.param(
            BOUND,
            replace(STATION, caller=WITHHELD),
            Refusal.CALLER_NOT_BOUND,
            id="from-a-withheld-number",
        ),
    ],
)
async def test_who_may_trade_depends_on_account_and_number(
    customer: Customer, station: Station, reason: Refusal
) -> None:
    house = House()

    with pytest.raises(Refused) as refused:
        await house.trading.place(DRAFT, customer, station)

    assert refused.value.reason is reason
    assert house.book.kept == {}


async def test_a_bound_account_trades_from_its_number() -> None:
    caller = CallerNumber("+8613900139000")

    outcome = await House().trading.place(DRAFT, BOUND, replace(STATION, caller=caller))

    assert outcome.state is OrderState.ACCEPTED


@pytest.mark.parametrize(
    ("code", "found"),
    [
        pytest.param("600000", ["SH600000"], id="one"),
        pytest.param("000001", ["SH000001", "SZ000001"], id="one-per-market"),
        pytest.param("1", ["SH000001", "SZ000001"], id="without-zeros"),
        pytest.param("002", ["SZ000002"], id="with-some-zeros"),
    ],
)
async def test_a_code_may_come_without_its_leading_zeros(code: str, found: list[str]) -> None:
    listed = await House().trading.find(code)

    assert [security.id for security in listed] == found


async def test_an_unknown_code_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        await House().trading.find("999999")

    assert refused.value.reason is Refusal.UNKNOWN_SECURITY


async def test_an_offer_to_buy_tells_the_money() -> None:
    offer = await House().trading.offer(CUSTOMER, Side.BUY, make.security())

    assert (offer.usable, offer.sellable) == (Decimal("1000000.00"), 0)
    assert offer.quote == make.quote()


async def test_an_offer_to_sell_tells_the_shares() -> None:
    offer = await House().trading.offer(CUSTOMER, Side.SELL, make.security())

    assert (offer.usable, offer.sellable) == (Decimal(0), 10_000)


async def test_shares_are_found_under_an_older_name_of_their_security() -> None:
    class Renamed(FakeCounter):
        async def positions(self, account: AccountId) -> Sequence[Position]:
            held = await super().positions(account)
            return [replace(one, security=replace(one.security, name="旧名")) for one in held]

    offer = await House(counter=Renamed()).trading.offer(CUSTOMER, Side.SELL, make.security())

    assert offer.sellable == 10_000


@pytest.mark.parametrize(
    ("side", "security", "reason"),
    [
        pytest.param(
            Side.BUY, make.security(board=Board.INDEX), Refusal.UNKNOWN_SECURITY, id="index"
        ),
        pytest.param(Side.BUY, make.security(suspended=True), Refusal.SUSPENDED, id="suspended"),
        pytest.param(
            Side.BUY, make.security(board=Board.STAR), Refusal.NO_STAR_PERMISSION, id="board"
        ),
        pytest.param(
            Side.SELL, make.security(code="600519"), Refusal.NOTHING_TO_SELL, id="not-held"
        ),
    ],
)
async def test_what_cannot_be_ordered_is_not_offered(
    side: Side, security: Security, reason: Refusal
) -> None:
    nobody = make.customer(permissions=frozenset())

    with pytest.raises(Refused) as refused:
        await House().trading.offer(nobody, side, security)

    assert refused.value.reason is reason


async def test_order_numbers_are_not_given_twice() -> None:
    trading = House().trading

    numbers = [await trading.new_number() for _ in range(3)]

    assert len(set(numbers)) == 3


async def test_orders_today_are_the_accounts_own_of_this_day_the_newest_first() -> None:
    house = House()
    await house.place(make.draft(number=OrderNumber("1")))
    house.clock.forward(timedelta(minutes=1))
    await house.place(make.draft(number=OrderNumber("2")))
    await house.place(make.draft(number=OrderNumber("3"), account=AccountId("10000003")))

    today = await house.trading.orders_today(CUSTOMER.account)
    house.clock.forward(timedelta(days=1))
    tomorrow = await house.trading.orders_today(CUSTOMER.account)

    assert [order.draft.number for order in today] == ["2", "1"]
    assert tomorrow == []


async def test_an_order_can_be_looked_up() -> None:
    house = House()
    await house.place()

    assert await house.trading.find_order(DRAFT.number) is not None
    assert await house.trading.find_order(OrderNumber("0")) is None


async def test_what_does_not_answer_says_so() -> None:
    house = House()
    house.counter.fails_with = CounterUnavailable()
    house.book.gone = True

    with pytest.raises(CounterUnavailable):
        await house.trading.money(CUSTOMER.account)
    with pytest.raises(StoreUnavailable):
        await house.trading.new_number()


TWIN = make.draft(number=OrderNumber("60000002"))


@pytest.mark.parametrize(
    ("draft", "after_s", "is_twin"),
    [
        pytest.param(TWIN, 0, True, id="at-once"),
        pytest.param(TWIN, 59, True, id="a-moment-later"),
        pytest.param(TWIN, 60, False, id="later"),
        pytest.param(DRAFT, 0, False, id="itself"),
        pytest.param(replace(TWIN, side=Side.SELL), 0, False, id="other-side"),
        pytest.param(replace(TWIN, price=Decimal("10.04")), 0, False, id="other-price"),
        pytest.param(replace(TWIN, quantity=200), 0, False, id="other-quantity"),
        pytest.param(replace(TWIN, account=AccountId("10000002")), 0, False, id="other-account"),
        pytest.param(
            replace(TWIN, security=make.security(market=Market.SZ)), 0, False, id="other-market"
        ),
        pytest.param(
            replace(TWIN, security=make.security(name="浦发行")), 0, True, id="renamed-meanwhile"
        ),
    ],
)
async def test_the_same_order_within_the_redial_guard_is_a_twin(
    draft: Draft, after_s: int, is_twin: bool
) -> None:
    house = House()
    await house.place()
    house.clock.forward(timedelta(seconds=after_s))

    twin = await house.trading.recent_twin(draft)

    assert (twin.draft.number if twin else None) == (DRAFT.number if is_twin else None)


@pytest.mark.parametrize(
    ("counter", "is_twin"),
    [
        pytest.param(FakeCounter(), True, id="accepted"),
        pytest.param(FakeCounter(loses_answers=True), True, id="unknown"),
        pytest.param(FakeCounter(rejects_with=Refusal.SUSPENDED), False, id="rejected"),
        pytest.param(FakeCounter(fails_with=CounterUnavailable()), False, id="withdrawn"),
    ],
)
async def test_an_order_that_the_counter_never_took_has_no_twin(
    counter: FakeCounter, is_twin: bool
) -> None:
    house = House(counter=counter)
    await house.place()

    twin = await house.trading.recent_twin(TWIN)

    assert (twin is not None) == is_twin


async def test_an_order_that_was_cancelled_has_no_twin() -> None:
    house = House()
    await house.place()
    [number] = house.book.kept
    house.book.kept[number] = replace(house.book.kept[number], state=OrderState.CANCELLED)

    assert await house.trading.recent_twin(TWIN) is None


async def test_an_order_keeps_the_rules_that_passed_it_and_what_they_were_told() -> None:
    house = House()
    trading = house.trading

    await trading.offer(CUSTOMER, Side.BUY, DRAFT.security)
    await trading.place(DRAFT, CUSTOMER, STATION)

    [order] = house.counter.placed
    assert order.rules == f"{rules.book().version} reference=10.00 status=normal"


async def test_without_an_offer_an_order_keeps_the_version_alone() -> None:
    house = House()

    await house.place()

    [order] = house.counter.placed
    assert order.rules == f"{rules.book().version} status=normal"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        pytest.param({"price": Decimal("11.01")}, Refusal.PRICE_OUTSIDE_LIMITS, id="limits"),
        pytest.param({"price": Decimal("10.005")}, Refusal.WRONG_TICK, id="tick"),
        pytest.param({"quantity": 150}, Refusal.WRONG_LOT, id="lot"),
        pytest.param(
            {"security": make.security(suspended=True)}, Refusal.SUSPENDED, id="suspended"
        ),
    ],
)
async def test_what_the_rules_of_this_daemon_refuse_is_not_even_written_down(
    changes: dict[str, Any], reason: Refusal
) -> None:
    house = House()
    trading = house.trading
    await trading.offer(CUSTOMER, Side.BUY, DRAFT.security)

    with pytest.raises(Refused) as refused:
        await trading.place(make.draft(**changes), CUSTOMER, STATION)

    assert refused.value.reason is reason
    assert (house.counter.placed, house.book.kept) == ([], {})
