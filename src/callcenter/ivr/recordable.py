"""What operations staff can replace by their own voice, and the number by which they name it."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Protocol

from callcenter.domain.calls import Language
from callcenter.domain.orders import Station
from callcenter.ivr.phone import Utterance

_FIRST: Final = 10_000_000
_NUMBERS: Final = 90_000_000


def number_of(name: str) -> str:
    """
    Return the eight digits by which a prompt, or a spoken piece, is named on a telephone.

    They come from the name alone: others that are added or removed do not change them. With fewer
    digits some two of our two thousand names would share a number.
    """
    return str(_FIRST + int.from_bytes(sha256(name.encode()).digest()[:8], "big") % _NUMBERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recordable:
    """A prompt, or a piece of one, with the words that are recorded for it."""

    name: str
    language: Language
    phrases: tuple[str, ...]

    @property
    def utterance(self) -> Utterance:
        return Utterance(language=self.language, phrases=self.phrases)


class PromptRecorder(Protocol):
    """Replaces the sound of prompts while calls go on."""

    def find(self, number: str, language: Language) -> Recordable | None:
        """Return what has this number in a language."""
        ...

    async def put(self, prompt: Recordable, file: str, *, by: str, station: Station) -> None:
        """
        Play this recording from now on; who has recorded it is in the audit trail.

        Raise `NotASound` for silence, `CannotRecord` if it cannot be kept, `StoreUnavailable`.
        """
        ...
