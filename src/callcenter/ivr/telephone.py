"""Dialogue step: which telephone number? The end key alone takes the one that calls."""

from typing import Final

from callcenter.domain.calls import WITHHELD, CallerNumber, e164
from callcenter.domain.errors import Refused
from callcenter.domain.refusals import Refusal
from callcenter.ivr.catalogue import say
from callcenter.ivr.keys import Kind
from callcenter.ivr.session import Session

_FEWEST: Final = 7
_MOST: Final = 15  # E.164
_CHINA: Final = "+86"
_MOBILE: Final = 11


async def ask_telephone(session: Session, question: str) -> CallerNumber:
    """Ask until it is a telephone number; raise `GoBack` if the caller goes back."""

    async def check(keyed: str) -> CallerNumber:
        if not _FEWEST <= len(keyed) <= _MOST:
            raise Refused(Refusal.NOT_A_TELEPHONE_NUMBER)
        return e164(keyed)

    async def this_one() -> CallerNumber:
        return calling_number(session)

    return await session.talk.ask(say(question), kind=Kind.NUMBER, check=check, default=this_one)


def calling_number(session: Session) -> CallerNumber:
    """Return the number that calls; raise `Refused` with CALLER_WITHHELD if it was not shown."""
    if session.station.caller == WITHHELD:
        raise Refused(Refusal.CALLER_WITHHELD)
    return session.station.caller


def as_dialled(number: str) -> str:
    """Return the digits by which people in China know a number: a mobile's eleven, or with 0."""
    if not number.startswith(_CHINA):
        return number.lstrip("+")
    national = number.removeprefix(_CHINA)
    return national if len(national) == _MOBILE and national.startswith("1") else f"0{national}"
