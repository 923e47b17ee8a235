"""A whole hotline over the fakes, with the words that ship. A test dials it and looks around."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from importlib import resources
from typing import Final

import yaml

from callcenter.app.menus import MenuReader
from callcenter.customers.bindings import Bindings
from callcenter.customers.service import Customers, LockOut
from callcenter.customers.staff import Staff
from callcenter.customers.statements.service import Statements
from callcenter.domain.calls import Call, CallEnd, Language, Place, Turn
from callcenter.domain.orders import Order
from callcenter.ivr.agents import AgentDesk
from callcenter.ivr.catalogue import Catalogue, say
from callcenter.ivr.conversation import Conversation
from callcenter.ivr.keys import Timing
from callcenter.ivr.menus.live import Live
from callcenter.ivr.menus.switching import Menus
from callcenter.ivr.reception import Reception
from callcenter.ivr.session import Services
from callcenter.news.service import News
from callcenter.settings import Settings
from callcenter.tickets.service import Tickets
from callcenter.trading.orders.placing import Placing
from callcenter.trading.orders.reconciliation import Reconciliation
from callcenter.trading.ports import MarketFeed, MarketHours
from callcenter.trading.quotes import CounterQuotes, Quotes
from callcenter.trading.service import Trading
from tests import rules
from tests.fakes.bank import FakeBank
from tests.fakes.clock import FakeClock
from tests.fakes.desk import FakeDesk
from tests.fakes.gateway import FakeCounter
from tests.fakes.menus import FakeMenuBook
from tests.fakes.news import FakeNewsBook, FakeNewsSounds, FakeStaffBook
from tests.fakes.passwords import FakePasswordDesk
from tests.fakes.phone import FakePhone
from tests.fakes.prompts import FakePromptRecorder
from tests.fakes.requests import FakeApplicationBook, FakePasswordBook, FakeTransferBook
from tests.fakes.statements import FakeStatementBook
from tests.fakes.store import FakeAuditLog, FakeCallBook, FakeLoginLog, FakeOrderBook
from tests.fakes.subscriptions import FakeSubscriptionBook
from tests.fakes.tickets import FakeTicketBook
from tests.unit.ivr import offices

PROMISE: Final = timedelta(seconds=10)
LOGIN: Final = ("10000001#", "246810#")


@cache
def shipped_catalogue() -> Catalogue:
    return Catalogue.of(shipped_words())


@cache
def shipped_words() -> dict[str, dict[str, str]]:
    """Return what all files of words say."""
    files = [f for f in resources.files("callcenter.ivr.words").iterdir() if ".yaml" in f.name]
    words: dict[str, dict[str, str]] = {}
    for file in files:
        words |= yaml.safe_load(file.read_text(encoding="utf-8"))
    return words


@cache
def menu_reader() -> MenuReader:
    """Return what proves menus against all that ships."""
    return MenuReader(Settings(), shipped_catalogue(), rules.calendar().is_session)


@cache
def shipped_menu() -> Live:
    return menu_reader().shipped()


def words(prompt: str, language: Language = Language.ZH, /, **slots: object) -> str:
    """Return what a caller hears of a sentence with these values."""
    return shipped_catalogue().utterance([say(prompt, **slots)], language).words


def talk_on(phone: FakePhone, book: FakeCallBook | None = None) -> Conversation:
    """Return a conversation on this phone that nobody has begun."""
    return Conversation(phone, shipped_catalogue(), book or FakeCallBook(), FakeClock(), Timing())


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialled:
    """One call as its caller and the book remember it. `end` is None if the daemon died."""

    phone: FakePhone
    end: CallEnd | None
    turns: list[Turn]
    place: Place

    @property
    def prompts(self) -> list[str]:
        """All prompts of the call, in the order they were said."""
        return [prompt for turn in self.turns for prompt in turn.prompts]

    @property
    def answers(self) -> list[tuple[str, str]]:
        """The keys of each turn and what came of them."""
        return [(turn.keys, turn.outcome) for turn in self.turns]

    def heard(self, prompt: str, language: Language = Language.ZH, /, **slots: object) -> bool:
        """Tell whether the sentence was said with these values."""
        wanted = words(prompt, language, **slots)
        return any(wanted in said for said in self.phone.said)


@dataclass(slots=True, kw_only=True)
class Hotline:
    """The parts that a test may look at or break. One that died goes on in the same books."""

    counter: FakeCounter = field(default_factory=FakeCounter)
    orders: FakeOrderBook = field(default_factory=FakeOrderBook)
    calls: FakeCallBook = field(default_factory=FakeCallBook)
    log: FakeLoginLog = field(default_factory=FakeLoginLog)
    bank: FakeBank = field(default_factory=FakeBank)
    transfers: FakeTransferBook = field(init=False)
    desk: FakeDesk = field(default_factory=FakeDesk)
    applications: FakeApplicationBook = field(init=False)
    subscriptions: FakeSubscriptionBook = field(default_factory=FakeSubscriptionBook)
    password_desk: FakePasswordDesk | None = field(default_factory=FakePasswordDesk)
    passwords: FakePasswordBook = field(init=False)
    audit: FakeAuditLog = field(default_factory=FakeAuditLog)
    statements: FakeStatementBook = field(default_factory=FakeStatementBook)
    tickets: FakeTicketBook = field(default_factory=FakeTicketBook)
    news: FakeNewsBook = field(default_factory=FakeNewsBook)
    news_sounds: FakeNewsSounds = field(default_factory=FakeNewsSounds)
    staff: FakeStaffBook = field(default_factory=FakeStaffBook)
    prompts: FakePromptRecorder = field(default_factory=FakePromptRecorder)
    clock: FakeClock = field(default_factory=FakeClock)
    feed: MarketFeed | None = None  # by default the counter's own quotes
    reconciled: bool = True
    agents: AgentDesk = field(default_factory=AgentDesk)
    hours: MarketHours | None = None
    trades: type[Trading] = Trading
    ships: Live = field(default_factory=shipped_menu)
    menus: FakeMenuBook = field(default_factory=FakeMenuBook)

    def __post_init__(self) -> None:
        self.transfers = FakeTransferBook(self.clock)
        self.applications = FakeApplicationBook(self.clock)
        self.passwords = FakePasswordBook(self.clock)

    async def dial(
        self,
        *script: str,
        call: Call | None = None,
        burst: bool = False,
        hangs_up_at_once: bool = False,
        hangs_up_at: int | None = None,
    ) -> Dialled:
        """Take one call to its end."""
        phone = FakePhone(
            *script,
            call=call,
            burst=burst,
            hangs_up_at_once=hangs_up_at_once,
            hangs_up_at=hangs_up_at,
        )
        return await self.take(phone)

    async def dial_and_die(
        self,
        *script: str,
        call: Call | None = None,
        at: int | None = None,
        at_once: bool = False,
    ) -> Dialled:
        """Take a call in a daemon that dies where the caller would otherwise hang up."""
        phone = FakePhone(
            *script,
            call=call,
            hangs_up_at=at,
            hangs_up_at_once=at_once,
            ends_with=asyncio.CancelledError,
        )
        return await self.take(phone)

    async def take(self, phone: FakePhone) -> Dialled:
        before = len(self.calls.turns.get(phone.call.id, []))
        end: CallEnd | None
        try:
            end = await (await self.daemon()).take(phone)
        except asyncio.CancelledError:
            end = None
        return Dialled(
            phone=phone,
            end=end,
            turns=self.calls.turns.get(phone.call.id, [])[before:],
            place=self.calls.places.get(phone.call.id, Place()),
        )

    async def daemon(self) -> Reception:
        """Return the reception of a daemon that has looked which menu is in force."""
        reception = self.reception()
        await reception.menus.look()
        return reception

    def reception(self) -> Reception:
        """Build one daemon's reception over our books."""
        placing = Placing(self.counter, self.orders, self.clock, promise=PROMISE)
        reconciliation = Reconciliation(self.orders, placing, every_s=60)
        reconciliation.done = self.reconciled
        trading = self.trading(placing, reconciliation)
        services = Services(
            customers=Customers(self.counter, self.log, self.clock, LockOut()),
            trading=trading,
            transfers=offices.transfers(self.bank, self.transfers, self.clock, trading),
            applications=offices.applications(self.desk, self.applications, self.clock, trading),
            subscriptions=offices.subscriptions(self.subscriptions, self.clock),
            passwords=offices.passwords(self.password_desk, self.passwords, self.clock),
            statements=Statements(self.statements, self.clock),
            bindings=Bindings(self.counter, self.counter, self.audit, self.clock, most=3),
            agents=self.agents,
            tickets=Tickets(self.tickets, self.clock),
            news=News(self.news, self.news_sounds, self.clock),
            staff=Staff(self.staff, self.log, self.clock),
            prompts=self.prompts,
        )
        return Reception(
            menus=Menus(self.ships, self.menus, menu_reader().read),
            book=self.calls,
            services=services,
            clock=self.clock,
            timing=Timing(),
        )

    def trading(self, placing: Placing, reconciliation: Reconciliation) -> Trading:
        quotes = Quotes(self.feed or CounterQuotes(self.counter), self.clock)
        parts = (self.counter, self.orders, self.clock, placing, reconciliation)
        return self.trades(*parts, quotes, rules=rules.book(), hours=self.hours)

    @property
    def booked(self) -> list[Order]:
        """What is in our own order book, the oldest first."""
        return list(self.orders.kept.values())
