"""Prompts that operations staff record by telephone."""

import asyncio
from pathlib import Path

from callcenter.app.recordings import PromptRecordings
from callcenter.domain.calls import Language
from callcenter.domain.errors import CannotRecord, NotASound
from callcenter.domain.orders import Station
from callcenter.ivr.recordable import PromptRecorder, Recordable, number_of
from callcenter.telephony.speech.own import BadRecording, Named
from callcenter.telephony.speech.wave_files import read_wave


class TelephoneRecordings(PromptRecorder):
    """Finds by number what can be recorded, and puts it with all other recordings."""

    def __init__(self, recordings: PromptRecordings, named: Named) -> None:
        self._recordings = recordings
        self._named = named

    def find(self, number: str, language: Language) -> Recordable | None:
        # Looked for each time: with another menu other words can be recorded.
        for (of, name), phrases in self._named.items():
            if of is language and number_of(name) == number:
                return Recordable(name=name, language=language, phrases=phrases)
        return None

    async def put(self, prompt: Recordable, file: str, *, by: str, station: Station) -> None:
        source = Path(file)
        try:
            pcm = await asyncio.to_thread(read_wave, source)
            await self._recordings.put(
                prompt.name, prompt.language, pcm, by, came_from=source.name, station=station
            )
        except BadRecording as error:
            raise NotASound(str(error)) from error
        except OSError as error:
            raise CannotRecord(f"{source.name}: {error.strerror}") from error
