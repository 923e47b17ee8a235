"""Dialogue: a statement by e-mail or fax (对账单). Period, way, read-back; it is made later."""

from datetime import date
from typing import Final

from callcenter.domain.calls import CallerNumber
from callcenter.domain.periods import Period, last_month, this_month
from callcenter.domain.statements import Statement, StatementNumber
from callcenter.domain.subscriptions import Channel, Delivery
from callcenter.ivr.answers import Answer
from callcenter.ivr.catalogue import Say, say
from callcenter.ivr.endings import GoBack
from callcenter.ivr.keys import MENU_BACK
from callcenter.ivr.periods import ask_period
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.session import Session
from callcenter.ivr.steps import walk
from callcenter.ivr.telephone import as_dialled, ask_telephone

_CHANNELS: Final = {"1": Channel.EMAIL, "2": Channel.FAX}


async def statement(session: Session) -> None:
    """Queue a statement of the period and for the way that the caller chooses."""
    await _StatementDialogue(session).run()


class _StatementDialogue:
    """
    Takes one wish.

    What is told is remembered, and its number before the read-back: a call that comes from
    another daemon queues one statement.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._talk = session.talk

    async def run(self) -> None:
        if (known := await self._written()) is not None:
            return await self._tell(known)
        answer = Answer.NO
        while answer is Answer.NO:
            told = self._session.draft
            await walk(
                [self._ask_period, self._ask_delivery],
                start=("first" in told) + ("channel" in told),
            )
            answer = await self._read_back()
            if answer is Answer.NO:
                await self._session.forget()
        if answer is Answer.YES:
            return await self._queue()
        return await self._talk.say(say(Prompt.STATEMENT_DROPPED))

    async def _ask_period(self) -> None:
        await self._session.forget()
        while True:
            key = await self._talk.choose(say(Prompt.CHOOSE_PERIOD), among="123")
            if key == MENU_BACK:
                raise GoBack
            try:
                period = await self._period(key)
            except GoBack:
                continue
            return await self._session.remember(
                first=period.first.isoformat(), last=period.last.isoformat()
            )

    async def _period(self, key: str) -> Period:
        today = self._session.trading.today
        if key == "3":
            return await ask_period(self._session)
        return this_month(today) if key == "1" else last_month(today)

    async def _ask_delivery(self) -> None:
        await self._session.forget("channel", "fax")
        while True:
            key = await self._talk.choose(say(Prompt.CHOOSE_STATEMENT_DELIVERY), among=_CHANNELS)
            if key == MENU_BACK:
                raise GoBack
            channel = _CHANNELS[key]
            if channel is Channel.EMAIL:
                return await self._session.remember(channel=channel)
            try:
                number = await ask_telephone(self._session, Prompt.ASK_FAX_NUMBER)
            except GoBack:
                continue
            return await self._session.remember(channel=channel, fax=number)

    async def _read_back(self) -> Answer:
        if "number" not in self._session.draft:
            number = await self._session.statements.new_number()
            await self._session.remember(number=number)
        period = self._told_period()
        told = say(Prompt.READ_BACK_STATEMENT, first=period.first, last=period.last)
        return await self._talk.confirm(told, _way(self._told_delivery()), fresh=False)

    async def _queue(self) -> None:
        session = self._session
        queued = await session.statements.ask_for(
            StatementNumber(session.draft["number"]),
            session.customer.account,
            self._told_period(),
            self._told_delivery(),
            session.station,
        )
        await self._tell(queued)

    async def _tell(self, queued: Statement) -> None:
        told = say(Prompt.STATEMENT_QUEUED, number=queued.number)
        await self._talk.say(told, _way(queued.delivery))

    async def _written(self) -> Statement | None:
        number = self._session.draft.get("number")
        return await self._session.statements.find(StatementNumber(number)) if number else None

    def _told_period(self) -> Period:
        told = self._session.draft
        first, last = (date.fromisoformat(told[name]) for name in ("first", "last"))
        return Period(first=first, last=last)

    def _told_delivery(self) -> Delivery:
        told = self._session.draft
        fax = told.get("fax")
        number = None if fax is None else CallerNumber(fax)
        return Delivery(channel=Channel(told["channel"]), number=number)


def _way(delivery: Delivery) -> Say:
    if delivery.number is None:
        return say(Prompt.STATEMENT_BY_EMAIL)
    return say(Prompt.STATEMENT_BY_FAX, number=as_dialled(delivery.number))
