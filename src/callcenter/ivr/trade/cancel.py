"""Dialogue: cancel open orders, one by one, by number, or all at once (撤单)."""

import asyncio
from collections.abc import Sequence
from typing import Final

from callcenter.domain.errors import CallcenterError, Refused
from callcenter.domain.orders import CANCELLABLE, Order, OrderNumber, OrderState
from callcenter.domain.refusals import Refusal
from callcenter.ivr.account import about_order
from callcenter.ivr.answers import Answer
from callcenter.ivr.catalogue import Say, say
from callcenter.ivr.endings import GoBack
from callcenter.ivr.keys import MENU_BACK, Kind
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.session import Session
from callcenter.ivr.trade.wish import ask_to_cancel, cancel_one, take_up
from callcenter.trading.orders.cancelling import check_cancellable

_THIS: Final = "1"
_NEXT: Final = "2"
_ALL: Final = "3"
_AT_ONCE: Final = 8
_OF_A_NUMBER: Final = "456789"  # order numbers begin so
_CANCELLED: Final = frozenset({OrderState.CANCELLED, OrderState.PARTIALLY_CANCELLED})


async def cancel(session: Session) -> None:
    await CancelDialogue(session).run()


class CancelDialogue:
    """
    Cancels what can be cancelled, the newest first.

    What was confirmed is remembered before it is done, so that a call which comes from another
    daemon tells what became of it. A wish to cancel may be repeated without harm.

    A caller is asked about (`asked`) the order at hand until one is cancelled; from then on only
    about an order whose number they keyed: the list goes on by itself, though nobody wished it.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._talk = session.talk
        self._trading = session.trading
        told = session.draft
        self._has_cancelled = "cancel" in told or ("order" in told and "asked" not in told)
        self._named = None if self._has_cancelled else told.get("asked")

    async def run(self) -> None:
        """Raise `Refused` if this account may not trade from here."""
        self._trading.admit(self._session.customer, self._session.station)
        told = self._session.draft
        if "all" in told:
            return await self._cancel_all(_numbers(told["all"]), sure="sure" in told)
        await take_up(self._session)
        waiting = [order.draft.number for order in await self._open_orders()]
        if not waiting:
            raise Refused(Refusal.NOTHING_TO_CANCEL)
        if len(waiting) > 1 and "order" not in told:
            await self._talk.say(say(Prompt.CANCEL_COUNT, count=len(waiting)))
        return await self._offer(_from(waiting, told.get("order")))

    async def _offer(self, waiting: list[OrderNumber]) -> None:
        """Go through the orders as they are now, until there are no more or the caller leaves."""
        while waiting:
            order = await self._trading.find_order(waiting[0])
            if order is None or order.state not in CANCELLABLE:
                waiting.pop(0)
                continue
            await self._remember_place(order.draft.number)
            match await self._choice(order):
                case "1":
                    self._has_cancelled = True
                    await cancel_one(self._session, waiting.pop(0))
                case "2":
                    waiting.pop(0)
                case "3":
                    return await self._cancel_all(
                        [o.draft.number for o in await self._open_orders()]
                    )
                case key if key == MENU_BACK:
                    return None
                case _:
                    waiting = await self._keyed(waiting)
        await self._session.forget()
        return await self._talk.say(say(Prompt.CANCEL_NO_MORE))

    async def _remember_place(self, number: OrderNumber) -> None:
        if number == self._named or not self._has_cancelled:
            return await self._session.remember(order=number, asked=number)
        await self._session.forget("asked")
        return await self._session.remember(order=number)

    async def _choice(self, order: Order) -> str:
        return await self._talk.choose(
            *about_order(self._session, order),
            say(Prompt.CANCEL_CHOICES),
            among=(_THIS, _NEXT, _ALL),
            begins=_OF_A_NUMBER,
        )

    async def _keyed(self, waiting: list[OrderNumber]) -> list[OrderNumber]:
        """Let the caller key a number, and put that order first."""

        async def check(keyed: str) -> OrderNumber:
            order = await self._trading.find_order(OrderNumber(keyed))
            if order is None or order.draft.account != self._session.customer.account:
                raise Refused(Refusal.NO_SUCH_ORDER)
            check_cancellable(order)
            return order.draft.number

        try:
            number = await self._talk.ask(
                say(Prompt.ASK_ORDER_NUMBER), kind=Kind.NUMBER, check=check
            )
        except GoBack:
            return waiting
        self._named = number
        return [number, *(other for other in waiting if other != number)]

    async def _cancel_all(self, numbers: Sequence[OrderNumber], *, sure: bool = False) -> None:
        """Read back how many, once, and cancel them on a yes; count what came of it."""
        if not sure:
            numbers = await self._still_open(numbers)
        await self._session.remember(all=" ".join(numbers))
        if not sure:
            answer = await self._talk.confirm(
                say(Prompt.CANCEL_ALL_READ_BACK, count=len(numbers)),
                choices=Prompt.CONFIRM_OR_GIVE_UP,
            )
            if answer is not Answer.YES:
                await self._session.forget()
                return await self._talk.say(say(Prompt.CANCEL_GIVEN_UP))
            await self._session.remember(sure="yes")
        return await self._talk.say(*_counted(await self._states_after(numbers)))

    async def _states_after(self, numbers: Sequence[OrderNumber]) -> list[OrderState | None]:
        """Ask for all of them, some at once: nobody waits in silence, nor can hang up between."""
        turns = asyncio.Semaphore(_AT_ONCE)

        async def state_after(number: OrderNumber) -> OrderState | None:
            async with turns:
                return await self._state_after(number)

        return await asyncio.gather(*map(state_after, numbers))

    async def _state_after(self, number: OrderNumber) -> OrderState | None:
        """Return how an order is once its cancellation was asked for; None if it could not be."""
        try:
            return (await ask_to_cancel(self._session, number)).state
        except Refused as refused:
            gone = refused.reason is Refusal.ALREADY_CANCELLED
            return OrderState.CANCELLED if gone else None
        except CallcenterError:
            return None

    async def _still_open(self, numbers: Sequence[OrderNumber]) -> Sequence[OrderNumber]:
        """Return those that can still be cancelled; raise `Refused` if none can."""
        waiting = {order.draft.number for order in await self._open_orders()}
        found = [number for number in numbers if number in waiting]
        if not found:
            raise Refused(Refusal.NOTHING_TO_CANCEL)
        return found

    async def _open_orders(self) -> Sequence[Order]:
        """Return what can be cancelled: orders before reservations, the newest first."""
        found = await self._trading.open_orders(self._session.customer.account)
        return sorted(found, key=lambda order: order.state is OrderState.RESERVED)


def _from(waiting: list[OrderNumber], number: str | None) -> list[OrderNumber]:
    """Return the list from this number on, if it is in it."""
    at = next((at for at, one in enumerate(waiting) if one == number), 0)
    return waiting[at:]


def _numbers(told: str) -> list[OrderNumber]:
    return [OrderNumber(number) for number in told.split()]


def _counted(states: Sequence[OrderState | None]) -> list[Say]:
    done = sum(state in _CANCELLED for state in states)
    unknown = sum(state in CANCELLABLE for state in states)
    counts = {
        Prompt.CANCEL_ALL_DONE: done,
        Prompt.CANCEL_ALL_UNKNOWN: unknown,
        Prompt.CANCEL_ALL_FAILED: len(states) - done - unknown,
    }
    return [say(words, count=count) for words, count in counts.items() if count]
