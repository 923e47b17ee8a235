"""What a conversation needs of a telephone. `callcenter.telephony` provides it."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol, TypeAlias

from callcenter.domain.agents import AgentVisit
from callcenter.domain.calls import Call, Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """
    Something to be said, already in words.

    `phrases` are spoken one after another without a gap; each is a natural unit that may be
    rendered once and kept. `figures` are the bare numerals in it ("10.05", "600000"): all that
    is left to say when no voice is to be had.
    """

    language: Language
    phrases: tuple[str, ...]
    figures: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """What the caller hears, as text for the transcript."""
        return ("" if self.language is Language.ZH else " ").join(self.phrases)


# Something to be played that may be gone back and forth in: words, or the path of a sound file.
Sound: TypeAlias = Utterance | str


class Halt(Enum):
    """What stopped a sound."""

    END = auto()  # its own
    KEY = auto()  # it waits
    HUNG_UP = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """Where a sound came to a stop, and by what."""

    at_s: float  # from its beginning
    by: Halt


class Spoken(Enum):
    """What ended the words of a caller."""

    KEY = auto()  # the key #
    SILENCE = auto()
    FULL = auto()  # the time was up
    HUNG_UP = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What a caller has said after the tone."""

    file: str | None  # a WAV file of 8 kHz; None on a line that carries no sound
    seconds: float  # how long they spoke, silence at the end left out
    ending: Spoken


class Phone(Protocol):
    """
    One live call. Every method raises `CallerHungUp` once the line is gone.

    No key is ever lost: keys wait, in the order they were pressed, until `key` takes them, also
    those pressed while nothing is played or asked. Only a `fresh` utterance drops keys.
    """

    @property
    def call(self) -> Call: ...

    async def play(self, utterance: Utterance, *, fresh: bool = False) -> None:
        """
        Say it to the end or to the next key, which waits; say nothing if keys wait already.

        If `fresh`, keys that were pressed before the first sound are dropped.
        """
        ...

    async def key(self, *, within_s: float, of_field: bool = False) -> str | None:
        """
        Return the next key ("0"-"9", "*", "#"), or None after so many seconds of silence.

        `of_field` tells that others will follow, to the key # at the latest. It may then take
        until that key, or a pause, before the first is returned.
        """
        ...

    def put_back(self, keys: str) -> None:
        """Have keys that were taken wait again, before all others: they were meant for another."""
        ...

    async def play_from(self, sound: Sound, start_s: float) -> Stop:
        """
        Play a sound from `start_s` to its end or to the next key, which waits.

        If keys wait already it stops where it starts. A caller who hangs up stops it, too; only
        what is asked of the phone next raises `CallerHungUp`. Raise `SoundMissing` if there is
        no such file, `SpeechUnavailable` if no voice can speak the words.
        """
        ...

    async def record(self, name: str, *, most_s: int, silence_s: int) -> Message:
        """
        Sound a tone and keep what the caller says, until #, `silence_s` of silence, or `most_s`.

        `name` tells this message from the others of the call. Keys that were pressed before #
        are dropped, those behind it wait. A caller who hangs up has said what was said until
        then; only what is asked of the phone next raises `CallerHungUp`. Raise `CannotRecord`.
        """
        ...

    async def kept(self, name: str) -> Message | None:
        """
        Return what was said under this name for a daemon that is gone; None if nothing was.

        The keys of it are dropped as by `record`.
        """
        ...

    def unrecorded(self) -> AbstractAsyncContextManager[None]:
        """Keep the caller's side out of the recording while a password is keyed."""
        ...

    async def wait_for_agent(self, who: Mapping[str, str]) -> AgentVisit:
        """
        Let the caller wait for a person and talk with one; return how that went.

        The agent is shown `who` calls. If the caller hangs up meanwhile, the next thing that is
        asked of the phone raises. Keys pressed meanwhile are gone.
        """
        ...

    async def agent_visit(self) -> AgentVisit | None:
        """Return what came of a wait that a daemon began which is gone; told only once."""
        ...
