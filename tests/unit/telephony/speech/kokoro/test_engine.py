"""How the worker is asked; a small script plays its part."""

import sys
from pathlib import Path
from typing import Final

import pytest

from callcenter.domain.calls import Language
from callcenter.domain.errors import SpeechUnavailable
from callcenter.telephony.speech.kokoro.engine import KokoroEngine

ZH: Final = Language.ZH
WORKER: Final = """#!{python}
import json, os, sys
open({log!r}, "a").write("started ")
for line in sys.stdin:
    asked = json.loads(line)
    if asked["text"] == "dies":
        sys.exit(1)
    if asked["text"] == "hangs":
        sys.stdin.read()
    if asked["text"] == "wrong":
        print(json.dumps({{"error": "no such word"}}), flush=True)
        continue
    sounds = [bytes([number, 0]) * 100 for number, _ in enumerate(asked["cuts"], 1)]
    head = {{"phonemes": asked["text"], "rate_hz": 24000, "bytes": [len(s) for s in sounds]}}
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\\n" + b"".join(sounds))
    sys.stdout.buffer.flush()
"""


def engine_in(folder: Path, *, timeout_s: float = 10.0) -> KokoroEngine:
    python = folder / "bin" / "python"
    python.parent.mkdir()
    python.write_text(WORKER.format(python=sys.executable, log=str(folder / "log")))
    python.chmod(0o755)
    return KokoroEngine(folder, {}, timeout_s=timeout_s)


def starts(folder: Path) -> int:
    return (folder / "log").read_text().count("started")


async def test_words_are_cut_out_of_a_text_by_one_worker(tmp_path: Path) -> None:
    engine = engine_in(tmp_path)

    first, second = await engine.said("买入浦发银行", ZH, [(0, 2), (2, 6)])
    whole = await engine.render("买入", ZH)
    reading = await engine.phonemes("买入", ZH)
    await engine.close()

    assert (first.samples[0], second.samples[0], whole.samples[0]) == (1, 2, 1)
    assert (first.rate_hz, first.samples.size) == (24_000, 100)
    assert reading == "买入"
    assert starts(tmp_path) == 1


@pytest.mark.parametrize("text", ["dies", "wrong"])
async def test_a_worker_that_fails_is_no_voice_and_the_next_text_is_said(
    tmp_path: Path, text: str
) -> None:
    engine = engine_in(tmp_path)

    with pytest.raises(SpeechUnavailable):
        await engine.render(text, ZH)

    assert (await engine.render("买入", ZH)).samples.size
    await engine.close()


async def test_a_worker_that_hangs_is_killed(tmp_path: Path) -> None:
    engine = engine_in(tmp_path, timeout_s=2.0)

    with pytest.raises(SpeechUnavailable, match="took over"):
        await engine.render("hangs", ZH)

    assert (await engine.render("买入", ZH)).samples.size
    await engine.close()


async def test_without_an_installation_it_says_how_to_get_one(tmp_path: Path) -> None:
    engine = KokoroEngine(tmp_path, {})

    assert not engine.installed
    with pytest.raises(SpeechUnavailable, match="tools/voice"):
        await engine.render("买入", ZH)
