"""English words to the phonemes that the model was trained on: those of misaki's dictionary."""

import re
from collections.abc import Mapping
from typing import Any, Final

from callcenter.telephony.speech.kokoro.reading import CannotPronounceError, Part

_TOKEN: Final = re.compile(r"[A-Za-z]+(?:'[a-z]+)?|[,.;:!?]")
_OWN: Final = {
    "a": "ɐ",
    "an": "ɐn",
    "by": "bI",
    "chinext": "ʧˈInɛkst",
    "renminbi": "ɹˈɛnmɪnbi",
    "withdrawable": "wɪðdɹˈɔəbᵊl",
    "shenzhen": "ʃˈɛnʤˌɛn",
    "yuan": "jˈuˌɑn",
}
_VERBS: Final = frozenset({"close", "record", "present", "separate", "live"})
_AFTER: Final = frozenset({"to", "not", "cannot", "will", "please", "and", "or", "we"})
_A_WORD: Final = 4  # letters: STAR is said as a word, ETF is spelled
_VOWELS: Final = "AIOQWYaiuæɑɐɒɔəɛɜɪʊʌᵻ"
_FLAPPED: Final = "AIOWYiuæɑəɛɪɹʊʌ"  # t between this and a vowel is a flap: ˈwAɾɪŋ


class English:
    """Reads words, never digits."""

    def __init__(self, dictionary: Mapping[str, Any]) -> None:
        self._dictionary = dictionary

    def read(self, text: str) -> list[Part]:
        """Raise `CannotPronounceError`, naming the word, for one that nobody knows."""
        found = list(_TOKEN.finditer(text))
        tokens = [token[0] for token in found]
        parts: list[Part] = []
        for at, token in enumerate(found):
            if at and token[0][0].isalpha():
                parts.append(Part(token.start(), token.start(), " "))
            parts.append(Part(token.start(), token.end(), self._said(tokens, at)))
        return parts

    def letter(self, name: str) -> str:
        return str(self._dictionary[name.upper()])

    def _said(self, tokens: list[str], at: int) -> str:
        word = tokens[at]
        if not word[0].isalpha():
            return word
        following = tokens[at + 1] if at + 1 < len(tokens) else "."
        if word.lower() in ("the", "to") and following[0].isalpha():
            vowel = self._word(following, "").lstrip("ˈˌ")[0] in _VOWELS
            return {"the": ("ðə", "ði"), "to": ("tə", "tʊ")}[word.lower()][vowel]
        return self._word(word, tokens[at - 1].lower() if at else "")

    def _word(self, word: str, before: str) -> str:
        known = self._known(word, before) or self._inflected(word.lower(), before)
        if known:
            return known
        if word.isupper():
            return self._spelled(word)
        raise CannotPronounceError(word)

    def _known(self, word: str, before: str) -> str | None:
        lower = word.lower()
        if lower in _OWN:
            return _OWN[lower]
        entry = self._dictionary.get(lower) or self._dictionary.get(lower.capitalize())
        if word.isupper() and 1 < len(word) < _A_WORD:
            entry = self._dictionary.get(word)
        if isinstance(entry, dict):
            is_verb = lower in _VERBS and (before in _AFTER or not before)
            entry = entry.get("VERB" if is_verb else "DEFAULT", entry["DEFAULT"])
        return str(entry) if entry else None

    def _inflected(self, word: str, before: str) -> str | None:
        """Say a form that is only in the dictionary without its ending: shares, filled."""
        for ending, stem in _stems(word):
            if (said := self._known(stem, before)) is not None:
                return {"s": _with_s, "ed": _with_ed, "ing": _with_ing}[ending](said)
        return None

    def _spelled(self, word: str) -> str:
        *before, last = [self.letter(letter).replace("ˈ", "") for letter in word]
        return "".join(before) + "ˈ" + last


def _stems(word: str) -> list[tuple[str, str]]:
    found = []
    if word.endswith(("s", "'s")):
        found += [("s", word.removesuffix("s").removesuffix("'"))]
        found += [("s", word[:-3] + "y")] if word.endswith("ies") else []
        found += [("s", word[:-2])] if word.endswith("es") else []
    if word.endswith("ed"):
        found += [("ed", word[:-3] + "y")] if word.endswith("ied") else []
        found += [("ed", word[:-1]), ("ed", word[:-2]), ("ed", word[:-3])]
    if word.endswith("ing"):
        found += [("ing", word[:-3]), ("ing", word[:-3] + "e"), ("ing", word[:-4])]
    return found


def _with_s(stem: str) -> str:
    if stem[-1] in "ptkfθ":
        return stem + "s"
    return stem + ("ᵻz" if stem[-1] in "szʃʒʧʤ" else "z")


def _with_ed(stem: str) -> str:
    if stem[-1] == "t":
        return stem[:-1] + "ɾᵻd" if stem[-2] in _FLAPPED else stem + "ᵻd"
    if stem[-1] == "d":
        return stem + "ᵻd"
    return stem + ("t" if stem[-1] in "pkfθʃsʧ" else "d")


def _with_ing(stem: str) -> str:
    if stem[-1] == "t" and stem[-2] in _FLAPPED:
        return stem[:-1] + "ɾɪŋ"
    return stem + "ɪŋ"
