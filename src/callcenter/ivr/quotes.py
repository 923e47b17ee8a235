"""Dialogue: the quote of a security, and from there an alert or an order."""

from typing import Final

from callcenter.domain.errors import QuotesUnavailable, Refused
from callcenter.domain.orders import Side
from callcenter.domain.refusals import Refusal
from callcenter.domain.securities import Board, Quote, Security
from callcenter.ivr.asof import as_of
from callcenter.ivr.catalogue import Say, say
from callcenter.ivr.entering import go_into
from callcenter.ivr.keys import MENU_BACK
from callcenter.ivr.login import login
from callcenter.ivr.order import OrderDialogue
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.security import ask_security
from callcenter.ivr.session import Session
from callcenter.ivr.subscriptions.alerts import add_alert

_ALERT: Final = "alert"
_SIDES: Final = {"4": Side.BUY, "5": Side.SELL}


async def quotes(session: Session) -> None:
    """Ask for securities and say their quotes, until the caller goes back."""
    step = session.next_step(among=[*Side, _ALERT])
    if step == _ALERT:
        await _alert(session, None)
    elif step is not None:
        await _order(session, Side(step), None)
    while True:
        security = await ask_security(session, say(Prompt.ASK_QUOTE_CODE), tradable=False)
        if not await _tell(session, security):
            return


async def _tell(session: Session, security: Security) -> bool:
    """Return whether the caller wants another security."""
    is_index = security.board is Board.INDEX
    among = "123" if is_index else "12345"
    while True:
        try:
            quote = await session.trading.quote(security)
        except QuotesUnavailable:
            await session.talk.refuse(Refused(Refusal.QUOTES_UNAVAILABLE))
            return True
        words = _index(session, quote) if is_index else _quote(session, quote)
        key = await session.talk.choose(*as_of(session, quote), *words, among=among)
        match key:
            case "1":
                continue
            case "2":
                return True
            case "3":
                await _alert(session, security)
            case "4" | "5":
                await _order(session, _SIDES[key], security)
            case _ if key == MENU_BACK:
                return False


async def _order(session: Session, side: Side, security: Security | None) -> None:
    async def order(session: Session) -> None:
        if security is not None:
            await session.remember(security=security.id, side=side.value)
        await login(session)
        await OrderDialogue(session, side).run()

    await go_into(session, side.value, order)


async def _alert(session: Session, security: Security | None) -> None:
    async def alert(session: Session) -> None:
        if security is not None:
            await session.remember(security=security.id)
        await login(session)
        await add_alert(session)

    await go_into(session, _ALERT, alert)


def _quote(session: Session, quote: Quote) -> list[Say]:
    return [
        say(Prompt.QUOTE, name=session.name(quote.security), last=quote.last),
        _change(quote, up=Prompt.QUOTE_UP, down=Prompt.QUOTE_DOWN),
        _book(quote),
        say(Prompt.QUOTE_MENU),
    ]


def _book(quote: Quote) -> Say:
    """Say the range and the best of each side, or that a side is empty, as at a price limit."""
    words = {
        (True, True): Prompt.QUOTE_BOOK,
        (False, True): Prompt.QUOTE_NO_BIDS,
        (True, False): Prompt.QUOTE_NO_ASKS,
        (False, False): Prompt.QUOTE_RANGE,
    }[quote.bid is not None, quote.ask is not None]
    return say(
        words,
        high=quote.high,
        low=quote.low,
        bid=quote.bid,
        ask=quote.ask,
        volume=quote.volume,
    )


def _index(session: Session, quote: Quote) -> list[Say]:
    """Say points, not yuan, and neither bid nor ask: nobody can trade an index."""
    return [
        say(Prompt.INDEX, name=session.name(quote.security), last=quote.last),
        _change(quote, up=Prompt.INDEX_UP, down=Prompt.INDEX_DOWN),
        say(Prompt.INDEX_RANGE, high=quote.high, low=quote.low, volume=quote.volume),
        say(Prompt.INDEX_MENU),
    ]


def _change(quote: Quote, *, up: Prompt, down: Prompt) -> Say:
    if not quote.change:
        return say(Prompt.QUOTE_FLAT)
    return say(
        up if quote.change > 0 else down,
        change=abs(quote.change),
        percent=abs(quote.change_percent),
    )
