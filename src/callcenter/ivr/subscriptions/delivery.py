"""Dialogue: how does the customer want to be told? SMS, e-mail, pager or a call."""

from typing import Final

from callcenter.domain.subscriptions import Channel, Delivery
from callcenter.ivr.catalogue import Say, say
from callcenter.ivr.endings import GoBack
from callcenter.ivr.keys import MENU_BACK
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.session import Session
from callcenter.ivr.telephone import as_dialled, ask_telephone

_CHANNELS: Final = {"1": Channel.SMS, "2": Channel.EMAIL, "3": Channel.PAGER, "4": Channel.VOICE}
_WORDS: Final = {
    Channel.SMS: Prompt.DELIVERED_BY_SMS,
    Channel.EMAIL: Prompt.DELIVERED_BY_EMAIL,
    Channel.PAGER: Prompt.DELIVERED_BY_PAGER,
    Channel.VOICE: Prompt.DELIVERED_BY_VOICE,
    Channel.FAX: Prompt.DELIVERED_BY_FAX,
}
_QUESTION: Final = {
    Channel.SMS: Prompt.ASK_SMS_NUMBER,
    Channel.PAGER: Prompt.ASK_PAGER_NUMBER,
    Channel.VOICE: Prompt.ASK_VOICE_NUMBER,
}


async def delivery(session: Session) -> None:
    """Tell how the customer is told now, and take another way."""
    known = await session.subscriptions.delivery(session.customer.account)
    now = delivered_by(known) if known else say(Prompt.NO_DELIVERY_YET)
    while True:
        key = await session.talk.choose(now, say(Prompt.CHOOSE_DELIVERY), among=_CHANNELS)
        if key == MENU_BACK:
            return None
        try:
            chosen = await _chosen(session, _CHANNELS[key])
        except GoBack:
            continue
        await session.subscriptions.deliver_by(session.customer.account, chosen, session.station)
        return await session.talk.say(say(Prompt.DELIVERY_CHANGED), delivered_by(chosen))


async def _chosen(session: Session, channel: Channel) -> Delivery:
    if channel is Channel.EMAIL:
        return Delivery(channel=channel)
    return Delivery(channel=channel, number=await ask_telephone(session, _QUESTION[channel]))


def delivered_by(delivery: Delivery) -> Say:
    """Say a channel with its number."""
    words = _WORDS[delivery.channel]
    if delivery.number is None:
        return say(words)
    return say(words, number=as_dialled(delivery.number))
