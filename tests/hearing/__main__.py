"""
What callers hear, by a recogniser: `make hear`.

Prints how many syllables (of English: words) are heard wrong, over G.711 at 8 kHz, in prompts, in
numbers and in a real call, each with the voice that a fresh installation has and with espeak-ng;
whether each sound is told from all others; and how surely what was played is the stored file. Exit
code 1 if a bar is missed.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from callcenter.app.speech import SHIPPED
from callcenter.domain.calls import Language
from callcenter.ivr.phone import Utterance
from callcenter.places import ASTERISK_SCRIPTS
from callcenter.telephony.speech.clips import telephone_clip
from callcenter.telephony.speech.engine import EspeakEngine
from tests.e2e.installation import Installation
from tests.e2e.lines import Lines, lines_into
from tests.e2e.voice import Announcement, Voice, utterance
from tests.hear import Samples, from_alaw
from tests.hearing import calling, speaking
from tests.hearing.ear import Ear
from tests.hearing.judging import Score, judge

_RECOGNISER: Final = Path(".venv-hear")
_PROMPTS_WRONG: Final = 0.05
_NUMBERS_WRONG: Final = 0.12
_SURELY: Final = 0.9
_BASELINE: Final = 20  # sounds of espeak-ng of each kind


class Hearing:
    def __init__(self, ear: Ear, voice: Voice, espeak: EspeakEngine) -> None:
        self._ear = ear
        self._voice = voice
        self._espeak = espeak
        self.missed: list[str] = []

    async def kind(
        self,
        name: str,
        announcements: Mapping[str, Announcement],
        language: Language,
        bar: float | None,
        among: Mapping[str, Announcement],
    ) -> None:
        """Listen to announcements; they must be told from all of `among`."""
        words = {one: utterance(among[one], language).words for one in among}
        shipped = [one for one in announcements if self._voice.ships(announcements[one], language)]
        _say(f"{name}, {language}: {len(shipped)} of {len(announcements)} are in the voice pack")
        sounds = {one: await self._voice.sound(announcements[one], language) for one in shipped}
        score = judge(self._ear, sounds, words, language, _tell)
        self._report(f"{name}, {language}", score, bar)
        few = dict(list(announcements.items())[:: max(1, len(announcements) // _BASELINE)])
        poor = {one: await self._by_espeak(utterance(few[one], language)) for one in few}
        baseline = judge(self._ear, poor, words, language, lambda _: None)
        _say(baseline.line(f"{name}, {language}, espeak-ng"))

    async def call(self, lines: Lines) -> None:
        heard = await calling.listen_in(lines)
        words = {one.words: one.words for one in heard}
        sounds = {one.words: one.sound for one in heard}
        self._report("real call, zh", judge(self._ear, sounds, words, Language.ZH, _tell), None)
        least = min(one.surely for one in heard)
        _say(f"correlation with the stored file: {len(heard)} prompts, least {least:.3f}")
        if least < _SURELY:
            self.missed.append("correlation")

    def _report(self, name: str, score: Score, bar: float | None) -> None:
        _say(score.line(name) + (f" · bar {bar:.0%}" if bar else ""))
        for mistaken in score.mistaken:
            _say(f"  taken for another: {mistaken}")
        if bar and (score.rate > bar or score.mistaken):
            self.missed.append(name)

    async def _by_espeak(self, said: Utterance) -> Samples:
        pcm = await self._espeak.render(said.words, said.language)
        return from_alaw(telephone_clip(pcm))


async def _listen(hearing: Hearing, asked: argparse.Namespace) -> None:
    prompts = speaking.fixed_prompts()
    some = {one: prompts[one] for one in asked.only or list(prompts)[:: asked.every]}
    numbers = speaking.numbers(asked.numbers, asked.seed)
    for language in Language:
        zh = language is Language.ZH
        await hearing.kind("prompts", some, language, _PROMPTS_WRONG if zh else None, prompts)
        await hearing.kind("numbers", numbers, language, _NUMBERS_WRONG if zh else None, numbers)


async def _run(installation: Installation, asked: argparse.Namespace) -> list[str]:
    with Ear.listening(_RECOGNISER) as ear:
        async with lines_into(installation) as lines:
            hearing = Hearing(ear, lines.voice, EspeakEngine(installation.espeak))
            await hearing.call(lines)
            await _listen(hearing, asked)
    return hearing.missed


def _tell(line: str) -> None:
    _say(line)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description="What callers hear, by a recogniser.")
    parser.add_argument("--every", type=int, default=1, help="listen to every nth prompt only")
    parser.add_argument("--only", nargs="+", help="listen to these prompts, told from all")
    parser.add_argument("--numbers", type=int, default=42, help="how many sentences with numbers")
    parser.add_argument("--seed", type=int, default=4008, help="which numbers")
    parser.add_argument("--pack", type=Path, default=SHIPPED, help="another voice pack")
    asked = parser.parse_args()
    espeak = json.dumps([str(ASTERISK_SCRIPTS / "espeak")])
    with Installation.private(espeak_command=espeak, voice_pack_dir=asked.pack) as installation:
        installation.up()
        installation.wait_for_sounds()
        missed = asyncio.run(_run(installation, asked))
    if missed:
        _say(f"missed: {', '.join(missed)}")
        sys.exit(1)


if __name__ == "__main__":
    main()
