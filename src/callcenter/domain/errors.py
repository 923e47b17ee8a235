"""
Our exceptions, sorted by who must act.

* CallcenterError
  - Refused              the caller hears the reason and its message number
  - OutcomeUnknown       the caller is told that we look into it; reconciliation does
  - CounterUnavailable   operations: the counter does not answer; nothing was sent
  - QuotesUnavailable    operations: no source of quotes answers; orders go on
  - StoreUnavailable     operations: PostgreSQL does not answer; nothing was taken
  - CalendarEnds         operations: the trading calendar does not reach that far; update it
  - SpeechUnavailable    operations: no engine can speak; the phone falls back to digits
  - SoundMissing         operations: a file that should be played is not there
  - NotASound            whoever gave the file: there is nothing to hear in it
  - CannotRecord         operations: the PBX cannot write what a caller says
* CallerHungUp           ends the call; an ordinary end, so not a CallcenterError
  - LineLost             the line went without a word: the PBX is gone
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from callcenter.domain.orders import ClientOrderId
from callcenter.domain.refusals import Refusal
from callcenter.domain.requests import RequestId

Fact = Decimal | int | str | tuple[int, ...] | tuple[Decimal, ...]
"""A figure that goes with a refusal, or a few of them: what would be allowed."""


class CallcenterError(Exception):
    """Base of the failures that this product expects and handles."""


class Refused(CallcenterError):
    """Our own checks, or the counter, said no. Nothing was placed."""

    def __init__(self, reason: Refusal, **facts: Fact) -> None:
        super().__init__(f"refused: {reason.name} ({reason.value})")
        self.reason = reason
        self.facts: Mapping[str, Fact] = facts


class OutcomeUnknown(CallcenterError):
    """The counter did not answer in time: the order, or the request, may or may not stand."""

    def __init__(self, client_id: ClientOrderId | RequestId) -> None:
        super().__init__(f"order {client_id}: no answer from the counter")
        self.client_id = client_id


class CounterUnavailable(CallcenterError):
    """The counter cannot be reached; whatever was asked has not happened."""


class QuotesUnavailable(CallcenterError):
    """No source of quotes can be reached."""


class StoreUnavailable(CallcenterError):
    """The store cannot be reached; nothing was written."""


class CalendarEnds(CallcenterError):
    """The trading calendar says nothing of a day, and nobody guesses."""

    def __init__(self, day: date, known_until: date) -> None:
        super().__init__(f"the trading calendar ends on {known_until}; it does not know {day}")
        self.day = day


class SpeechUnavailable(CallcenterError):
    """The words could not be made into sound."""


class SoundMissing(CallcenterError):
    """A sound file that should be played is not there, or cannot be read."""

    def __init__(self, file: str) -> None:
        super().__init__(f"no such sound: {file}")
        self.file = file


class NotASound(CallcenterError):
    """A file is no sound that we can read, or nothing is to be heard in it."""


class CannotRecord(CallcenterError):
    """What the caller says cannot be written to a file."""


class CallerHungUp(Exception):
    """The line is gone. Raised by every `Phone` method."""


class LineLost(CallerHungUp):
    """The telephone system let go of the call without saying that the caller hung up."""
