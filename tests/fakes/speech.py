"""A voice that names a sound for every utterance and makes none."""

from callcenter.domain.errors import SpeechUnavailable
from callcenter.ivr.phone import Utterance
from callcenter.ivr.speech import Speech


class FakeSpeech(Speech):
    """Remembers what it was asked; `mute` makes it fail until it is set back."""

    def __init__(self, *, mute: bool = False) -> None:
        self.mute = mute
        self.asked: list[Utterance] = []
        self.renewed: list[Utterance] = []
        self._paths: dict[Utterance, str] = {}

    async def sound(self, utterance: Utterance) -> str:
        self.asked.append(utterance)
        return self._path(utterance)

    async def renew(self, utterance: Utterance) -> str:
        self.renewed.append(utterance)
        return self._path(utterance)

    def words(self, path: str) -> str:
        """Return what the sound at `path` says."""
        [spoken] = [utterance for utterance, made in self._paths.items() if made == path]
        return spoken.words

    def _path(self, utterance: Utterance) -> str:
        if self.mute:
            raise SpeechUnavailable("mute")
        return self._paths.setdefault(utterance, f"spoken/{len(self._paths) + 1}")
