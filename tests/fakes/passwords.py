"""A counter's desk for password changes, in memory."""

import asyncio
from dataclasses import dataclass, field

from callcenter.domain.accounts import AccountId
from callcenter.domain.errors import OutcomeUnknown
from callcenter.domain.passwords import (
    OwnPassword,
    PasswordChange,
    PasswordOutcome,
    PasswordState,
)
from callcenter.domain.refusals import Refusal
from callcenter.domain.requests import RequestId
from callcenter.domain.secret import Secret
from callcenter.gateways.paper import demo
from callcenter.trading.passwords.ports import PasswordDesk

CHANGED = PasswordOutcome(state=PasswordState.CHANGED)
_MOST_WRONG = 5
_FIRST = {OwnPassword.TRADE: demo.TRADE_PASSWORD, OwnPassword.FUND: demo.FUND_PASSWORD}


@dataclass(slots=True, kw_only=True)
class FakePasswordDesk(PasswordDesk):
    """
    Keeps `passwords` where they differ from the demo's, and answers once per request id.

    It fails on demand: `fails_with` is raised by every method before anything happens;
    `loses_answers` changes and then raises `OutcomeUnknown`; `loses_requests` only raises it.
    """

    fails_with: Exception | None = None
    loses_answers: bool = False
    loses_requests: bool = False
    passwords: dict[tuple[AccountId, OwnPassword], Secret] = field(default_factory=dict)
    asked: list[PasswordChange] = field(default_factory=list)  # each time
    known: dict[RequestId, PasswordOutcome] = field(default_factory=dict)
    withdrawn: set[RequestId] = field(default_factory=set)
    wrong: dict[tuple[AccountId, OwnPassword], int] = field(default_factory=dict)

    async def change(self, change: PasswordChange, old: Secret, new: Secret) -> PasswordOutcome:
        self._fail()
        self.asked.append(change)
        if self.loses_requests:
            raise OutcomeUnknown(change.request_id)
        await asyncio.sleep(0)
        if change.request_id in self.withdrawn:
            return PasswordOutcome(state=PasswordState.WITHDRAWN)
        if change.request_id not in self.known:
            self.known[change.request_id] = self._carry_out(change, old, new)
        if self.loses_answers:
            raise OutcomeUnknown(change.request_id)
        return self.known[change.request_id]

    async def find(self, request_id: RequestId) -> PasswordOutcome | None:
        self._fail()
        return self.known.get(request_id)

    async def withdraw(self, request_id: RequestId) -> PasswordOutcome | None:
        self._fail()
        if request_id not in self.known:
            self.withdrawn.add(request_id)
        return self.known.get(request_id)

    def _carry_out(self, change: PasswordChange, old: Secret, new: Secret) -> PasswordOutcome:
        key = change.account, change.which
        if self.wrong.get(key, 0) >= _MOST_WRONG:
            return _refused(Refusal.ACCOUNT_LOCKED)
        if old != self.passwords.get(key, Secret(_FIRST[change.which])):
            self.wrong[key] = self.wrong.get(key, 0) + 1
            return _refused(Refusal.WRONG_OLD_PASSWORD)
        self.passwords[key] = new
        return CHANGED

    def _fail(self) -> None:
        if self.fails_with is not None:
            raise self.fails_with


def _refused(reason: Refusal) -> PasswordOutcome:
    return PasswordOutcome(state=PasswordState.REFUSED, message=reason.value)
