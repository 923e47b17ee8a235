"""Dialogue: the customer's funds with their net value, and today's applications for funds."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from callcenter.domain.applications import FUNDS, FundHolding
from callcenter.ivr.catalogue import Say, say
from callcenter.ivr.listing import read_list
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.session import Session
from callcenter.ivr.trade.applied import offer_to_cancel

_FEN: Final = Decimal("0.01")


async def fund_holdings(session: Session) -> None:
    """Read the funds, the largest first; then offer to cancel what was applied for today."""
    if session.draft.keys().isdisjoint(("asked", "cancel")):
        held = await session.applications.holdings(session.customer.account)
        if not held:
            await session.talk.say(say(Prompt.NO_FUNDS))
        by_worth = sorted(held, key=_worth, reverse=True)
        items = [[_about(session, one)] for one in by_worth]
        await read_list(session.talk, items, counted=Prompt.LIST_OF_SECURITIES)
    await offer_to_cancel(session, FUNDS)


def _about(session: Session, held: FundHolding) -> Say:
    return say(
        Prompt.FUND_HOLDING,
        name=session.name(held.fund),
        shares=held.shares,
        redeemable=held.redeemable,
        day=held.fund.of,
        value=held.fund.net_value,
        worth=_worth(held),
    )


def _worth(held: FundHolding) -> Decimal:
    return (held.shares * held.fund.net_value).quantize(_FEN, rounding=ROUND_HALF_UP)
