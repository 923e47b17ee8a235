"""
The voice pack: sounds that were rendered ahead and come with the product.

A folder for each language has a sound for each line of its list, which says the words, the voice,
and how they are read. A sound is named by what it is made of, so that rendering again touches only
what has changed.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from callcenter.domain.calls import Language
from callcenter.telephony.speech.clips import RATE_HZ
from callcenter.telephony.speech.files import name_of
from callcenter.telephony.speech.phrases import Phrase

_LIST: Final = "list.jsonl"
_SUFFIX: Final = ".alaw"
_MADE_AS: Final = "2"  # count up whenever a sound is cut or levelled differently


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipped:
    """A sound of the pack. `within` is the text that it was said in, and `phonemes` its reading."""

    words: str
    final: bool
    within: str
    phonemes: str
    voice: str
    file: str
    seconds: float

    @property
    def key(self) -> tuple[str, bool]:
        return self.words, self.final


def file_of(words: str, within: str, phonemes: str, voice: str) -> str:
    """Name a sound by all that it depends on."""
    return name_of(_MADE_AS, words, within, phonemes, voice)[:20]


class Pack:
    """The sounds of a folder. Reads its lists once; every method may raise OSError."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.absolute()
        self._shipped = {language: self._read_list(language) for language in Language}

    def find(self, phrase: Phrase) -> Shipped | None:
        """Return the sound of a phrase; of one that ends a sentence if it must be, or does not."""
        shipped = self._shipped[phrase.language]
        found = shipped.get((phrase.words, phrase.final))
        return found or shipped.get((phrase.words, not phrase.final))

    def all(self, language: Language) -> Mapping[tuple[str, bool], Shipped]:
        """Return what there is, by the words and whether they end a sentence."""
        return self._shipped[language]

    def read(self, shipped: Shipped, language: Language) -> bytes:
        return self._file(shipped.file, language).read_bytes()

    def has(self, file: str, language: Language) -> bool:
        return self._file(file, language).exists()

    def seconds(self, file: str, language: Language) -> float:
        return round(self._file(file, language).stat().st_size / RATE_HZ, 2)

    def write(self, file: str, language: Language, sound: bytes) -> None:
        path = self._file(file, language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(sound)

    def replace(self, language: Language, shipped: Iterable[Shipped]) -> None:
        """Make these the pack of a language, and delete the sounds of all others."""
        by_key = {one.key: one for one in shipped}
        lines = (
            json.dumps(asdict(by_key[key]), ensure_ascii=False, sort_keys=True)
            for key in sorted(by_key)
        )
        folder = self._folder / language
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _LIST).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        kept = {one.file for one in by_key.values()}
        for file in folder.glob(f"*{_SUFFIX}"):
            if file.stem not in kept:
                file.unlink()
        self._shipped[language] = by_key

    def _read_list(self, language: Language) -> dict[tuple[str, bool], Shipped]:
        file = self._folder / language / _LIST
        if not file.exists():
            return {}
        lines = file.read_text(encoding="utf-8").splitlines()
        shipped = (Shipped(**json.loads(line)) for line in lines)
        return {one.key: one for one in shipped}

    def _file(self, file: str, language: Language) -> Path:
        return self._folder / language / f"{file}{_SUFFIX}"
