"""Dialogues: price alerts (到价提醒). List them, add one, delete some."""

from decimal import Decimal, InvalidOperation
from typing import Final

from callcenter.domain.errors import Refused
from callcenter.domain.refusals import Refusal
from callcenter.domain.securities import Board, Quote, Security
from callcenter.domain.subscriptions import (
    Crossing,
    PriceAlert,
    SubscriptionKind,
    SubscriptionNumber,
)
from callcenter.ivr.asof import as_of
from callcenter.ivr.catalogue import Say, say
from callcenter.ivr.endings import GoBack
from callcenter.ivr.keys import MENU_BACK, Kind
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.security import ask_security, security_of
from callcenter.ivr.session import Session
from callcenter.ivr.steps import walk
from callcenter.ivr.subscriptions.listed import confirm_added, delete_some, read_all

_KIND: Final = SubscriptionKind.PRICE_ALERT
_MOST_DIGITS: Final = 12
_PLACES: Final = 3
_CROSSINGS: Final = {"1": Crossing.ABOVE, "2": Crossing.BELOW}


async def list_alerts(session: Session) -> None:
    await read_all(session, _KIND, Prompt.NO_ALERTS)


async def delete_alerts(session: Session) -> None:
    await delete_some(session, _KIND, Prompt.NO_ALERTS)


async def add_alert(session: Session) -> None:
    """Ask for a security, a side and a price, unless they were told before; keep the alert."""
    await _AlertDialogue(session).run()


class _AlertDialogue:
    """
    Takes one alert.

    What is told is remembered, the number of the alert before it is kept: a call that comes
    from another daemon adds it once.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._talk = session.talk

    async def run(self) -> None:
        steps = [self._ask_security, self._ask_crossing, self._ask_price]
        told = self._session.draft
        names = ("security", "crossing", "price")
        start = next((at for at, name in enumerate(names) if name not in told), len(steps))
        await walk(steps, start=start)
        await self._add()

    async def _ask_security(self) -> None:
        await self._session.forget()
        security = await ask_security(self._session, say(Prompt.ASK_ALERT_CODE), tradable=False)
        await self._session.remember(security=security.id)

    async def _ask_crossing(self) -> None:
        await self._session.forget("crossing")
        key = await self._talk.choose(say(Prompt.CHOOSE_CROSSING), among=_CROSSINGS)
        if key == MENU_BACK:
            raise GoBack
        await self._session.remember(crossing=_CROSSINGS[key])

    async def _ask_price(self) -> None:
        await self._session.forget("price")
        security, crossing = await self._security(), self._crossing()
        quote = await self._session.trading.quote_if_any(security)

        async def check(keyed: str) -> Decimal:
            price = price_of(keyed)
            if quote is not None and _is_reached(quote.last, price, crossing):
                raise Refused(Refusal.PRICE_REACHED)
            return price

        price = await self._talk.ask(
            *_last_price(self._session, security, quote),
            say(Prompt.ASK_ALERT_PRICE),
            kind=Kind.DECIMAL,
            check=check,
        )
        await self._session.remember(price=str(price))

    async def _add(self) -> None:
        session = self._session
        if "number" not in session.draft:
            await session.remember(number=await session.subscriptions.new_number())
        told = session.draft
        added = await session.subscriptions.subscribe(
            SubscriptionNumber(told["number"]),
            session.customer.account,
            PriceAlert(
                security=await self._security(),
                crossing=self._crossing(),
                price=Decimal(told["price"]),
            ),
            session.station,
        )
        await confirm_added(session, added)

    async def _security(self) -> Security:
        return await security_of(self._session, self._session.draft["security"])

    def _crossing(self) -> Crossing:
        return Crossing(self._session.draft["crossing"])


def _last_price(session: Session, security: Security, quote: Quote | None) -> list[Say]:
    name = session.name(security)
    if quote is None:
        return [say(Prompt.NAME_WITHOUT_PRICE, name=name)]
    words = Prompt.INDEX if security.board is Board.INDEX else Prompt.NAME_AND_PRICE
    return [*as_of(session, quote), say(words, name=name, last=quote.last)]


def price_of(keyed: str) -> Decimal:
    """Read a price with at most three places; raise `Refused` with NOT_A_PRICE."""
    try:
        price = Decimal(keyed)
    except InvalidOperation:
        raise Refused(Refusal.NOT_A_PRICE) from None
    places = len(keyed.partition(".")[2])
    if len(keyed) > _MOST_DIGITS or price <= 0 or places > _PLACES:
        raise Refused(Refusal.NOT_A_PRICE)
    return price


def _is_reached(last: Decimal, price: Decimal, crossing: Crossing) -> bool:
    return last >= price if crossing is Crossing.ABOVE else last <= price
