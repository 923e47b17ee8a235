"""Whatever happens, the paper counter's books are those that a model keeps by hand."""

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from callcenter.domain.accounts import AccountId
from callcenter.domain.errors import OutcomeUnknown, Refused
from callcenter.domain.orders import Order, OrderKind, Side
from callcenter.domain.securities import Market, Security
from callcenter.gateways.paper import Faults, PaperCounter, books
from callcenter.gateways.paper.faults import EVERYONE, clear_faults, set_faults
from callcenter.trading.ports import CounterOrder, StreamPosition
from tests import make
from tests.integration.paper_books import BEGINNING, Paper, paper
from tests.integration.paper_model import Holding, Model, Purse

T = TypeVar("T")

HOLDER, OTHER = AccountId("10000001"), AccountId("10000004")
BANK: Final = make.security()
PING_AN: Final = make.security(market=Market.SZ, code="000001")
# Everything is inside the limits of any day that these quotes can lead to.
TICKS: Final = st.integers(-20, 20)
_RESET: Final = """
    TRUNCATE paper.orders, paper.fills, paper.events, paper.entries, paper.days, paper.faults,
        paper.money, paper.shares;
    INSERT INTO paper.money (account, usable) VALUES ('10000001', 60000), ('10000004', 60000);
    INSERT INTO paper.shares (account, security, total, sellable)
        VALUES ('10000001', 'SH600000', 10000, 10000), ('10000001', 'SZ000001', 500, 200);
    UPDATE paper.securities SET last = 10, previous_close = 10, bid = 9.99, ask = 10.00;
"""


