"""What is said of the outcome of whatever a caller confirmed: orders, cancellations, requests."""

from collections.abc import Mapping, Sequence
from typing import Final

from callcenter.domain.applications import ApplicationOutcome, ApplicationState
from callcenter.domain.orders import CANCELLABLE, Order, OrderNumber, OrderState
from callcenter.domain.refusals import Refusal
from callcenter.domain.requests import RequestNumber
from callcenter.domain.transfers import TransferDraft, TransferOutcome
from callcenter.ivr.banking.results import RESULT as TRANSFERS
from callcenter.ivr.catalogue import Say, say
from callcenter.ivr.conversation import Conversation
from callcenter.ivr.prompts import Prompt
from callcenter.trading.orders.placing import Outcome

# What moved on before it was told was accepted before that.
_ORDERS: Final[Mapping[OrderState, Prompt]] = {
    **dict.fromkeys(OrderState, Prompt.ORDER_ACCEPTED),
    OrderState.PENDING: Prompt.ORDER_UNKNOWN,
    OrderState.UNKNOWN: Prompt.ORDER_UNKNOWN,
    OrderState.REJECTED: Prompt.ORDER_REJECTED,
    OrderState.WITHDRAWN: Prompt.ORDER_WITHDRAWN,
    OrderState.RESERVED: Prompt.ORDER_RESERVED,
}
_WISHES: Final[Mapping[OrderState, Prompt]] = {
    **dict.fromkeys(OrderState, Prompt.CANCEL_ENDED),
    **dict.fromkeys(CANCELLABLE, Prompt.CANCEL_UNKNOWN),
    OrderState.CANCELLED: Prompt.CANCEL_DONE,
    OrderState.PARTIALLY_CANCELLED: Prompt.CANCEL_PARTLY_DONE,
    OrderState.FILLED: Prompt.CANCEL_TOO_LATE,
}
_APPLICATIONS: Final[Mapping[ApplicationState, Prompt]] = {
    **dict.fromkeys(ApplicationState, Prompt.APPLICATION_ACCEPTED),
    ApplicationState.PENDING: Prompt.APPLICATION_UNKNOWN,
    ApplicationState.UNKNOWN: Prompt.APPLICATION_UNKNOWN,
    ApplicationState.MANUAL: Prompt.APPLICATION_UNKNOWN,
    ApplicationState.REJECTED: Prompt.APPLICATION_REJECTED,
    ApplicationState.WITHDRAWN: Prompt.APPLICATION_WITHDRAWN,
    ApplicationState.CANCELLED: Prompt.APPLICATION_CANCELLED,
}


def of_order(talk: Conversation, number: OrderNumber, outcome: Outcome) -> list[Say]:
    return [say(_ORDERS[outcome.state], number=number), *_why(talk, outcome.message)]


def of_wish(order: Order) -> list[Say]:
    """Say what came of a wish to cancel, by how the order stands."""
    numbers = {"number": order.draft.number, "filled": order.filled, "cancelled": order.cancelled}
    return [say(_WISHES[order.state], **numbers)]


def of_application(
    talk: Conversation, number: RequestNumber, outcome: ApplicationOutcome
) -> list[Say]:
    return [say(_APPLICATIONS[outcome.state], number=number), *_why(talk, outcome.message)]


def of_transfer(talk: Conversation, draft: TransferDraft, outcome: TransferOutcome) -> list[Say]:
    words = say(TRANSFERS[outcome.state], number=draft.number, amount=draft.amount)
    return [words, *_why(talk, outcome.message)]


def _why(talk: Conversation, message: int | None) -> Sequence[Say]:
    return [] if message is None else talk.reason(Refusal(message))
