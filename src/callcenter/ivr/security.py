"""Dialogue step: which security? By code, and by market where a code is not enough."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from callcenter.domain.errors import Refused
from callcenter.domain.refusals import Refusal
from callcenter.domain.securities import Board, Market, Security
from callcenter.ivr.catalogue import Say, say
from callcenter.ivr.endings import GoBack
from callcenter.ivr.keys import MENU_BACK, Kind
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.session import Session

_MARKETS: Final = {
    Market.SH: ("1", Prompt.MARKET_SH),
    Market.SZ: ("2", Prompt.MARKET_SZ),
    Market.BJ: ("3", Prompt.MARKET_BJ),
}
_CODE_LENGTH: Final = 6


async def ask_security(
    session: Session,
    question: Say,
    *,
    tradable: bool,
    default: Callable[[], Awaitable[Security]] | None = None,
) -> Security:
    """Ask for a code until it is a security's, and for the market only where it must be told."""

    async def listed(code: str) -> Sequence[Security]:
        if len(code) > _CODE_LENGTH:
            raise Refused(Refusal.UNKNOWN_SECURITY)
        found = await session.trading.find(code)
        wanted = [one for one in found if not tradable or one.board is not Board.INDEX]
        if not wanted:
            raise Refused(Refusal.UNKNOWN_SECURITY)
        return wanted

    async def offered() -> Sequence[Security]:
        return [await default()] if default else []

    while True:
        found = await session.talk.ask(
            question, kind=Kind.NUMBER, check=listed, default=offered if default else None
        )
        if len(found) == 1:
            return found[0]
        try:
            return await _choose_market(session, found)
        except GoBack:
            continue  # the code is one level above its market


async def security_of(session: Session, security_id: str) -> Security:
    """Return the security that was told before, by `Security.id`."""
    found = await session.trading.find(security_id[2:])
    return next(security for security in found if security.id == security_id)


async def _choose_market(session: Session, found: Sequence[Security]) -> Security:
    by_key = {_MARKETS[security.market][0]: security for security in found}
    question = [say(_MARKETS[one.market][1], key=_MARKETS[one.market][0]) for one in found]
    key = await session.talk.choose(say(Prompt.CHOOSE_MARKET), *question, among=by_key)
    if key == MENU_BACK:
        raise GoBack
    return by_key[key]
