"""Sounds of the news: WAV files, made fit for a telephone and kept by their content."""

import asyncio
import hashlib
from pathlib import Path

from callcenter.domain.errors import NotASound
from callcenter.news.ports import NewsSounds
from callcenter.telephony.speech.clips import telephone_clip
from callcenter.telephony.speech.files import SoundFolder
from callcenter.telephony.speech.own import BadRecording
from callcenter.telephony.speech.wave_files import read_wave


class NewsSoundFolder(NewsSounds):
    """Files below `directory`/news; the name of a sound tells its content."""

    def __init__(self, directory: Path) -> None:
        self._folder = SoundFolder(directory / "news")

    async def take(self, file: str) -> str:
        return await asyncio.to_thread(self._take, Path(file))

    def path(self, name: str) -> str:
        return self._folder.path(name)

    def _take(self, file: Path) -> str:
        try:
            sound = telephone_clip(read_wave(file))
            if not sound:
                raise NotASound(f"{file.name}: nothing is to be heard")
            name = hashlib.sha256(sound).hexdigest()[:32]
            if not self._folder.touch(name):
                self._folder.write(name, sound)
        except BadRecording as error:
            raise NotASound(str(error)) from error
        except OSError as error:
            raise NotASound(f"{file.name}: {error.strerror}") from error
        return name
