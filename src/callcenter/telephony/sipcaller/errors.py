"""
What can go wrong on a scripted telephone, sorted by what the script can do about it.

* SipCallerError
  - CallFailed     the call was never answered: `code` says why
  - CallEnded      the line is gone: `ending` says who hung up
  - TookTooLong    the line is fine, but what was awaited did not happen in time
  - NoKeysAgreed   the far end does not take keys as RFC 4733 events
  - MalformedMessage, UnusableSdp, NotRtp   the far end sent what nobody can read
"""

from dataclasses import dataclass
from enum import StrEnum


class Party(StrEnum):
    US = "us"
    FAR_END = "far end"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a call ended."""

    by: Party
    at: float  # wall-clock, seconds since the epoch
    reason: str = ""  # the Reason header as it came, e.g. 'Q.850;cause=16;text="Normal Clearing"'


class SipCallerError(Exception):
    """Base of everything the scripted telephone raises."""


class CallFailed(SipCallerError):
    """
    The call was not answered.

    `code` is the SIP status of the far end; 408 if it never said anything; 487 if it rang for
    too long and we cancelled; 488 if it answered with media that we cannot use.
    """

    def __init__(self, code: int, phrase: str) -> None:
        super().__init__(f"call failed: {code} {phrase}")
        self.code = code
        self.phrase = phrase


class CallEnded(SipCallerError):
    def __init__(self, ending: Ending) -> None:
        super().__init__(f"call was ended by {ending.by}: {ending.reason or 'no reason given'}")
        self.ending = ending


class TookTooLong(SipCallerError):
    def __init__(self, awaited: str, within_s: float) -> None:
        super().__init__(f"{awaited}: not within {within_s:g} s")


class NoKeysAgreed(SipCallerError):
    def __init__(self) -> None:
        super().__init__("the far end did not agree to telephone-event")


class MalformedMessage(SipCallerError):
    """These bytes are no SIP message."""


class UnusableSdp(SipCallerError):
    """This description offers nothing that we can talk to."""


class NotRtp(SipCallerError):
    """These bytes are no RTP packet of ours."""
