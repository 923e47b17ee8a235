"""What the engine of requests must know of password changes."""

from collections.abc import Mapping
from typing import Final

from callcenter.domain.audit import Action
from callcenter.domain.events import PasswordMoved
from callcenter.domain.passwords import PasswordChange, PasswordOutcome, PasswordState, may_become
from callcenter.domain.refusals import Refusal
from callcenter.trading.requests.ports import Matter

_S: Final = PasswordState
PENDING: Final = PasswordOutcome(state=_S.PENDING)
UNKNOWN: Final = PasswordOutcome(state=_S.UNKNOWN)


def _details(change: PasswordChange) -> Mapping[str, str]:
    return {
        "number": change.number,
        "request_id": change.request_id,
        "which": change.which.value,
    }


def _event(change: PasswordChange, outcome: PasswordOutcome) -> PasswordMoved:
    return PasswordMoved(
        number=change.number,
        account=change.account,
        which=change.which,
        state=outcome.state,
        message=outcome.message,
    )


def _same(one: PasswordChange, other: PasswordChange) -> bool:
    return (one.account, one.which) == (other.account, other.which)


PASSWORD_CHANGE: Final[Matter[PasswordChange, PasswordOutcome]] = Matter(
    name="password-change",
    asked=Action.PASSWORD_CHANGE,
    answered=Action.PASSWORD_CHANGE_ANSWER,
    resolved=Action.PASSWORD_CHANGE_ANSWER,
    pending=PENDING,
    unknown=UNKNOWN,
    withdrawn=PasswordOutcome(state=_S.WITHDRAWN),
    unreachable=PasswordOutcome(state=_S.WITHDRAWN, message=Refusal.COUNTER_UNAVAILABLE.value),
    # It stays unknown until the counter answers: no person could know better.
    manual=PasswordOutcome(state=_S.UNKNOWN, message=Refusal.COUNTER_FAULT.value),
    waits_long=frozenset(PasswordState),
    outcome=lambda change: change.outcome,
    may_become=lambda now, then: may_become(now.state, then.state),
    event=_event,
    details=_details,
    same=_same,
)
