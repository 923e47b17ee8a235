"""What a hotline over fakes offers besides orders."""

from datetime import timedelta
from typing import Final

from callcenter.customers.subscriptions.service import SubscriptionLimits, Subscriptions
from callcenter.trading.applications.matter import APPLICATION
from callcenter.trading.applications.rules import ApplicationRules
from callcenter.trading.applications.service import ApplicationHouse, Applications
from callcenter.trading.passwords.matter import PASSWORD_CHANGE
from callcenter.trading.passwords.service import Passwords
from callcenter.trading.requests.engine import Requests
from callcenter.trading.service import Trading
from callcenter.trading.transfers.matter import TRANSFER
from callcenter.trading.transfers.service import House, Transfers
from tests import rules
from tests.fakes.bank import TERMS, FakeBank
from tests.fakes.clock import FakeClock
from tests.fakes.desk import FakeDesk
from tests.fakes.passwords import FakePasswordDesk
from tests.fakes.requests import FakeApplicationBook, FakePasswordBook, FakeTransferBook
from tests.fakes.subscriptions import FakeSubscriptionBook

_PROMISE: Final = timedelta(seconds=20)
_PATIENCE: Final = timedelta(minutes=10)


def transfers(
    bank: FakeBank, book: FakeTransferBook, clock: FakeClock, trading: Trading
) -> Transfers:
    requests = Requests(TRANSFER, bank, book, clock, promise=_PROMISE, patience=_PATIENCE)
    house = House(
        admit=trading.admit,
        money=trading.money,
        is_trading_day=rules.calendar().is_session,
        terms=lambda bank, day: TERMS.get(bank),
    )
    return Transfers(bank, book, clock, requests, house)


def applications(
    desk: FakeDesk, book: FakeApplicationBook, clock: FakeClock, trading: Trading
) -> Applications:
    requests = Requests(APPLICATION, desk, book, clock, promise=_PROMISE, patience=_PATIENCE)
    house = ApplicationHouse(
        admit=trading.admit,
        money=trading.money,
        rules=ApplicationRules(rules.book().tables),
    )
    return Applications(desk, book, clock, requests, house)


def subscriptions(book: FakeSubscriptionBook, clock: FakeClock) -> Subscriptions:
    return Subscriptions(book, clock, SubscriptionLimits(per_kind=4))


def passwords(desk: FakePasswordDesk | None, book: FakePasswordBook, clock: FakeClock) -> Passwords:
    engine = Requests(
        PASSWORD_CHANGE,
        desk or FakePasswordDesk(),
        book,
        clock,
        promise=_PROMISE,
        patience=_PATIENCE,
    )
    return Passwords(desk, book, clock, engine)
