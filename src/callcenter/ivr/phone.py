"""What a conversation needs of a telephone. `callcenter.telephony` provides it."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

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
