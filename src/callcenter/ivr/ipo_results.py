"""Dialogue: what became of applications for new shares (配号、中签)."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import date, timedelta
from typing import Final

from callcenter.domain.applications import Application, ApplicationKind, ApplicationState
from callcenter.domain.errors import CounterUnavailable
from callcenter.domain.securities import Market, SecurityCode
from callcenter.ivr.catalogue import Say, say
from callcenter.ivr.listing import read_list
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.session import Session

# Lots are drawn and paid for within a week; what is older is settled and no news.
_DAYS: Final = timedelta(days=30)
_Issue = tuple[date, Market | None, SecurityCode]
_S: Final = ApplicationState
_URGENT: Final = (_S.PAYMENT_DUE, _S.ALLOTTED)
_WITH_SHARES: Final = {
    _S.ALLOTTED: Prompt.IPO_ALLOTTED,
    _S.PAYMENT_DUE: Prompt.IPO_PAYMENT_DUE,
}
_RESULT: Final = {
    _S.PENDING: Prompt.IPO_UNKNOWN,
    _S.UNKNOWN: Prompt.IPO_UNKNOWN,
    _S.MANUAL: Prompt.IPO_UNKNOWN,
    _S.ACCEPTED: Prompt.IPO_WAITS,
    _S.REJECTED: Prompt.IPO_REJECTED,
    _S.WITHDRAWN: Prompt.IPO_WITHDRAWN,
    _S.CANCELLED: Prompt.IPO_CANCELLED,
    _S.VOID: Prompt.IPO_VOID,
    _S.NOT_ALLOTTED: Prompt.IPO_NOT_ALLOTTED,
    _S.ALLOTTED: Prompt.IPO_ALLOTTED_SOMEHOW,
    _S.PAYMENT_DUE: Prompt.IPO_ALLOTTED_SOMEHOW,
    _S.PAID: Prompt.IPO_PAID,
    _S.FORFEITED: Prompt.IPO_FORFEITED,
    _S.CONFIRMED: Prompt.IPO_PAID,
    _S.NOT_CONFIRMED: Prompt.IPO_VOID,
}


async def ipo_results(session: Session) -> None:
    """Read the applications of the last thirty days: first what must be paid, then the newest."""
    since = session.trading.today - _DAYS
    made = await session.applications.since(session.customer.account, since)
    of_issues = [one for one in made if one.draft.kind is ApplicationKind.IPO]
    if not of_issues:
        return await session.talk.say(say(Prompt.NO_IPO_RESULTS))
    by_urgency = sorted(of_issues, key=lambda one: one.state not in _URGENT)
    names = await _names(session, {one.trade_date for one in by_urgency})
    return await read_list(session.talk, [_result(one, names) for one in by_urgency])


async def _names(session: Session, days: Collection[date]) -> Mapping[_Issue, str]:
    """Return what the issues of these days are called; without the counter nobody knows."""
    names: dict[_Issue, str] = {}
    with suppress(CounterUnavailable):
        for day in days:
            for issue in await session.applications.issues_on(day):
                names[day, issue.market, issue.code] = session.name(issue)
    return names


def _result(application: Application, names: Mapping[_Issue, str]) -> list[Say]:
    draft, outcome = application.draft, application.outcome
    head = say(
        Prompt.IPO_APPLICATION,
        day=application.trade_date,
        code=draft.code,
        quantity=int(draft.quantity),
    )
    name = names.get((application.trade_date, draft.market, draft.code))
    told = [head] if name is None else [say(Prompt.IPO_NAME, name=name), head]
    known = outcome.shares is not None and outcome.amount is not None
    if known and outcome.state in _WITH_SHARES:
        words = _WITH_SHARES[outcome.state]
        return [*told, say(words, shares=int(outcome.shares or 0), amount=outcome.amount)]
    return [*told, say(_RESULT[outcome.state])]
