"""Dialogue: today's new issues, and rights, one by one: quota, quantity, read-back (新股申购)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from callcenter.domain.applications import (
    NOT_COUNTED,
    Application,
    ApplicationDraft,
    ApplicationKind,
)
from callcenter.domain.errors import Refused
from callcenter.domain.refusals import Refusal
from callcenter.domain.securities import Market, SecurityCode
from callcenter.ivr.answers import Answer
from callcenter.ivr.catalogue import Say, say
from callcenter.ivr.endings import GoBack
from callcenter.ivr.keys import MENU_BACK, NO, YES, Kind
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.session import Session
from callcenter.ivr.trade.applied import offer_to_cancel
from callcenter.ivr.trade.applying import apply, number_of, tell_written

_MOST_DIGITS: Final = 12
_RIGHTS: Final = frozenset({ApplicationKind.RIGHTS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """Something that the customer may apply for today: `most` shares, less what was applied for."""

    kind: ApplicationKind
    market: Market
    code: SecurityCode
    name: str
    name_en: str
    price: Decimal
    most: int
    applied: int = 0

    @property
    def id(self) -> str:
        return f"{self.market}{self.code}"

    @property
    def is_open(self) -> bool:
        return self.most > 0 and not self.applied


async def issues(session: Session) -> None:
    """Offer what can be applied for today, until there is no more or the caller leaves."""
    session.trading.admit(session.customer, session.station)
    if await tell_written(session):
        await session.forget("wanted", "quantity", "number", "issue")
    if "asked" in session.draft or "cancel" in session.draft:
        await offer_to_cancel(session, _RIGHTS)
    else:
        await _go_through(session, await _offers(session))


async def _go_through(session: Session, offers: Sequence[Offered]) -> None:
    if not offers:
        return await session.talk.say(say(Prompt.NO_ISSUES_TODAY))
    if session.draft.get("issue") not in {offered.id for offered in offers}:
        await session.forget()
    if len(offers) > 1 and not session.draft:
        await session.talk.say(say(Prompt.ISSUE_COUNT, count=len(offers)))
    for offered in _from(offers, session.draft.get("issue")):
        if not await _IssueDialogue(session, offered).run():
            return None
    if not await offer_to_cancel(session, _RIGHTS):
        await session.talk.say(say(Prompt.NO_MORE_ISSUES))
    return None


class _IssueDialogue:
    """One of them."""

    def __init__(self, session: Session, offered: Offered) -> None:
        self._session = session
        self._talk = session.talk
        self._offered = offered
        self._words = {"name": session.name(offered), "code": offered.code, "price": offered.price}

    async def run(self) -> bool:
        """Return whether the caller wants to hear the next one."""
        await self._session.remember(issue=self._offered.id)
        while True:
            if "wanted" not in self._session.draft:
                key = await self._choice()
                if key != YES:
                    return key != MENU_BACK
                await self._session.remember(wanted="yes")
            try:
                await self._take()
            except GoBack:
                await self._session.forget("wanted", "quantity", "number")
                continue
            except Refused as refused:
                await self._talk.refuse(refused)
            await self._session.forget()
            return True

    async def _choice(self) -> str:
        offered = self._offered
        if not offered.is_open:
            return await self._talk.choose(self._about(), say(Prompt.NEXT_ISSUE_CHOICES), among=NO)
        is_issue = offered.kind is ApplicationKind.IPO
        choices = Prompt.ISSUE_CHOICES if is_issue else Prompt.RIGHTS_CHOICES
        return await self._talk.choose(self._about(), say(choices), among=(YES, NO))

    def _about(self) -> Say:
        offered = self._offered
        if offered.applied:
            return say(Prompt.ISSUE_APPLIED, **self._words, quantity=offered.applied)
        if offered.kind is ApplicationKind.RIGHTS:
            return say(Prompt.RIGHTS_OFFER, **self._words, most=offered.most)
        words = Prompt.ISSUE_OFFER if offered.most else Prompt.ISSUE_WITHOUT_QUOTA
        return say(words, **self._words, most=offered.most)

    async def _take(self) -> None:
        """Ask how many, read that back, and apply; key 2 at the read-back asks again."""
        while True:
            draft = await self._draft()
            match await self._talk.confirm(self._read_back(draft)):
                case Answer.YES:
                    return await apply(self._session, draft)
                case Answer.NO:
                    await self._session.forget("quantity", "number")
                case Answer.DROPPED:
                    return await self._talk.say(say(Prompt.APPLICATION_DROPPED))

    async def _draft(self) -> ApplicationDraft:
        """Return what was told of it, asking for the quantity if that was not."""
        if (told := self._session.draft.get("quantity")) is not None:
            draft = await self._of(int(told))
            if await self._still_allowed(draft):
                return draft

        async def check(keyed: str) -> ApplicationDraft:
            draft = await self._of(int(keyed.lstrip("0")[:_MOST_DIGITS] or "0"))
            await self._session.applications.check(draft)
            return draft

        async def most() -> ApplicationDraft:
            return await check(str(self._offered.most))

        draft = await self._talk.ask(
            say(Prompt.ASK_ISSUE_QUANTITY, most=self._offered.most),
            kind=Kind.NUMBER,
            check=check,
            default=most,
        )
        await self._session.remember(quantity=str(draft.quantity))
        return draft

    async def _still_allowed(self, draft: ApplicationDraft) -> bool:
        try:
            await self._session.applications.check(draft)
        except Refused as refused:
            await self._talk.refuse(refused)
            await self._session.forget("quantity")
            return False
        return True

    async def _of(self, quantity: int) -> ApplicationDraft:
        if quantity <= 0:
            raise Refused(Refusal.NOT_A_QUANTITY)
        return ApplicationDraft(
            number=await number_of(self._session),
            account=self._session.customer.account,
            kind=self._offered.kind,
            market=self._offered.market,
            code=self._offered.code,
            quantity=Decimal(quantity),
        )

    def _read_back(self, draft: ApplicationDraft) -> Say:
        is_issue = draft.kind is ApplicationKind.IPO
        words = Prompt.READ_BACK_ISSUE if is_issue else Prompt.READ_BACK_RIGHTS
        amount = self._offered.price * draft.quantity
        return say(words, **self._words, quantity=int(draft.quantity), amount=amount)


async def _offers(session: Session) -> Sequence[Offered]:
    """Return issues, then rights; what can still be applied for comes first."""
    account, applications = session.customer.account, session.applications
    made = await applications.of_today(account)
    found = [
        Offered(
            kind=ApplicationKind.IPO,
            market=issue.market,
            code=issue.code,
            name=issue.name,
            name_en=issue.name_en,
            price=issue.price,
            most=await applications.quota(account, issue),
            applied=_applied(made, issue.market, issue.code),
        )
        for issue in await applications.issues_today()
    ]
    found += [
        Offered(
            kind=ApplicationKind.RIGHTS,
            market=rights.market,
            code=rights.code,
            name=rights.name,
            name_en=rights.name_en,
            price=rights.price,
            most=rights.entitled,
        )
        for rights in await applications.rights(account)
        if rights.entitled
    ]
    return sorted(found, key=lambda offered: not offered.is_open)


def _applied(made: Sequence[Application], market: Market, code: SecurityCode) -> int:
    counted = (one for one in made if one.state not in NOT_COUNTED)
    same = (one for one in counted if (one.draft.market, one.draft.code) == (market, code))
    return sum(int(one.draft.quantity) for one in same)


def _from(offers: Sequence[Offered], issue: str | None) -> Sequence[Offered]:
    at = next((at for at, one in enumerate(offers) if one.id == issue), 0)
    return offers[at:]
