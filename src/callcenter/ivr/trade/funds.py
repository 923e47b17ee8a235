"""Dialogues: subscribe to a fund by amount, redeem one by shares (基金申购, 基金赎回)."""

from collections.abc import Awaitable, Callable
from decimal import Decimal, InvalidOperation
from typing import Final

from callcenter.domain.applications import (
    ApplicationDraft,
    ApplicationKind,
    FundHolding,
    OpenFund,
)
from callcenter.domain.errors import Refused
from callcenter.domain.refusals import Refusal
from callcenter.domain.securities import SecurityCode
from callcenter.ivr.answers import Answer
from callcenter.ivr.catalogue import Say, say
from callcenter.ivr.endings import GoBack
from callcenter.ivr.keys import MENU_BACK, NO, YES, Kind
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.session import Session
from callcenter.ivr.steps import walk
from callcenter.ivr.trade.applying import apply, number_of, tell_written

_CODE_LENGTH: Final = 6
_HUNDREDTH: Final = Decimal("0.01")


async def subscribe(session: Session) -> None:
    await _Subscribe(session).run()


async def redeem(session: Session) -> None:
    await _Redeem(session).run()


class _FundDialogue:
    """
    Takes one application: fund, quantity, read-back.

    What was told is remembered, so that a call which comes from another daemon goes on where it
    was; an application that was confirmed is not made again.
    """

    kind: ApplicationKind
    wrong_quantity: Refusal

    def __init__(self, session: Session) -> None:
        self._session = session
        self._talk = session.talk
        self._applications = session.applications

    async def run(self) -> None:
        """Raise `GoBack` if the caller goes back before the first question."""
        self._session.trading.admit(self._session.customer, self._session.station)
        if await tell_written(self._session):
            return None
        steps = [self._ask_fund, self._ask_quantity]
        while True:
            await self._check_again()
            told = self._session.draft
            await walk(steps, start=("fund" in told) + ("quantity" in told))
            fund, draft = await self._fund(), await self._draft()
            match await self._talk.confirm(self._read_back(fund, draft)):
                case Answer.YES:
                    return await apply(self._session, draft)
                case Answer.NO:
                    await self._session.forget()
                case Answer.DROPPED:
                    return await self._talk.say(say(Prompt.APPLICATION_DROPPED))

    async def _check_again(self) -> None:
        """Ask again what was told before and is not allowed any more, and say why."""
        if "quantity" not in self._session.draft:
            return
        try:
            await self._applications.check(await self._draft())
        except Refused as refused:
            await self._talk.refuse(refused)
            await self._session.forget("quantity")

    async def _ask_fund(self) -> None:
        raise NotImplementedError

    async def _ask_quantity(self) -> None:
        raise NotImplementedError

    def _read_back(self, fund: OpenFund, draft: ApplicationDraft) -> Say:
        raise NotImplementedError

    async def _fund(self) -> OpenFund:
        return await self._applications.fund(SecurityCode(self._session.draft["fund"]))

    async def _draft(self) -> ApplicationDraft:
        return await self._of(Decimal(self._session.draft["quantity"]))

    async def _of(self, quantity: Decimal) -> ApplicationDraft:
        return ApplicationDraft(
            number=await number_of(self._session),
            account=self._session.customer.account,
            kind=self.kind,
            market=None,
            code=SecurityCode(self._session.draft["fund"]),
            quantity=quantity,
        )

    async def _checked(self, keyed: str) -> Decimal:
        """Return what was keyed if it may be applied for; else raise `Refused`."""
        quantity = _hundredths(keyed, self.wrong_quantity)
        await self._applications.check(await self._of(quantity))
        return quantity

    async def _listed(self, keyed: str) -> OpenFund:
        if len(keyed) > _CODE_LENGTH:
            raise Refused(Refusal.UNKNOWN_FUND)
        return await self._applications.fund(SecurityCode(keyed.zfill(_CODE_LENGTH)))

    def _net_value(self, fund: OpenFund) -> Say:
        name = self._session.name(fund)
        return say(Prompt.FUND_NET_VALUE, name=name, day=fund.of, value=fund.net_value)


