"""What the engine of requests must know of transfers."""

from collections.abc import Mapping
from typing import Final

from callcenter.domain.audit import Action
from callcenter.domain.events import TransferMoved
from callcenter.domain.refusals import Refusal
from callcenter.domain.transfers import Transfer, TransferOutcome, TransferState, may_become
from callcenter.trading.requests.ports import Matter

PENDING: Final = TransferOutcome(state=TransferState.PENDING)


def _details(transfer: Transfer) -> Mapping[str, str]:
    draft = transfer.draft
    return {
        "number": draft.number,
        "request_id": transfer.request_id,
        "bank": draft.bank,
        "direction": draft.direction.value,
        "amount": str(draft.amount),
    }


def _event(transfer: Transfer, outcome: TransferOutcome) -> TransferMoved:
    return TransferMoved(
        number=transfer.number,
        account=transfer.account,
        state=outcome.state,
        message=outcome.message,
    )


TRANSFER: Final[Matter[Transfer, TransferOutcome]] = Matter(
    name="transfer",
    asked=Action.TRANSFER,
    answered=Action.TRANSFER_ANSWER,
    resolved=Action.TRANSFER_RESOLVED,
    pending=PENDING,
    unknown=TransferOutcome(state=TransferState.UNKNOWN),
    withdrawn=TransferOutcome(state=TransferState.WITHDRAWN),
    unreachable=TransferOutcome(
        state=TransferState.WITHDRAWN, message=Refusal.COUNTER_UNAVAILABLE.value
    ),
    manual=TransferOutcome(state=TransferState.MANUAL),
    waits_long=frozenset(),
    outcome=lambda transfer: transfer.outcome,
    may_become=lambda now, then: may_become(now.state, then.state),
    event=_event,
    details=_details,
    same=lambda one, other: one.draft == other.draft,
)
