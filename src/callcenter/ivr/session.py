"""What one call has so far: the conversation, who is logged in, and where it is."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from callcenter.customers.bindings import Bindings
from callcenter.customers.service import Customers
from callcenter.customers.staff import Staff
from callcenter.customers.statements.service import Statements
from callcenter.customers.subscriptions.service import Subscriptions
from callcenter.domain.accounts import Customer
from callcenter.domain.calls import Language, Place
from callcenter.domain.orders import Station
from callcenter.ivr.agents import AgentDesk
from callcenter.ivr.conversation import Conversation
from callcenter.ivr.last_calls import LastCalls
from callcenter.ivr.ports import CallBook
from callcenter.ivr.recordable import PromptRecorder
from callcenter.news.service import News
from callcenter.tickets.service import Tickets
from callcenter.trading.applications.service import Applications
from callcenter.trading.passwords.service import Passwords
from callcenter.trading.service import Trading
from callcenter.trading.transfers.service import Transfers


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What the dialogues can do for a caller."""

    customers: Customers
    trading: Trading
    transfers: Transfers
    applications: Applications
    subscriptions: Subscriptions
    passwords: Passwords
    bindings: Bindings
    statements: Statements
    tickets: Tickets
    news: News
    staff: Staff
    prompts: PromptRecorder
    agents: AgentDesk = field(default_factory=AgentDesk)


class Named(Protocol):
    """What has a name in both languages: a security, an issue, a fund."""

    @property
    def name(self) -> str: ...

    @property
    def name_en(self) -> str: ...


class Session:
    """
    Handed to every dialogue.

    The place in the conversation is kept in the call book, so that another daemon can go on.
    """

    def __init__(
        self,
        talk: Conversation,
        services: Services,
        book: CallBook,
        place: Place,
        last_calls: LastCalls,
    ) -> None:
        self.talk = talk
        self.customers = services.customers
        self.trading = services.trading
        self.transfers = services.transfers
        self.applications = services.applications
        self.subscriptions = services.subscriptions
        self.passwords = services.passwords
        self.bindings = services.bindings
        self.statements = services.statements
        self.agents = services.agents
        self.last_calls = last_calls
        self.tickets = services.tickets
        self.news = services.news
        self.staff = services.staff
        self.prompts = services.prompts
        self.failed_logins = 0
        self.was_with_agent = False
        self._book = book
        self._customer: Customer | None = None
        self._place = place
        self._path: list[str] = []
        # Where a call that comes from another daemon was, still to be gone back to.
        self._way = [step for step in (place.dialogue or "").split("/") if step]
        self._returning = bool(self._way)
        talk.language = place.language

    @property
    def station(self) -> Station:
        """Where an instruction of this call comes from."""
        call = self.talk.call
        return Station(call=call.id, caller=call.caller, did=call.did, branch=call.branch)

    @property
    def customer(self) -> Customer:
        """Who is logged in; only dialogues behind a login may ask."""
        if self._customer is None:
            raise RuntimeError("nobody is logged in")
        return self._customer

    @property
    def logged_in(self) -> bool:
        return self._customer is not None

    @property
    def introduction(self) -> Mapping[str, str]:
        """What an agent is told of the caller; nothing that must be kept secret."""
        return {
            "CALL": self.talk.call.id,
            "ACCOUNT": self._customer.account if self._customer else "",
            "BRANCH": self.talk.call.branch or "",
            "LANGUAGE": self.talk.language.value,
        }

    @property
    def draft(self) -> Mapping[str, str]:
        """What the dialogue had been told before the call came here."""
        return self._place.draft

    async def recall_customer(self) -> None:
        """Log in whom the call had logged in before it came here."""
        if self._place.account is not None:
            self._customer = await self.customers.known(self._place.account)

    async def welcome(self, customer: Customer) -> None:
        """Remember who has logged in, for the rest of the call."""
        self._customer = customer
        await self._keep(replace(self._place, account=customer.account))

    def update(self, customer: Customer) -> None:
        """Go on with the customer as the counter knows them now; nobody logs in anew."""
        self._customer = customer

    async def speak(self, language: Language) -> None:
        self.talk.language = language
        await self._keep(replace(self._place, language=language))

    async def enter(self, name: str) -> None:
        """Remember that the call is in this menu entry now."""
        self._path.append(name)
        if self._returning:
            # The old place stands, with all that was told there, until it is reached.
            self._returning = bool(self._way)
            return
        await self._keep(replace(self._place, dialogue="/".join(self._path), draft={}))

    async def leave(self) -> None:
        """Remember that the call is out of the entry it entered last."""
        self._path.pop()
        self._way, self._returning = [], False
        await self._keep(replace(self._place, dialogue="/".join(self._path), draft={}))

    async def remember(self, **told: str) -> None:
        """Add to what the caller has told the dialogue."""
        await self._keep(replace(self._place, draft={**self._place.draft, **told}))

    async def forget(self, *names: str) -> None:
        """Drop what the caller has told the dialogue: all of it, or what is named."""
        told = {name: was for name, was in self._place.draft.items() if names and name not in names}
        await self._keep(replace(self._place, draft=told))

    def next_step(self, *, among: Collection[str]) -> str | None:
        """
        Return the entry through which a call from another daemon goes back to its place.

        One that does not exist here ends the way: the other daemon had another menu.
        """
        if self._way and self._way[0] in among:
            return self._way.pop(0)
        self._way, self._returning = [], False
        return None

    def heads_for(self, step: str) -> bool:
        """Tell whether a call from another daemon has to go into this entry next."""
        return self._way[:1] == [step]

    async def go_to(self, dialogue: str, told: Mapping[str, str]) -> None:
        """Have the call go on at another place, with what had been told there: from the top."""
        self._path = []
        self._way = [step for step in dialogue.split("/") if step]
        self._returning = bool(self._way)
        await self._keep(replace(self._place, dialogue=dialogue, draft=dict(told)))

    def name(self, of: Named) -> str:
        """Return what it is called in the caller's language."""
        return of.name if self.talk.language is Language.ZH else of.name_en

    async def _keep(self, place: Place) -> None:
        if place == self._place:
            return
        self._place = place
        await self._book.keep_place(self.talk.call.id, place)
