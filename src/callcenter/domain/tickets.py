"""A ticket (受理单): what a caller has said after the tone, for a person to call back about."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, NewType

from callcenter.domain.accounts import AccountId
from callcenter.domain.orders import Station

TicketNumber = NewType("TicketNumber", str)


class TicketKind(StrEnum):
    COMPLAINT = "complaint"
    VOICEMAIL = "voicemail"  # for an agent whom nobody could reach


class Daypart(StrEnum):
    """When somebody wants to be called back."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


class TicketState(StrEnum):
    OPEN = "open"
    CALLED_BACK = "called-back"
    CLOSED = "closed"


# Somebody may be called back more than once, and a ticket is closed once.
_MAY_BECOME: Final[Mapping[TicketState, frozenset[TicketState]]] = {
    TicketState.OPEN: frozenset({TicketState.CALLED_BACK, TicketState.CLOSED}),
    TicketState.CALLED_BACK: frozenset({TicketState.CALLED_BACK, TicketState.CLOSED}),
    TicketState.CLOSED: frozenset(),
}


def may_become(now: TicketState, then: TicketState) -> bool:
    return then in _MAY_BECOME[now]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBack:
    """To which number and when; `when` is None if the caller did not say."""

    number: str  # as it was keyed, or the caller number; "" if neither is known
    when: Daypart | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    number: TicketNumber
    kind: TicketKind
    account: AccountId | None  # of a caller who had logged in
    station: Station
    recording: str | None  # a WAV file; None from a line without sound
    seconds: float  # how long the caller spoke
    call_back: CallBack
    state: TicketState
    opened_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketEvent:
    """One line of a ticket's history. `by` is "caller", or whoever named himself."""

    at: datetime
    state: TicketState
    by: str
    note: str
