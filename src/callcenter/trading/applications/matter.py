"""What the engine of requests must know of applications."""

from collections.abc import Mapping
from typing import Final

from callcenter.domain.applications import (
    WAITS_LONG,
    Application,
    ApplicationOutcome,
    ApplicationState,
    may_become,
)
from callcenter.domain.audit import Action
from callcenter.domain.events import ApplicationMoved
from callcenter.domain.refusals import Refusal
from callcenter.trading.requests.ports import Matter

PENDING: Final = ApplicationOutcome(state=ApplicationState.PENDING)


def _details(application: Application) -> Mapping[str, str]:
    draft = application.draft
    return {
        "number": draft.number,
        "request_id": application.request_id,
        "kind": draft.kind.value,
        "security": f"{draft.market or ''}{draft.code}",
        "quantity": str(draft.quantity),
    }


def _event(application: Application, outcome: ApplicationOutcome) -> ApplicationMoved:
    return ApplicationMoved(
        number=application.number,
        account=application.account,
        state=outcome.state,
        message=outcome.message,
    )


APPLICATION: Final[Matter[Application, ApplicationOutcome]] = Matter(
    name="application",
    asked=Action.APPLICATION,
    answered=Action.APPLICATION_ANSWER,
    resolved=Action.APPLICATION_RESOLVED,
    pending=PENDING,
    unknown=ApplicationOutcome(state=ApplicationState.UNKNOWN),
    withdrawn=ApplicationOutcome(state=ApplicationState.WITHDRAWN),
    unreachable=ApplicationOutcome(
        state=ApplicationState.WITHDRAWN, message=Refusal.COUNTER_UNAVAILABLE.value
    ),
    manual=ApplicationOutcome(state=ApplicationState.MANUAL),
    waits_long=frozenset(state.value for state in WAITS_LONG),
    outcome=lambda application: application.outcome,
    may_become=lambda now, then: may_become(now.state, then.state),
    event=_event,
    details=_details,
    same=lambda one, other: one.draft == other.draft,
)
