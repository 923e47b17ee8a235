"""The voice of the hotline: where its sounds come from, put together from the settings."""

from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Final

from callcenter.app.parts import espeak_command
from callcenter.domain.clock import SystemClock
from callcenter.ivr.spoken.pieces import pieces
from callcenter.places import Places
from callcenter.settings import Settings
from callcenter.telephony.speech.ahead import RendersAhead
from callcenter.telephony.speech.engine import EspeakEngine
from callcenter.telephony.speech.files import SoundFolder
from callcenter.telephony.speech.kokoro.engine import VOICES, KokoroEngine, voice_name
from callcenter.telephony.speech.own import Named, OwnRecordings
from callcenter.telephony.speech.pack import Pack
from callcenter.telephony.speech.polyphones import polyphones
from callcenter.telephony.speech.sounds import SoundShelf
from callcenter.telephony.speech.stock import FromFolder, FromPack, Stock

SHIPPED: Final = Path(__file__).parents[1] / "voice"
_RENDERED: Final = "rendered"


class SpeechParts:
    """The shelf that daemons speak from, and what fills it while nobody waits."""

    def __init__(self, settings: Settings, own: OwnRecordings) -> None:
        self.folder = sounds_folder(settings)
        self.kokoro = kokoro(settings)
        rendered = SoundFolder(self.folder / _RENDERED)
        self._ahead = RendersAhead(self.kokoro, rendered, lambda: self.shelf.forget())
        self.shelf = SoundShelf(
            self.folder,
            EspeakEngine(espeak_command(settings)),
            good_voices(settings, own),
            wish=self._ahead.wish if self.kokoro.installed else lambda *_: None,
        )

    def background(self) -> Sequence[Coroutine[None, None, None]]:
        return [self._ahead.run()] if self.kokoro.installed else []

    async def stop(self) -> None:
        await self.kokoro.close()


def good_voices(settings: Settings, own: OwnRecordings) -> Stock:
    """Return what there is of recordings and good voices; the engine says the rest."""
    rendered = SoundFolder(sounds_folder(settings) / _RENDERED)
    voices = {language: voice_name(language) for language in VOICES}
    sources = (own, FromPack(voice_pack(settings)), FromFolder(rendered, voices))
    return Stock(*sources, pieces=pieces)


def sounds_folder(settings: Settings) -> Path:
    return (settings.sounds_dir or Places(settings.state_dir).sounds).resolve()


def voice_pack(settings: Settings) -> Pack:
    """Return the pack that is set, or the one that ships."""
    return Pack(settings.voice_pack_dir or SHIPPED)


def own_recordings(settings: Settings, names: Named) -> OwnRecordings:
    """Return the recordings of operations staff; what there is, it sees when it looks."""
    folder = settings.prompts_dir or Places(settings.state_dir).prompts
    return OwnRecordings(folder, names, SystemClock())


def kokoro(settings: Settings) -> KokoroEngine:
    """Return the voice that tools/voice installs; whether it has been, it tells itself."""
    folder = settings.voice_dir or Places(settings.state_dir).voice
    return KokoroEngine(folder, polyphones())
