"""Mandarin words to the phonemes that the model was trained on, by pypinyin, jieba and misaki."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

import jieba
from misaki.zh import ZHG2P
from pypinyin import Style, lazy_pinyin, load_phrases_dict
from pypinyin.contrib.tone_convert import to_tone

from callcenter.telephony.speech.kokoro.reading import Part

_RUN: Final = re.compile(r"[\u4e00-\u9fff]+|.", re.DOTALL)
_PAUSES: Final = {
    "，": ", ", "、": ", ", "。": ". ", "！": "! ", "？": "? ", "：": ": ", "；": "; ",
    "（": " (", "）": ") ", "《": " “", "》": "” ",
}  # fmt: skip
_UNTIED: Final = {0x32F: None}  # the mark of a glide, which the model does not know


class Mandarin:
    """
    Reads hanzi and single Latin letters, never digits.

    `polyphones` tells how phrases are read where the dictionary errs: {"重听": "chong2 ting1"}.
    """

    def __init__(self, polyphones: Mapping[str, str], letter: Callable[[str], str]) -> None:
        self._letter = letter
        load_phrases_dict({words: _marked(reading) for words, reading in polyphones.items()})
        for words in polyphones:
            jieba.add_word(words)

    def read(self, text: str) -> list[Part]:
        parts = [part for run in _RUN.finditer(text) for part in self._run(run[0], run.start())]
        if parts and parts[-1].phonemes.endswith(" "):
            parts.append(Part(parts[-1].start, parts[-1].end, parts.pop().phonemes.rstrip()))
        return parts

    def _run(self, run: str, at: int) -> Iterator[Part]:
        if "\u4e00" <= run[0] <= "\u9fff":
            yield from _hanzi(run, at)
        elif run.isascii() and run.isalpha():
            yield Part(at, at + 1, f" {self._letter(run)} ")
        else:
            yield Part(at, at + 1, _PAUSES.get(run, run))


def _hanzi(run: str, at: int) -> Iterator[Part]:
    for number, word in enumerate(jieba.lcut(run)):
        if number:
            yield Part(at, at, " ")
        for syllable in lazy_pinyin(word, style=Style.TONE3, neutral_tone_with_five=True):
            yield Part(at, at + 1, ZHG2P.py2ipa(syllable).translate(_UNTIED))
            at += 1


def _marked(reading: str) -> list[list[str]]:
    return [[to_tone(syllable)] for syllable in reading.split()]
