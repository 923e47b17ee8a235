"""The pack is brought up to what is wanted of it, and nothing is rendered twice."""

from collections.abc import Sequence
from pathlib import Path

from callcenter.domain.calls import Language
from callcenter.domain.errors import SpeechUnavailable
from callcenter.telephony.speech.building import Builder, Wanted
from callcenter.telephony.speech.engine import Pcm
from callcenter.telephony.speech.pack import Pack
from callcenter.telephony.speech.phrases import Phrase
from tests.fakes.speech import hum

BUYING = Wanted(Language.ZH, "买入浦发银行，价格十元。", ((0, 2), (7, 9)))
SELLING = Wanted(Language.ZH, "卖出浦发银行，价格十元。", ((0, 2), (7, 9)))


def sounds(folder: Path) -> int:
    return len(list(folder.rglob("*.alaw")))


class Reader:
    """Reads every letter as itself, but for what `reads` says; hums what it cuts out."""

    def __init__(self, **reads: str) -> None:
        self.reads = reads
        self.rendered: list[str] = []

    async def voice(self, language: Language) -> str:
        return f"reader {language}"

    async def phonemes(self, text: str, language: Language) -> str:
        if "錯" in text:
            raise SpeechUnavailable(f"cannot read {text}")
        return "".join(self.reads.get(letter, letter) for letter in text)

    async def said(
        self, text: str, language: Language, spans: Sequence[tuple[int, int]]
    ) -> Sequence[Pcm]:
        found = [text[start:end] for start, end in spans]
        self.rendered += found
        return [hum(words) for words in found]


async def test_words_are_rendered_once_however_many_sentences_have_them(tmp_path: Path) -> None:
    reader = Reader()

    built = await Builder(Pack(tmp_path), reader).build([BUYING, SELLING])

    assert reader.rendered == ["买入", "价格", "卖出"]
    assert (built.rendered, built.kept) == (3, 0)
    assert Pack(tmp_path).find(Phrase.of("价格", Language.ZH))


async def test_building_again_renders_nothing(tmp_path: Path) -> None:
    await Builder(Pack(tmp_path), Reader()).build([BUYING])
    reader = Reader()

    built = await Builder(Pack(tmp_path), reader).build([BUYING])

    assert reader.rendered == []
    assert (built.rendered, built.kept) == (0, 2)


async def test_words_that_now_stand_in_another_sentence_keep_their_sound(tmp_path: Path) -> None:
    await Builder(Pack(tmp_path), Reader()).build([BUYING])
    reader = Reader()
    later = Wanted(Language.ZH, "买入浦发银行，代码六零，价格十元。", ((0, 2), (7, 9), (12, 14)))

    await Builder(Pack(tmp_path), reader).build([later])

    assert reader.rendered == ["代码"]


async def test_another_reading_is_rendered_anew_and_the_old_sound_goes(tmp_path: Path) -> None:
    await Builder(Pack(tmp_path), Reader()).build([BUYING])
    reader = Reader(行="hang2")

    await Builder(Pack(tmp_path), reader).build([BUYING])

    assert reader.rendered == ["买入", "价格"]
    assert sounds(tmp_path) == 2


async def test_what_nobody_says_any_more_goes(tmp_path: Path) -> None:
    await Builder(Pack(tmp_path), Reader()).build([BUYING, SELLING])

    await Builder(Pack(tmp_path), Reader()).build([BUYING])

    assert Pack(tmp_path).find(Phrase.of("卖出", Language.ZH)) is None
    assert sounds(tmp_path) == 2


async def test_a_text_that_cannot_be_read_is_told_and_the_rest_is_built(tmp_path: Path) -> None:
    wrong = Wanted(Language.ZH, "錯。", ((0, 2),))

    built = await Builder(Pack(tmp_path), Reader()).build([wrong, BUYING])

    assert built.failed == ("cannot read 錯。",)
    assert Pack(tmp_path).find(Phrase.of("买入", Language.ZH))
