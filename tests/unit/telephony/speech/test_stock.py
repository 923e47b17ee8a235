"""Where the sound of a phrase comes from."""

from pathlib import Path

import pytest

from callcenter.domain.calls import Language
from callcenter.ivr.phone import Utterance
from callcenter.ivr.spoken.pieces import pieces
from callcenter.telephony.speech.clips import silence, telephone_clip
from callcenter.telephony.speech.files import SoundFolder
from callcenter.telephony.speech.pack import Pack, Shipped
from callcenter.telephony.speech.phrases import Phrase, cut
from callcenter.telephony.speech.sounds import SoundShelf
from callcenter.telephony.speech.stock import FromFolder, FromPack, Stock, Take, rendered_name
from tests.fakes.speech import FakeEngine, hum

VOICES = {Language.ZH: "good zh", Language.EN: "good en"}


def pack_of(folder: Path, *words: str, final: bool = False) -> Pack:
    """Return a pack that hums some Mandarin words."""
    pack = Pack(folder)
    for said in words:
        pack.write(said, Language.ZH, telephone_clip(hum(said)))
    pack.replace(
        Language.ZH,
        [
            Shipped(
                words=said,
                final=final,
                within=said,
                phonemes="",
                voice="good zh",
                file=said,
                seconds=pack.seconds(said, Language.ZH),
            )
            for said in words
        ],
    )
    return Pack(folder)


def content(path: str) -> bytes:
    return Path(f"{path}.alaw").read_bytes()


def phrases(*texts: str, language: Language = Language.ZH) -> list[Phrase]:
    return list(cut(Utterance(language=language, phrases=texts)))


def said(*texts: str) -> Utterance:
    return Utterance(language=Language.ZH, phrases=texts)


async def test_what_the_pack_has_no_engine_says(tmp_path: Path) -> None:
    engine = FakeEngine()
    stock = Stock(FromPack(pack_of(tmp_path / "pack", "买入", "请确认", final=True)))
    shelf = SoundShelf(tmp_path / "shelf", engine, stock)

    path = await shelf.sound(said("买入，", "请确认。"))

    expected = telephone_clip(hum("买入")) + silence(120) + telephone_clip(hum("请确认"))
    assert content(path) == expected
    assert engine.rendered == []


async def test_a_number_is_put_together_without_a_gap(tmp_path: Path) -> None:
    pack = pack_of(tmp_path / "pack", "四千五百", "六十", "七元")
    stock = Stock(FromPack(pack), pieces=pieces)

    path = await SoundShelf(tmp_path / "shelf", FakeEngine(), stock).sound(
        said("四千五百六十七元。")
    )

    expected = b"".join(telephone_clip(hum(piece)) for piece in ("四千五百", "六十", "七元"))
    assert content(path) == expected


def test_an_entry_of_the_menu_gets_another_key_without_rendering(tmp_path: Path) -> None:
    stock = Stock(FromPack(pack_of(tmp_path, "买入请按", "四")), pieces=pieces)

    takes = stock.cover(phrases("买入请按四，"))

    assert [take.name for take in takes if isinstance(take, Take)] == ["买入请按", "四"]
    assert [take.pause_ms for take in takes if isinstance(take, Take)] == [0, 120]


def test_a_number_that_lacks_a_piece_is_left_to_the_engine(tmp_path: Path) -> None:
    stock = Stock(FromPack(pack_of(tmp_path, "四千五百")), pieces=pieces)

    assert stock.cover(phrases("四千五百六十七元。")) == phrases("四千五百六十七元。")


async def test_what_a_poor_voice_said_is_wished_for_and_then_taken(tmp_path: Path) -> None:
    wishes: list[tuple[str, bool]] = []
    folder = SoundFolder(tmp_path / "rendered")
    shelf = SoundShelf(
        tmp_path / "shelf",
        FakeEngine(),
        Stock(FromFolder(folder, VOICES)),
        wish=lambda phrase, urgent: wishes.append((phrase.words, urgent)),
    )
    poor = await shelf.sound(said("贵州茅台，", "请确认。"))
    for phrase in phrases("贵州茅台，", "请确认。"):
        folder.write(rendered_name(phrase, "good zh"), telephone_clip(hum("better")))

    shelf.forget()
    better = await shelf.sound(said("贵州茅台，", "请确认。"))

    assert wishes == [("贵州茅台", True), ("请确认", True)]
    assert better != poor
    assert content(better).count(telephone_clip(hum("better"))) == 2


def test_the_end_of_a_sentence_is_taken_for_its_middle_if_there_is_no_other(tmp_path: Path) -> None:
    stock = Stock(FromPack(pack_of(tmp_path, "十元", final=True)))

    assert all(isinstance(one, Take) for one in stock.cover(phrases("十元，", "十元。")))


def test_a_chinese_name_in_an_english_sentence_is_said_by_the_chinese_voice() -> None:
    [name] = phrases("浦发银行.", language=Language.EN)

    assert name.language is Language.ZH


@pytest.mark.parametrize("text", ["", "。", "  "])
def test_nothing_is_no_phrase(text: str) -> None:
    assert phrases(text) == []
