"""How espeak-ng is run; small shell scripts play its part."""

import asyncio
import os
from pathlib import Path

import pytest

from callcenter.domain.calls import Language
from callcenter.domain.errors import SpeechUnavailable
from callcenter.telephony.speech.engine import EspeakEngine


def program(folder: Path, script: str) -> list[str]:
    """Return the command of a program that does what the script says."""
    file = folder / "espeak"
    file.write_text(script)
    return ["/bin/sh", str(file)]


SPEAKS = r"""
for last; do :; done
case "$*" in
*--version*) echo "eSpeak NG text-to-speech: 1.52.0  Data at: /somewhere" ;;
*"-x -q"*) echo "Xua55nj'i35N" ;;
*) echo "$last" >> "$0.said"
   printf 'RIFF\377\377\377\377WAVEfmt \020\0\0\0\001\0\001\0\042\126\0\0\104\254\0\0\002\0\020\0'
   printf 'data\377\377\377\377\001\0\002\0\377\377' ;;
esac
"""
OLD = SPEAKS.replace("1.52.0", "1.51").replace(
    '*"-x -q"*)', '*\'-v cmn -x -q\'*) echo "(en)hj,u:55a#55nf\'aI55v" ;;\n*"-x -q"*)'
)


async def test_samples_are_read_whatever_length_the_header_claims(tmp_path: Path) -> None:
    pcm = await EspeakEngine(program(tmp_path, SPEAKS)).render("欢迎", Language.ZH)

    assert pcm.rate_hz == 22_050
    assert pcm.samples.tolist() == [1, 2, -1]


async def test_the_voice_is_named_with_its_version(tmp_path: Path) -> None:
    engine = EspeakEngine(program(tmp_path, SPEAKS))

    assert (await engine.voice(Language.ZH)).startswith("espeak-ng 1.52.0 cmn ")
    assert (await engine.voice(Language.EN)).startswith("espeak-ng 1.52.0 en-us ")


async def test_a_voice_that_reads_pinyin_as_english_is_passed_over(tmp_path: Path) -> None:
    voice = await EspeakEngine(program(tmp_path, OLD)).voice(Language.ZH)

    assert voice.startswith("espeak-ng 1.51 cmn-latn-pinyin ")


@pytest.mark.parametrize(
    ("phrase", "language", "said"),
    [
        pytest.param("--help", Language.ZH, "--help", id="an-option-is-words"),
        pytest.param("[[x]]", Language.EN, " x]]", id="no-phonemes"),
        pytest.param("三零零ETF", Language.ZH, "三零零E T F", id="letters"),
        pytest.param("还款到银行", Language.ZH, "环款到银航", id="misread"),
    ],
)
async def test_words_are_spelled_as_espeak_reads_them(
    tmp_path: Path, phrase: str, language: Language, said: str
) -> None:
    await EspeakEngine(program(tmp_path, SPEAKS)).render(phrase, language)

    assert (tmp_path / "espeak.said").read_text() == f"{said}\n"


@pytest.mark.parametrize(
    "script",
    [
        pytest.param("exit 1", id="fails"),
        pytest.param("exit 0", id="silent"),
        pytest.param("echo invalid option", id="not-a-sound"),
    ],
)
async def test_a_program_that_makes_no_sound_is_no_voice(tmp_path: Path, script: str) -> None:
    with pytest.raises(SpeechUnavailable):
        await EspeakEngine(program(tmp_path, script)).render("欢迎", Language.ZH)


async def test_a_program_that_is_not_there_is_no_voice(tmp_path: Path) -> None:
    with pytest.raises(SpeechUnavailable):
        await EspeakEngine([str(tmp_path / "missing")]).voice(Language.ZH)


async def test_a_program_that_hangs_is_killed(tmp_path: Path) -> None:
    command = program(tmp_path, f'echo $$ > "{tmp_path}/pid"; while :; do read line; done')
    engine = EspeakEngine(command, timeout_s=0.2)

    with pytest.raises(SpeechUnavailable, match="took over"):
        await engine.render("欢迎", Language.EN)

    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


async def test_no_more_than_two_programs_run_at_once(tmp_path: Path) -> None:
    counting = f'd="{tmp_path}/run.$$"; : > "$d"; ls "{tmp_path}" | grep -c run >> "$0.n"\n'
    engine = EspeakEngine(program(tmp_path, counting + SPEAKS + '\nrm "$d"'))

    await asyncio.gather(*(engine.render("欢迎", Language.ZH) for _ in range(8)))

    assert max(map(int, (tmp_path / "espeak.n").read_text().split())) <= 2
