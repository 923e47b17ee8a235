"""What the hotline says: in words, and as the very sound that it plays."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

from callcenter.app import load_catalogue
from callcenter.domain.calls import Language
from callcenter.ivr.catalogue import Catalogue, Say
from callcenter.ivr.phone import Utterance
from callcenter.ivr.spoken.pieces import pieces
from callcenter.telephony.speech.engine import EspeakEngine
from callcenter.telephony.speech.pack import Pack
from callcenter.telephony.speech.phrases import cut
from callcenter.telephony.speech.sounds import SoundShelf
from callcenter.telephony.speech.stock import FromPack, Stock, Take
from tests.e2e.installation import Installation
from tests.hear import RATE_HZ, Samples, load

Announcement = Sequence[Say]

# That much of a sentence tells it from every other one.
_HEAD: Final = RATE_HZ * 9 // 10


def utterance(announcement: Announcement, language: Language = Language.ZH) -> Utterance:
    return _catalogue().utterance(announcement, language)


def words(*announcements: Announcement, language: Language = Language.ZH) -> str:
    """Return the words of one turn, as the transcript has them."""
    return " ".join(utterance(said, language).words for said in announcements)


class Voice:
    """The shelf of an installation, looked at from outside. For one event loop."""

    def __init__(self, installation: Installation) -> None:
        self._stock = Stock(FromPack(Pack(installation.voice_pack)), pieces=pieces)
        engine = EspeakEngine(installation.espeak)
        self._shelf = SoundShelf(installation.places.sounds, engine, self._stock)
        self._loaded: dict[Utterance, Samples] = {}

    async def sound(self, announcement: Announcement, language: Language = Language.ZH) -> Samples:
        """Return the whole sound of an announcement."""
        wanted = utterance(announcement, language)
        if wanted not in self._loaded:
            path = await self._shelf.sound(wanted)
            self._loaded[wanted] = load(Path(f"{path}.alaw"))
        return self._loaded[wanted]

    def ships(self, announcement: Announcement, language: Language) -> bool:
        """Tell whether all of it is in the pack, so that no engine has to speak."""
        covered = self._stock.cover([*cut(utterance(announcement, language))])
        return all(isinstance(one, Take) for one in covered)

    async def head(self, announcement: Announcement, language: Language = Language.ZH) -> Samples:
        """Return its beginning, which is heard even if the caller interrupts the rest."""
        return (await self.sound(announcement, language))[:_HEAD]


@cache
def _catalogue() -> Catalogue:
    return load_catalogue()
