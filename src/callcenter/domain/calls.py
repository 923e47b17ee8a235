"""The vocabulary of a telephone call: who rang, which number, what was said and keyed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, NewType

from callcenter.domain.accounts import AccountId, BranchCode

CallId = NewType("CallId", str)
CallerNumber = NewType("CallerNumber", str)
Did = NewType("Did", str)

UNIFIED_DID: Final = Did("4008")
STAFF_DID: Final = Did("9001")
WITHHELD: Final = CallerNumber("")
_CHINA: Final = "+86"


class Language(StrEnum):
    ZH = "zh"
    EN = "en"

    def other(self) -> "Language":
        return Language.EN if self is Language.ZH else Language.ZH


class CallEnd(StrEnum):
    """How a call ended."""

    HUNG_UP = "hung-up"  # the caller put the receiver down: an ordinary end
    GOODBYE = "goodbye"  # we said goodbye: silence or wrong keys at the top
    LOCKED_OUT = "locked-out"  # too many failed logins
    FAILED = "failed"  # a defect of ours; the log has the trace
    LOST = "lost"  # the line went without a word: found closed afterwards


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One telephone connection, from answer to hang-up."""

    id: CallId
    caller: CallerNumber  # E.164 where it can be derived, else as it came; "" when withheld
    did: Did
    branch: BranchCode | None  # the branch whose number was dialled; None for the unified one
    answered_at: datetime
    recording: str | None = None
    tries_menu: int | None = None  # a version to be tried, by a call from the terminal only


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One exchange of a call: what was said, and what was keyed until the next thing was said."""

    at: datetime
    prompts: tuple[str, ...]
    words: str
    keys: str  # passwords as ******
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in the conversation a call is; enough to go on there after a crash."""

    language: Language = Language.ZH
    account: AccountId | None = None
    dialogue: str | None = None
    draft: Mapping[str, str] = field(default_factory=dict)
    menu: int | None = None  # the version that the call got; None: the one that ships


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOff:
    """What a call that is over was in the middle of."""

    call: CallId
    place: Place


DROPPED: Final = frozenset({CallEnd.HUNG_UP, CallEnd.LOST, CallEnd.FAILED})
"""A call that ended so may have been in the middle of something."""


def e164(number: str) -> CallerNumber:
    """
    Return `number` as E.164 where the Chinese numbering plan tells (工信部 2017 plan: mobiles
    are 11 digits from 13 to 19, trunk prefix 0 before an area code), else its digits as they came.
    """
    written = re.sub(r"[^0-9+]", "", number)
    digits = written.replace("+", "")
    if digits and written.startswith("+"):
        return CallerNumber("+" + digits)
    if re.fullmatch(r"00[1-9][0-9]+", digits):
        return CallerNumber("+" + digits[2:])
    if re.fullmatch(r"1[3-9][0-9]{9}", digits):
        return CallerNumber(_CHINA + digits)
    if re.fullmatch(r"0[1-9][0-9]{8,10}", digits):
        return CallerNumber(_CHINA + digits[1:])
    if re.fullmatch(r"861[3-9][0-9]{9}", digits):
        return CallerNumber("+" + digits)
    return CallerNumber(digits)
