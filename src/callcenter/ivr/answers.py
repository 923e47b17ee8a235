"""What a caller makes of something that was read back, and the key that says so."""

from collections.abc import Mapping
from enum import Enum, auto
from typing import Final

from callcenter.ivr import keys


class Answer(Enum):
    """What a caller made of a read-back."""

    YES = auto()
    NO = auto()  # enter it again
    DROPPED = auto()  # gave up, or never answered


_BY_KEY: Final[Mapping[str, Answer]] = {
    keys.YES: Answer.YES,
    keys.NO: Answer.NO,
    keys.MENU_BACK: Answer.DROPPED,
}


def answer_of(key: str | None) -> Answer | None:
    """Return what this key answers; None if it is no answer, or silence."""
    return None if key is None else _BY_KEY.get(key)


def outcome_of(key: str | None) -> str:
    """Return what the transcript says of this key at a yes/no question; None is silence."""
    answer = answer_of(key)
    if answer is not None:
        return answer.name.lower()
    if key == keys.AGENT:
        return "agent"
    return "silence" if key is None else "again"
