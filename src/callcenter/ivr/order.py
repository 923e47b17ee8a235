"""Dialogue: buy or sell. Code, price, quantity, read-back, order number."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Final

from callcenter.domain.errors import Refused
from callcenter.domain.orders import Draft, Order, OrderNumber, Side
from callcenter.domain.refusals import Refusal
from callcenter.domain.securities import Quote, Security
from callcenter.ivr.answers import Answer
from callcenter.ivr.asof import as_of
from callcenter.ivr.catalogue import Say, say
from callcenter.ivr.endings import GoBack
from callcenter.ivr.holdings import choose_holding
from callcenter.ivr.keys import Kind
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.results import of_order
from callcenter.ivr.security import ask_security
from callcenter.ivr.session import Session
from callcenter.ivr.steps import walk
from callcenter.ivr.told import Told
from callcenter.trading.offers import Offer
from callcenter.trading.orders.placing import Outcome

_FEN: Final = Decimal("0.01")
_MOST_DIGITS: Final = 18


async def buy(session: Session) -> None:
    await OrderDialogue(session, Side.BUY).run()


async def sell(session: Session) -> None:
    await OrderDialogue(session, Side.SELL).run()


class OrderDialogue:
    """
    Takes one order.

    What has been told is remembered in the session, so that a call which comes from another
    daemon goes on with the question it was at, and an order confirmed there is not asked again.
    """

    def __init__(self, session: Session, side: Side) -> None:
        self._session = session
        self._talk = session.talk
        self._trading = session.trading
        self._side = side
        self._told = Told()

    async def run(self) -> None:
        """Take the order. Raise `GoBack` if the caller goes back before the first question."""
        if (order := await self._written()) is not None:
            return await self._tell(order.draft.number, await self._trading.complete(order))
        self._trading.admit(self._session.customer, self._session.station)
        self._told = await self._recall()
        await self._check_again()
        steps = [self._ask_security, self._ask_price, self._ask_quantity]
        while True:
            await walk(steps, start=self._told.steps)
            answer = await self._read_back()
            if answer is Answer.NO:
                await self._forget()
            elif answer is Answer.DROPPED or self._is_as_read_back():
                break
        if answer is Answer.YES and await self._is_meant():
            return await self._place()
        return await self._talk.say(say(Prompt.ORDER_DROPPED))

    async def _ask_security(self) -> None:
        await self._forget()
        for _ in range(self._talk.tries):
            try:
                self._told = await self._offered(await self._which_security())
            except Refused as refused:
                await self._talk.refuse(refused)
            else:
                return await self._remember_security()
        raise GoBack

    async def _remember_security(self) -> None:
        await self._session.remember(security=self._told.offer.security.id, side=self._side.value)

    async def _which_security(self) -> Security:
        if self._side is Side.BUY:
            return await ask_security(self._session, say(Prompt.ASK_BUY_CODE), tradable=True)
        return await ask_security(
            self._session, say(Prompt.ASK_SELL_CODE), tradable=True, default=self._from_holdings
        )

    async def _from_holdings(self) -> Security:
        return await choose_holding(self._session)

    async def _offered(self, security: Security) -> Told:
        """Raise `Refused` if the customer may order nothing of it, not even for another day."""
        offer = await self._trading.offer(self._session.customer, self._side, security)
        return Told(offer_=offer, reserved_for=self._trading.reserved_for(security))

    async def _ask_price(self) -> None:
        offer, quote = self._told.offer, self._told.offer.quote
        await self._session.forget("price")  # if the caller came back to change it

        async def check(keyed: str) -> Decimal:
            price = _price(keyed)
            offer.check_price(price)
            offer.check_affordable(price)
            return price

        self._told.price_ = await self._talk.ask(
            *self._of_reservation(Prompt.RESERVATION_OFFER),
            *self._price_question(offer.security, quote),
            kind=Kind.DECIMAL,
            check=check,
            default=_last_of(quote, offer) if quote else None,
        )
        await self._session.remember(price=str(self._told.price))

    def _price_question(self, security: Security, quote: Quote | None) -> list[Say]:
        """Say the last price, however old, or that there is none and it must be keyed."""
        name = self._session.name(security)
        if quote is None:
            unpriced = say(Prompt.NAME_WITHOUT_PRICE, name=name)
            return [unpriced, say(Prompt.ASK_PRICE_WITHOUT_LAST)]
        priced = say(Prompt.NAME_AND_PRICE, name=name, last=quote.last)
        return [*as_of(self._session, quote), priced, say(Prompt.ASK_PRICE)]

    async def _ask_quantity(self) -> None:
        offer, price = self._told.offer, self._told.price
        most = Prompt.MOST_YOU_CAN_BUY if self._side is Side.BUY else Prompt.MOST_YOU_CAN_SELL

        async def check(keyed: str) -> int:
            quantity = _quantity(keyed)
            offer.check_quantity(price, quantity)
            return quantity

        self._told.quantity_ = await self._talk.ask(
            say(most, most=offer.most(price)),
            say(Prompt.ASK_QUANTITY),
            kind=Kind.NUMBER,
            check=check,
        )
        await self._session.remember(quantity=str(self._told.quantity_))

    async def _read_back(self) -> Answer:
        if self._told.number_ is None:
            self._told.number_ = await self._trading.new_number()
            await self._session.remember(number=self._told.number_)
        draft = self._draft()
        self._told.reserved_for = self._trading.reserved_for(draft.security)
        words = Prompt.READ_BACK_BUY if self._side is Side.BUY else Prompt.READ_BACK_SELL
        return await self._talk.confirm(
            *self._of_reservation(Prompt.READ_BACK_RESERVATION),
            say(
                words,
                name=self._session.name(draft.security),
                code=draft.security.code,
                price=draft.price,
                quantity=draft.quantity,
                amount=_to_the_fen(draft.price * draft.quantity),
            ),
        )

    def _is_as_read_back(self) -> bool:
        """Tell whether the market is still open, or still closed, as the caller was told."""
        return self._trading.reserved_for(self._told.offer.security) == self._told.reserved_for

    def _of_reservation(self, words: Prompt) -> list[Say]:
        day = self._told.reserved_for
        return [say(words, day=day)] if day else []

    async def _is_meant(self) -> bool:
        """Ask who has placed the same order just now; a line that broke left them in doubt."""
        twin = await self._trading.recent_twin(self._draft())
        if twin is None:
            return True
        told = say(Prompt.ORDER_TWIN, number=twin.draft.number)
        return await self._talk.confirm(told, choices=Prompt.CONFIRM_AGAIN) is Answer.YES

    async def _place(self) -> None:
        draft = self._draft()
        outcome = await self._trading.place(draft, self._session.customer, self._session.station)
        await self._tell(draft.number, outcome)

    async def _tell(self, number: OrderNumber, outcome: Outcome) -> None:
        await self._talk.say(*of_order(self._talk, number, outcome))

    async def _written(self) -> Order | None:
        """Return the order of this place, if it was confirmed before the call came here."""
        number = self._session.draft.get("number")
        return await self._trading.find_order(OrderNumber(number)) if number else None

    def _draft(self) -> Draft:
        return self._told.draft(self._session.customer.account)

    async def _forget(self) -> None:
        self._told = Told()
        await self._session.forget()

    async def _recall(self) -> Told:
        """Return what the caller told another daemon before the call came here."""
        told = self._session.draft
        if "security" not in told:
            return Told()
        return replace(
            await self._offered(await self._listed(told["security"])),
            price_=Decimal(told["price"]) if "price" in told else None,
            quantity_=int(told["quantity"]) if "quantity" in told else None,
            number_=OrderNumber(told["number"]) if "number" in told else None,
        )

    async def _check_again(self) -> None:
        """Judge once more what was told before; say why, and ask again, what is not allowed now."""
        offer, told = self._told.offer_, self._told
        if offer is None or told.price_ is None:
            return
        try:
            offer.check_price(told.price_)
        except Refused as refused:
            await self._drop(refused, "price", "quantity")
            told.price_ = told.quantity_ = None
        try:
            if told.price_ is not None and told.quantity_ is not None:
                offer.check_quantity(told.price_, told.quantity_)
        except Refused as refused:
            await self._drop(refused, "quantity")
            told.quantity_ = None

    async def _drop(self, refused: Refused, *answers: str) -> None:
        await self._talk.refuse(refused)
        await self._session.forget(*answers)

    async def _listed(self, security_id: str) -> Security:
        found = await self._trading.find(security_id[2:])
        return next(security for security in found if security.id == security_id)


def _last_of(quote: Quote, offer: Offer) -> Callable[[], Awaitable[Decimal]]:
    async def last() -> Decimal:
        offer.check_affordable(quote.last)
        return quote.last

    return last


def _price(keyed: str) -> Decimal:
    try:
        return Decimal(keyed)
    except InvalidOperation:
        raise Refused(Refusal.NOT_A_PRICE) from None


def _quantity(keyed: str) -> int:
    # More digits than these are too many shares anyhow, and too many for int().
    return int(keyed.lstrip("0")[:_MOST_DIGITS] or "0")


def _to_the_fen(amount: Decimal) -> Decimal:
    return amount.quantize(_FEN, rounding=ROUND_HALF_UP)
