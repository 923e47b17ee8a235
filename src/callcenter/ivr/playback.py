"""
Dialogue step: play something that the caller can go back and forth in, by the table of keys.

4 back 10 s, 6 forward 10 s, 5 pause and go on, 1 from its beginning, # next, * list, 0 agent.
"""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from callcenter.ivr import keys
from callcenter.ivr.conversation import Conversation
from callcenter.ivr.phone import Halt, Sound

STEP_S: Final = 10.0
BACK: Final = "4"
FORWARD: Final = "6"
PAUSE: Final = "5"
AGAIN: Final = "1"
NEXT: Final = "#"


class Left(Enum):
    """How something that was played was left."""

    HEARD_OUT = auto()
    NEXT = auto()
    BACK = auto()  # to the list
    AGENT = auto()
    HUNG_UP = auto()  # what is asked of the phone next raises `CallerHungUp`


_LEAVES: Final = {NEXT: Left.NEXT, keys.MENU_BACK: Left.BACK, keys.AGENT: Left.AGENT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listened:
    """What a caller made of something that was played."""

    left: Left
    at_s: float  # where in it that was
    heard_s: float  # how much of it was played in all, what was heard twice counted twice


async def play_back(talk: Conversation, sound: Sound, *, name: str) -> Listened:
    """
    Play a sound until it is heard out or left. Silence goes on, also after a pause.

    Raise `SoundMissing` or `SpeechUnavailable` if there is nothing to hear.
    """
    at_s = heard_s = 0.0
    while True:
        stop = await talk.play_from(sound, at_s, name=name)
        heard_s += max(0.0, stop.at_s - at_s)
        match stop.by:
            case Halt.END:
                return Listened(left=Left.HEARD_OUT, at_s=stop.at_s, heard_s=heard_s)
            case Halt.HUNG_UP:
                return Listened(left=Left.HUNG_UP, at_s=stop.at_s, heard_s=heard_s)
            case Halt.KEY:
                key = await _key_at(talk, stop.at_s)
        if key in _LEAVES:
            return Listened(left=_LEAVES[key], at_s=stop.at_s, heard_s=heard_s)
        at_s = _place(key, stop.at_s)


async def _key_at(talk: Conversation, at_s: float) -> str | None:
    """Return the key that was pressed; of a pause the one that ended it."""
    key = await talk.halted(at_s=at_s)
    return await talk.halted(at_s=at_s) if key == PAUSE else key


def _place(key: str | None, at_s: float) -> float:
    """Return from where it goes on; a key that means nothing here changes nothing."""
    if key == BACK:
        return max(0.0, at_s - STEP_S)
    if key == FORWARD:
        return at_s + STEP_S
    return 0.0 if key == AGAIN else at_s
