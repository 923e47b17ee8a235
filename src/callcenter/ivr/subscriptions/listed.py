"""Dialogue steps: subscriptions in words, read one after another or chosen to be deleted."""

from callcenter.domain.securities import Board
from callcenter.domain.subscriptions import (
    Crossing,
    DailyQuote,
    PriceAlert,
    Subscription,
    SubscriptionKind,
)
from callcenter.ivr.catalogue import Say, say
from callcenter.ivr.keys import MENU_AGAIN, MENU_BACK, YES
from callcenter.ivr.listing import read_list
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.session import Session

_ALERT = {
    (False, Crossing.ABOVE): Prompt.ALERT_ABOVE,
    (False, Crossing.BELOW): Prompt.ALERT_BELOW,
    (True, Crossing.ABOVE): Prompt.ALERT_INDEX_ABOVE,
    (True, Crossing.BELOW): Prompt.ALERT_INDEX_BELOW,
}


async def read_all(session: Session, kind: SubscriptionKind, none: Prompt) -> None:
    """Read the subscriptions of a kind, the newest first."""
    found = await session.subscriptions.of_kind(session.customer.account, kind)
    if not found:
        return await session.talk.say(say(none))
    return await read_list(
        session.talk, [[in_words(session, one)] for one in found], counted=Prompt.LIST_OF_WISHES
    )


async def delete_some(session: Session, kind: SubscriptionKind, none: Prompt) -> None:
    """Offer the subscriptions of a kind one by one, and end those that the caller chooses."""
    found = await session.subscriptions.of_kind(session.customer.account, kind)
    if not found:
        return await session.talk.say(say(none))
    for one in found:
        key = await session.talk.choose(
            in_words(session, one), say(Prompt.SUBSCRIPTION_TO_DELETE), among=[YES, MENU_AGAIN]
        )
        if key == MENU_BACK:
            return None
        if key == YES:
            await session.subscriptions.unsubscribe(one, session.station)
            await session.talk.say(say(Prompt.SUBSCRIPTION_DELETED))
    return await session.talk.say(say(Prompt.NO_MORE_SUBSCRIPTIONS))


async def confirm_added(session: Session, added: Subscription) -> None:
    """Say what was subscribed to, and that it is still to be said how, if it is."""
    delivery = await session.subscriptions.delivery(added.account)
    hint = [] if delivery else [say(Prompt.NO_DELIVERY_YET)]
    await session.talk.say(say(Prompt.SUBSCRIPTION_ADDED), in_words(session, added), *hint)


def in_words(session: Session, subscription: Subscription) -> Say:
    """Say a price alert or a daily quote; of the others there is one at most."""
    match subscription.wish:
        case PriceAlert() as alert:
            is_index = alert.security.board is Board.INDEX
            return say(
                _ALERT[is_index, alert.crossing],
                name=session.name(alert.security),
                price=alert.price,
                until=subscription.until,
            )
        case DailyQuote() as daily:
            return say(Prompt.DAILY_QUOTE, at=daily.at, name=session.name(daily.security))
        case other:
            raise ValueError(f"{other.kind} is not listed")
