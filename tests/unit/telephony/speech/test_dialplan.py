"""The sentences that Asterisk says when the daemon cannot."""

from pathlib import Path

from callcenter.domain.calls import Language
from callcenter.domain.errors import SpeechUnavailable
from callcenter.ivr.phone import Utterance
from callcenter.ivr.speech import Speech
from callcenter.telephony.speech.dialplan import lay_out
from tests.unit.ivr.hotline_of import shipped_catalogue, words

NAMES = ("one-moment", "maintenance", "line-test")


class Scribe(Speech):
    """Writes the words into the sound; cannot say those of `mute_in`."""

    def __init__(self, shelf: Path, *, mute_in: Language | None = None) -> None:
        self.mute_in = mute_in
        self._shelf = shelf
        self._made = 0

    async def sound(self, utterance: Utterance) -> str:
        if utterance.language is self.mute_in:
            raise SpeechUnavailable("mute")
        self._made += 1
        path = self._shelf / str(self._made)
        path.with_suffix(".alaw").write_text(utterance.words)
        return str(path)

    async def renew(self, utterance: Utterance) -> str:
        return await self.sound(utterance)


async def test_each_sentence_lies_where_the_dialplan_looks(tmp_path: Path) -> None:
    await lay_out(Scribe(tmp_path), shipped_catalogue(), tmp_path / "sounds")

    for language in Language:
        for name in NAMES:
            file = tmp_path / "sounds" / "dialplan" / language / f"{name}.alaw"
            assert file.read_text() == words(name, language)


async def test_the_dialplan_asks_for_these_names() -> None:
    dialplan = Path(__file__).parents[4] / "asterisk" / "etc"
    asked = "".join(file.read_text() for file in dialplan.rglob("*.conf"))

    assert [name for name in NAMES if name not in asked] == []


async def test_what_cannot_be_said_keeps_the_sound_it_had(tmp_path: Path) -> None:
    speech = Scribe(tmp_path)
    await lay_out(speech, shipped_catalogue(), tmp_path / "sounds")
    speech.mute_in = Language.EN

    await lay_out(speech, shipped_catalogue(), tmp_path / "sounds")

    kept = tmp_path / "sounds" / "dialplan" / "en" / "one-moment.alaw"
    assert kept.read_text() == words("one-moment", Language.EN)


async def test_a_language_without_a_voice_leaves_the_others(tmp_path: Path) -> None:
    await lay_out(Scribe(tmp_path, mute_in=Language.ZH), shipped_catalogue(), tmp_path)

    laid = {file.parent.name for file in (tmp_path / "dialplan").rglob("*.alaw")}
    assert laid == {"en"}