class Books(RuleBasedStateMachine):
    """Customers, the market, the clock and trouble, in any order."""

    orders = Bundle("orders")

    def __init__(self, dsn: str, runner: asyncio.Runner) -> None:
        super().__init__()
        self._runner = runner
        self._parts = AsyncExitStack()
        self.paper: Paper = self.do(self._parts.enter_async_context(paper(dsn)))
        self.bad = PaperCounter(dsn, self.paper.clock, answer_within_s=0.2)
        self.do(self.bad.start())
        self.position: StreamPosition = BEGINNING
        self.model = Model(purses={a: Purse(usable=Decimal(60_000)) for a in (HOLDER, OTHER)})
        self.model.holdings[HOLDER, BANK.id] = Holding(total=10_000, sellable=10_000)
        self.model.holdings[HOLDER, PING_AN.id] = Holding(total=500, sellable=200)

    def do(self, doing: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(doing)

    def teardown(self) -> None:
        self.do(self.bad.stop())
        self.do(self._parts.aclose())

    @initialize()
    def open_books(self) -> None:
        self.do(self.paper.sql.execute(_RESET))
        self.do(self.paper.sql.execute("ALTER SEQUENCE paper.event_positions RESTART"))
        self.position = BEGINNING
        self.work()  # begins the first day

    @rule(
        target=orders,
        account=st.sampled_from([HOLDER, OTHER]),
        side=st.sampled_from(Side),
        security=st.sampled_from([BANK, PING_AN]),
        ticks=TICKS,
        lots=st.one_of(st.integers(1, 5), st.integers(1, 90)),
        kind=st.sampled_from([OrderKind.LIMIT] * 3 + [OrderKind.FIVE_BEST_THEN_CANCEL]),
        at_once=st.integers(1, 3),
    )
    def place(  # a customer's words, all of them
        self,
        account: AccountId,
        side: Side,
        security: Security,
        ticks: int,
        lots: int,
        kind: OrderKind,
        at_once: int,
    ) -> Order:
        order = self.paper.order(
            account=account,
            side=side,
            security=security,
            price=Decimal(10) + Decimal(ticks) / 100,
            quantity=lots * 100,
            kind=kind,
            station=make.station(caller="+8613800138000"),
        )
        stands = self.model.would_stand(order)

        async def send() -> list[CounterOrder]:
            sent = (self.paper.counter.place(order) for _ in range(at_once))
            return list(await asyncio.gather(*sent))

        answers = self.do(send())
        assert {answer.accepted for answer in answers} == {stands}, answers
        if stands:
            self.model.accepted(order)
        return order

    @rule(order=orders)
    def send_again(self, order: Order) -> None:
        found = self.do(self.paper.counter.find(order.client_id))
        answer = self.do(self.paper.counter.place(order))
        assert answer == found

    @rule(order=orders)
    def cancel(self, order: Order) -> None:
        standing = self.model.orders.get(order.client_id)
        try:
            self.do(self.paper.counter.cancel(order))
        except Refused:
            assert standing is None or not standing.live
        else:
            assert standing is not None
            assert standing.live or standing.rest

    @rule(order=orders, seconds=st.integers(1, 60))
    def wish_to_cancel(self, order: Order, seconds: int) -> None:
        self.do(set_faults(self.paper.sql, EVERYONE, Faults(cancel_s=seconds)))
        try:
            self.do(self.paper.counter.cancel(order))
        except Refused:
            standing = self.model.orders.get(order.client_id)
            assert standing is None or not standing.live
        self.do(clear_faults(self.paper.sql, None))

    @rule(target=orders, lots=st.integers(1, 20))
    def lose_an_answer(self, lots: int) -> Order:
        order = self.paper.order(quantity=lots * 100, price=Decimal("10.00"))
        stands = self.model.would_stand(order)
        self.bad._faults = Faults(after_s=3600.0)
        with pytest.raises(OutcomeUnknown):
            self.do(self.bad.place(order))
        found = self.do(self._until_found(order))
        assert found.accepted == stands
        if stands:
            self.model.accepted(order)
        return order

    @rule()
    def lose_an_order(self) -> None:
        order = self.paper.order(price=Decimal("10.00"))
        self.bad._faults = Faults(silent=True)
        with pytest.raises(OutcomeUnknown):
            self.do(self.bad.place(order))
        assert self.do(self.paper.counter.withdraw(order.client_id)) is None
        assert not self.do(self.paper.counter.place(order)).accepted

    @rule(
        security=st.sampled_from([BANK, PING_AN]), ticks=st.integers(-15, 15), gap=st.integers(1, 3)
    )
    def move_the_market(self, security: Security, ticks: int, gap: int) -> None:
        bid = Decimal(10) + Decimal(ticks) / 100
        ask = bid + Decimal(gap) / 100
        self.do(self.paper.quote(security.id, bid=str(bid), ask=str(ask), last=str(bid)))

    @rule()
    def work(self) -> None:
        self.do(self.paper.clerk.work())

    @rule(seconds=st.integers(1, 90))
    def wait(self, seconds: int) -> None:
        self.paper.clock.at += timedelta(seconds=seconds)

    @rule()
    def sleep_over(self) -> None:
        self.hear()  # fills of the old day before it is over
        self.paper.clock.at += timedelta(days=1)
        if self.do(self.paper.clerk.work()).expired is not None:
            self.hear_then_settle()

    @rule()
    def settle(self) -> None:
        self.hear()
        if self.do(self.paper.clerk.settle()) is not None:
            self.hear_then_settle()

    @rule(amount=st.decimals("0.01", "5000", places=2), account=st.sampled_from([HOLDER, OTHER]))
    def pay_in(self, amount: Decimal, account: AccountId) -> None:
        now = self.paper.clock.now()
        assert self.do(books.credit(self.paper.sql, account, amount, now, "transfer", "in"))
        self.model.purses[account].usable += amount

    @rule(amount=st.decimals("0.01", "70000", places=2), account=st.sampled_from([HOLDER, OTHER]))
    def pay_out(self, amount: Decimal, account: AccountId) -> None:
        purse = self.model.purses[account]
        now = self.paper.clock.now()
        paid = self.do(books.debit(self.paper.sql, account, amount, now, "transfer", "out"))
        assert paid == (amount <= purse.usable - purse.proceeds)
        if paid:
            purse.usable -= amount

    @invariant()
    def the_books_are_the_models(self) -> None:
        self.hear()
        for account, purse in self.model.purses.items():
            money = self.do(self.paper.counter.money(AccountId(account)))
            assert (money.usable, money.frozen) == (purse.usable, purse.frozen)
            assert money.withdrawable == max(purse.usable - purse.proceeds, Decimal(0))
            for held in self.do(self.paper.counter.positions(AccountId(account))):
                kept = self.model.holdings[account, held.security.id]
                assert (held.total, held.sellable, held.frozen) == (
                    kept.total,
                    kept.sellable,
                    kept.frozen,
                )

    @invariant()
    def the_audit_finds_nothing(self) -> None:
        assert self.do(self.paper.findings()) == []

    def hear(self, *, day_is_over: bool = False) -> None:
        for event in self.do(self.paper.events(self.position)):
            self.model.hear(event, day_is_over=day_is_over)
            self.position = event.position

    def hear_then_settle(self) -> None:
        self.hear(day_is_over=True)
        self.model.settle()

    async def _until_found(self, order: Order) -> CounterOrder:
        async with asyncio.timeout(10):
            while (found := await self.paper.counter.find(order.client_id)) is None:
                pass
        return found


def test_money_and_shares_are_conserved_whatever_happens(dsn: str) -> None:
    with asyncio.Runner() as runner:

        class BooksHere(Books):
            def __init__(self) -> None:
                super().__init__(dsn, runner)

        run_state_machine_as_test(
            BooksHere,
            settings=settings(
                max_examples=10,
                stateful_step_count=30,
                deadline=None,
                phases=[Phase.explicit, Phase.generate],  # a database is slow to shrink with
                print_blob=False,
                suppress_health_check=list(HealthCheck),
            ),
        )
