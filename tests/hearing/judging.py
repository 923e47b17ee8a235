"""Figures of what was heard: how much of it wrong, and if each sound is told from all others."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from callcenter.domain.calls import Language
from tests.hear import Samples
from tests.hearing.ear import Ear
from tests.hearing.syllables import error, nearest


@dataclass(slots=True)
class Score:
    """Units heard wrong of units said, and the names of what was taken for something else."""

    wrong: int = 0
    said: int = 0
    sounds: int = 0
    mistaken: list[str] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return self.wrong / max(1, self.said)

    def line(self, what: str) -> str:
        told = self.sounds - len(self.mistaken)
        return (
            f"{what:<44}{self.rate:7.1%} of {self.said:5} · told apart {told:3} of {self.sounds:3}"
        )


def judge(
    ear: Ear,
    sounds: Mapping[str, Samples],
    words: Mapping[str, str],
    language: Language,
    tell: Callable[[str], None],
) -> Score:
    """
    Listen to sounds by name. `words` has what each of them says, and what others say besides.

    `tell` hears of each sound in which something was heard wrong.
    """
    score = Score()
    for name, sound in sounds.items():
        heard = ear.hears(sound, language)
        wrong, said = error(words[name], heard, language)
        score.wrong += wrong
        score.said += said
        score.sounds += 1
        if words[nearest(heard, words, language)] != words[name]:
            score.mistaken.append(name)
        if wrong:
            tell(f"  {wrong}/{said} {name}: {words[name]} | {heard}")
    return score
