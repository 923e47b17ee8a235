"""Dialogues: what is either on or off. Execution reports, and the monthly statement."""

from dataclasses import dataclass
from typing import Final

from callcenter.domain.subscriptions import Executions, MonthlyStatement
from callcenter.ivr.catalogue import say
from callcenter.ivr.keys import YES
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """What is said of a subscription that is on, or off, or has just become so."""

    is_on: Prompt
    is_off: Prompt
    turned_on: Prompt
    turned_off: Prompt


_EXECUTIONS: Final = _Words(
    is_on=Prompt.EXECUTIONS_ARE_ON,
    is_off=Prompt.EXECUTIONS_ARE_OFF,
    turned_on=Prompt.EXECUTIONS_TURNED_ON,
    turned_off=Prompt.EXECUTIONS_TURNED_OFF,
)
_STATEMENT: Final = _Words(
    is_on=Prompt.STATEMENT_IS_ON,
    is_off=Prompt.STATEMENT_IS_OFF,
    turned_on=Prompt.STATEMENT_TURNED_ON,
    turned_off=Prompt.STATEMENT_TURNED_OFF,
)


async def execution_reports(session: Session) -> None:
    """Tell whether fills are reported, and change that on key 1."""
    await _switch(session, Executions(), _EXECUTIONS)


async def monthly_statement(session: Session) -> None:
    """Tell whether a statement is sent each month, and change that on key 1."""
    await _switch(session, MonthlyStatement(), _STATEMENT)


async def _switch(session: Session, wish: Executions | MonthlyStatement, words: _Words) -> None:
    subscriptions, account = session.subscriptions, session.customer.account
    found = await subscriptions.of_kind(account, wish.kind)
    if await session.talk.choose(say(words.is_on if found else words.is_off), among=[YES]) != YES:
        return None
    for one in found:
        await subscriptions.unsubscribe(one, session.station)
    if found:
        return await session.talk.say(say(words.turned_off))
    number = await subscriptions.new_number()
    await subscriptions.subscribe(number, account, wish, session.station)
    hint = [] if await subscriptions.delivery(account) else [say(Prompt.NO_DELIVERY_YET)]
    by_mail_anyhow = isinstance(wish, MonthlyStatement)
    return await session.talk.say(say(words.turned_on), *([] if by_mail_anyhow else hint))
