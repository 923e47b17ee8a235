"""
What a call may have been in the middle of, recognised by what its dialogue had been told.

Only what was told to the end counts: a caller who is at the read-back, or one answer before it,
wants to go on; one who had keyed a code starts again.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final, Protocol

from callcenter.domain.applications import ApplicationKind, ApplicationState
from callcenter.domain.orders import CANCELLABLE, Order, OrderNumber, Side
from callcenter.domain.requests import RequestNumber
from callcenter.domain.securities import Security, SecurityCode
from callcenter.ivr.catalogue import Say, say
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.results import of_application, of_order, of_transfer, of_wish
from callcenter.ivr.session import Session

Told = Mapping[str, str]


class Matter(Protocol):
    """Something that was told before a call was dropped."""

    async def became(self, session: Session) -> Sequence[Say]:
        """Return what became of it, if it had been confirmed and written down; else nothing."""
        ...

    async def about(self, session: Session) -> Sequence[Say]:
        """Say what it is. Raise `Refused` if that does not exist any more."""
        ...

    def again(self) -> Told:
        """Return what a dialogue must have been told to ask for the confirmation again."""
        ...


def matter_of(told: Told) -> Matter | None:
    """Return what this was about; None if it had not come far enough to be gone on with."""
    for needed, matter in _MATTERS:
        if needed <= told.keys():
            return matter(told)
    return None


class _Told:
    """What was told; `keeps` are the answers that a dialogue goes on with."""

    keeps: frozenset[str] = frozenset()

    def __init__(self, told: Told) -> None:
        self._told = told

    def again(self) -> Told:
        return {name: was for name, was in self._told.items() if name in self.keeps}


class _OrderMatter(_Told):
    keeps = frozenset({"security", "side", "price", "quantity", "number"})

    async def became(self, session: Session) -> Sequence[Say]:
        if "number" not in self._told:
            return []
        order = await session.trading.find_order(OrderNumber(self._told["number"]))
        if order is None or order.draft.account != session.customer.account:
            return []
        return of_order(session.talk, order.draft.number, await session.trading.complete(order))

    async def about(self, session: Session) -> Sequence[Say]:
        is_buy = self._told["side"] == Side.BUY
        return [
            say(
                Prompt.LEFT_OFF_BUY if is_buy else Prompt.LEFT_OFF_SELL,
                name=session.name(await self._security(session)),
                quantity=int(self._told["quantity"]),
                price=Decimal(self._told["price"]),
            )
        ]

    async def _security(self, session: Session) -> Security:
        wanted = self._told["security"]
        found = await session.trading.find(wanted[2:])
        return next((one for one in found if one.id == wanted), found[0])


class _TransferMatter(_Told):
    keeps = frozenset({"bank", "amount", "number"})

    async def became(self, session: Session) -> Sequence[Say]:
        if "number" not in self._told:
            return []
        made = await session.transfers.find(RequestNumber(self._told["number"]))
        if made is None or made.account != session.customer.account:
            return []
        # It is written down, so this sends nothing: it only looks up what became of it.
        whose = (session.customer, session.station, None)
        outcome = await session.transfers.request(made.draft, *whose)
        return of_transfer(session.talk, made.draft, outcome)

    async def about(self, session: Session) -> Sequence[Say]:
        return [say(Prompt.LEFT_OFF_TRANSFER, amount=Decimal(self._told["amount"]))]


class _ApplicationMatter(_Told):
    async def became(self, session: Session) -> Sequence[Say]:
        if "number" not in self._told:
            return []
        made = await session.applications.find(RequestNumber(self._told["number"]))
        if made is None or made.account != session.customer.account:
            return []
        whose = (session.customer, session.station)
        outcome = await session.applications.apply(made.draft, *whose)
        return of_application(session.talk, made.number, outcome)


class _IssueMatter(_ApplicationMatter):
    keeps = frozenset({"issue", "wanted", "quantity", "number"})

    async def about(self, session: Session) -> Sequence[Say]:
        quantity = int(self._told["quantity"])
        code = SecurityCode(self._told["issue"][2:])
        return [say(Prompt.LEFT_OFF_ISSUE, code=code, quantity=quantity)]


class _FundMatter(_ApplicationMatter):
    keeps = frozenset({"fund", "kind", "quantity", "number"})

    async def about(self, session: Session) -> Sequence[Say]:
        fund = await session.applications.fund(SecurityCode(self._told["fund"]))
        quantity, name = Decimal(self._told["quantity"]), session.name(fund)
        if self._told["kind"] == ApplicationKind.FUND_REDEEM:
            return [say(Prompt.LEFT_OFF_REDEEM, name=name, shares=quantity)]
        return [say(Prompt.LEFT_OFF_SUBSCRIBE, name=name, amount=quantity)]


class _CancelMatter(_Told):
    """`order` is where a list was; `asked` says that the caller wished to cancel it."""

    keeps = frozenset({"order", "asked"})

    async def became(self, session: Session) -> Sequence[Say]:
        if "cancel" not in self._told:
            return []
        order = await session.trading.find_order(OrderNumber(self._told["cancel"]))
        return [] if order is None or _is_open(order) else of_wish(order)

    async def about(self, session: Session) -> Sequence[Say]:
        return [say(Prompt.LEFT_OFF_CANCEL, number=self._told["asked"])]


class _CancelAllMatter(_Told):
    keeps = frozenset({"all"})

    async def became(self, session: Session) -> Sequence[Say]:
        """Of many, some may have been cancelled: then the others are offered again."""
        found = [await self._order(session, number) for number in self._told["all"].split()]
        if "sure" not in self._told or any(map(_is_open, found)):
            return []
        return [say(Prompt.LEFT_OFF_ALL_OVER)]

    async def about(self, session: Session) -> Sequence[Say]:
        return [say(Prompt.LEFT_OFF_CANCEL_ALL)]

    async def _order(self, session: Session, number: str) -> Order | None:
        return await session.trading.find_order(OrderNumber(number))


class _ApplicationCancelMatter(_Told):
    keeps = frozenset({"asked", "sure"})

    async def became(self, session: Session) -> Sequence[Say]:
        if "cancel" not in self._told:
            return []
        made = await session.applications.find(RequestNumber(self._told["cancel"]))
        if made is None or made.state is not ApplicationState.CANCELLED:
            return []
        return of_application(session.talk, made.number, made.outcome)

    async def about(self, session: Session) -> Sequence[Say]:
        return [say(Prompt.LEFT_OFF_APPLICATION_CANCEL, number=self._told["asked"])]


def _is_open(order: Order | None) -> bool:
    """Tell whether an order can be cancelled, and no wish to do so stands."""
    if order is None or order.state not in CANCELLABLE:
        return False
    return order.cancel_asked <= order.cancel_refused


_MATTERS: Final = (
    ({"security", "price", "quantity", "side"}, _OrderMatter),
    ({"issue", "quantity"}, _IssueMatter),
    ({"fund", "quantity", "kind"}, _FundMatter),
    ({"amount"}, _TransferMatter),
    ({"all"}, _CancelAllMatter),
    ({"order", "asked"}, _CancelMatter),
    ({"asked", "sure"}, _ApplicationCancelMatter),
)
