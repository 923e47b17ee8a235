"""Dialogue step: from which day to which day?"""

from datetime import date
from typing import Final

from callcenter.domain.errors import Refused
from callcenter.domain.periods import Period, last_days
from callcenter.domain.refusals import Refusal
from callcenter.ivr.catalogue import say
from callcenter.ivr.endings import GoBack
from callcenter.ivr.keys import Kind
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.session import Session

LONGEST_DAYS: Final = 366
DEFAULT_DAYS: Final = 7


async def ask_period(session: Session) -> Period:
    """
    Ask for the first and the last day; the end key at the first takes the last seven days.

    Raise `GoBack` if the caller goes back before the first question.
    """
    today = session.trading.today
    while True:
        first = await _ask_first(session, today)
        if first is None:
            return last_days(today, DEFAULT_DAYS)
        try:
            return Period(first=first, last=await _ask_last(session, first, today))
        except GoBack:
            continue


async def _ask_first(session: Session, today: date) -> date | None:
    async def check(keyed: str) -> date | None:
        return day_of(keyed, today)

    async def nothing() -> date | None:
        return None

    return await session.talk.ask(
        say(Prompt.ASK_FIRST_DAY), kind=Kind.NUMBER, check=check, default=nothing
    )


async def _ask_last(session: Session, first: date, today: date) -> date:
    async def check(keyed: str) -> date:
        last = day_of(keyed, today)
        if last < first:
            raise Refused(Refusal.DAYS_REVERSED)
        if Period(first=first, last=last).days > LONGEST_DAYS:
            raise Refused(Refusal.PERIOD_TOO_LONG)
        return last

    async def until_now() -> date:
        return await check(f"{today:%Y%m%d}")

    return await session.talk.ask(
        say(Prompt.ASK_LAST_DAY), kind=Kind.NUMBER, check=check, default=until_now
    )


def day_of(keyed: str, today: date) -> date:
    """
    Read YYYYMMDD, or MMDD as the last such day that is not to come.

    Raise `Refused` with NOT_A_DAY or DAY_TO_COME.
    """
    if len(keyed) == len("MMDD"):
        this_year = _read(f"{today.year}{keyed}")
        return _read(f"{today.year - 1}{keyed}") if this_year > today else this_year
    day = _read(keyed)
    if day > today:
        raise Refused(Refusal.DAY_TO_COME)
    return day


def _read(keyed: str) -> date:
    if len(keyed) != len("YYYYMMDD"):
        raise Refused(Refusal.NOT_A_DAY)
    try:
        return date(int(keyed[:4]), int(keyed[4:6]), int(keyed[6:]))
    except ValueError:
        raise Refused(Refusal.NOT_A_DAY) from None