class _Subscribe(_FundDialogue):
    kind = ApplicationKind.FUND_SUBSCRIBE
    wrong_quantity = Refusal.NOT_AN_AMOUNT

    async def _ask_fund(self) -> None:
        await self._session.forget()

        async def check(keyed: str) -> OpenFund:
            fund = await self._listed(keyed)
            if not fund.may_subscribe:
                raise Refused(Refusal.FUND_SUBSCRIPTION_SUSPENDED)
            return fund

        fund = await self._talk.ask(say(Prompt.ASK_FUND_CODE), kind=Kind.NUMBER, check=check)
        await self._session.remember(fund=fund.code, kind=self.kind.value)

    async def _ask_quantity(self) -> None:
        await self._session.forget("quantity")
        fund = await self._fund()
        amount = await self._talk.ask(
            self._net_value(fund),
            say(Prompt.FUND_LEAST, least=fund.least),
            say(Prompt.ASK_FUND_AMOUNT),
            kind=Kind.DECIMAL,
            check=self._checked,
        )
        await self._session.remember(quantity=str(amount))

    def _read_back(self, fund: OpenFund, draft: ApplicationDraft) -> Say:
        name = self._session.name(fund)
        words = Prompt.READ_BACK_FUND_SUBSCRIBE
        return say(words, name=name, code=fund.code, amount=draft.quantity)


class _Redeem(_FundDialogue):
    kind = ApplicationKind.FUND_REDEEM
    wrong_quantity = Refusal.NOT_A_QUANTITY

    async def _ask_fund(self) -> None:
        await self._session.forget()

        async def check(keyed: str) -> OpenFund:
            return await self._redeemable(await self._listed(keyed))

        fund = await self._talk.ask(
            say(Prompt.ASK_REDEEM_CODE), kind=Kind.NUMBER, check=check, default=self._from_holdings
        )
        await self._session.remember(fund=fund.code, kind=self.kind.value)

    async def _ask_quantity(self) -> None:
        await self._session.forget("quantity")
        fund = await self._fund()
        most = (await self._held(fund)).redeemable
        shares = await self._talk.ask(
            self._net_value(fund),
            say(Prompt.ASK_FUND_SHARES, most=most),
            kind=Kind.DECIMAL,
            check=self._checked,
            default=self._all_of(most),
        )
        await self._session.remember(quantity=str(shares))

    def _read_back(self, fund: OpenFund, draft: ApplicationDraft) -> Say:
        name = self._session.name(fund)
        words = Prompt.READ_BACK_FUND_REDEEM
        return say(words, name=name, code=fund.code, shares=draft.quantity)

    def _all_of(self, most: Decimal) -> Callable[[], Awaitable[Decimal]]:
        async def everything() -> Decimal:
            return await self._checked(str(most))

        return everything

    async def _redeemable(self, fund: OpenFund) -> OpenFund:
        """Raise `Refused` if nothing of the fund can be redeemed."""
        if not fund.may_redeem:
            raise Refused(Refusal.FUND_REDEMPTION_SUSPENDED)
        await self._held(fund)
        return fund

    async def _held(self, fund: OpenFund) -> FundHolding:
        for held in await self._applications.holdings(self._session.customer.account):
            if held.fund.code == fund.code and held.redeemable:
                return held
        raise Refused(Refusal.NOT_ENOUGH_FUND_SHARES)

    async def _from_holdings(self) -> OpenFund:
        """Offer what can be redeemed, one by one; raise `GoBack` if none was chosen."""
        for held in await self._applications.holdings(self._session.customer.account):
            if held.redeemable and held.fund.may_redeem:
                words = say(
                    Prompt.FUND_TO_REDEEM,
                    name=self._session.name(held.fund),
                    shares=held.redeemable,
                )
                match await self._talk.choose(words, among=(YES, NO)):
                    case "1":
                        return held.fund
                    case key if key == MENU_BACK:
                        raise GoBack
        await self._talk.say(say(Prompt.NO_MORE_FUNDS))
        raise GoBack


def _hundredths(keyed: str, wrong: Refusal) -> Decimal:
    """Return a positive number with two places; raise `Refused` if it is not one."""
    try:
        value = Decimal(keyed)
        exact = value.quantize(_HUNDREDTH)
    except InvalidOperation:
        raise Refused(wrong) from None
    if exact <= 0 or exact != value:
        raise Refused(wrong)
    return exact
