from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from callcenter.telephony.speech.clips import to_alaw
from tests.hear import RATE_HZ, NotHeard, Recording, Samples, from_alaw, from_ulaw, load


def words(seed: int, seconds: float = 1.0) -> Samples:
    """Return something like speech: noise in syllables of a quarter of a second."""
    noise = np.random.default_rng(seed).normal(0, 0.1, int(seconds * RATE_HZ))
    syllables = 0.55 - 0.45 * np.cos(2 * np.pi * 4 * np.arange(noise.size) / RATE_HZ)
    return np.asarray(np.convolve(noise * syllables, np.ones(4) / 4, "same"))


def quiet(seconds: float) -> Samples:
    return np.zeros(int(seconds * RATE_HZ))


def through_alaw(samples: Samples) -> Samples:
    return from_alaw(to_alaw(np.asarray(samples * 32767).astype(np.int16)))


def through_ulaw(samples: Samples) -> Samples:
    levels = from_ulaw(bytes(range(256)))
    order = np.argsort(levels)
    middles = [(low + high) / 2 for low, high in pairwise(levels[order])]
    return np.asarray(levels[order][np.searchsorted(middles, samples)])


def test_a_prompt_is_heard_where_it_was_played() -> None:
    prompt = words(1)
    recording = Recording(np.concatenate([quiet(0.5), words(2), prompt, quiet(0.3)]))

    [heard] = recording.find(prompt, name="greeting")

    assert heard.prompt == "greeting"
    assert heard.at_s == pytest.approx(1.5, abs=0.001)
    assert heard.until_s == pytest.approx(2.5, abs=0.001)
    assert heard.surely > 0.99


def test_a_prompt_that_was_not_played_is_not_heard() -> None:
    recording = Recording(np.concatenate([quiet(0.5), words(2), words(3)]))

    assert recording.find(words(1)) == []


def test_a_prompt_is_heard_as_often_as_it_was_played() -> None:
    prompt = words(1)
    recording = Recording(np.concatenate([prompt, prompt, quiet(1), prompt]))

    times = [round(heard.at_s, 2) for heard in recording.find(prompt)]

    assert times == [0.0, 1.0, 3.0]


def test_a_line_that_codes_attenuates_and_hisses_does_not_hide_it() -> None:
    prompt = words(1)
    played = through_ulaw(through_alaw(np.concatenate([words(2), prompt, words(3)])) * 0.3)
    hiss = np.random.default_rng(9).normal(0, 0.002, played.size)

    [heard] = Recording(played + hiss).find(prompt)

    assert heard.at_s == pytest.approx(1.0, abs=0.001)
    assert heard.surely > 0.95


def test_a_lost_packet_here_and_there_does_not_hide_it() -> None:
    prompt = words(1, seconds=3.0)
    played = prompt.copy()
    for at_s in (0.3, 1.1, 2.6):
        played[int(at_s * RATE_HZ) :][:160] = 0

    assert len(Recording(played).find(prompt)) == 1


def test_a_twin_with_another_number_in_it_is_not_taken_for_it() -> None:
    before, after = words(1, seconds=3.0), words(2, seconds=3.0)
    six = np.concatenate([before, words(6, seconds=0.3), after])
    seven = np.concatenate([before, words(7, seconds=0.3), after])

    recording = Recording(np.concatenate([quiet(0.2), six]))

    assert len(recording.find(six)) == 1
    assert recording.find(seven) == []


def test_half_a_prompt_is_not_the_prompt() -> None:
    prompt = words(1, seconds=2.0)

    recording = Recording(np.concatenate([prompt[: prompt.size // 2], quiet(3)]))

    assert recording.find(prompt) == []


def test_silence_holds_no_prompt_and_is_none() -> None:
    assert Recording(quiet(3)).find(words(1)) == []
    assert Recording(words(1)).find(quiet(0.5)) == []
    assert Recording(words(1)).find(words(1, seconds=2.0)) == []


def test_prompts_are_followed_in_order_with_other_sounds_between() -> None:
    one, two = words(1), words(2)
    recording = Recording(np.concatenate([one, words(3), two, one]))

    told = recording.follow([one, two, one])

    assert [round(heard.at_s, 2) for heard in told] == [0.0, 2.0, 3.0]


def test_a_prompt_out_of_order_is_missed_and_its_place_is_named() -> None:
    one, two = words(1), words(2)
    recording = Recording(np.concatenate([two, one]))

    with pytest.raises(NotHeard, match=r"not after 1.75 s; it is at: 0.00 s"):
        recording.follow([one, two])


def test_what_was_played_is_told_and_parts_of_it_are_not() -> None:
    buy, price, price2 = words(1), words(2), words(3)
    sentence = np.concatenate([buy, price])
    recording = Recording(np.concatenate([quiet(0.5), sentence, quiet(1), price2]))

    told = recording.tell(
        {"buy": buy, "buy-10": sentence, "price-10": price, "price-11": price2, "other": words(4)}
    )

    assert [heard.prompt for heard in told] == ["buy-10", "price-11"]


def test_files_of_every_kind_are_read(tmp_path: Path) -> None:
    samples = words(1)
    pcm = np.asarray(samples * 32767).astype("<i2")
    coded = to_alaw(pcm.astype(np.int16))
    (tmp_path / "raw.alaw").write_bytes(coded)
    (tmp_path / "pcm.wav").write_bytes(wav(coding=1, bits=16, data=pcm.tobytes()))
    (tmp_path / "alaw.wav").write_bytes(wav(coding=6, bits=8, data=coded))

    for name in ("raw.alaw", "pcm.wav", "alaw.wav"):
        [heard] = Recording(tmp_path / name).find(samples)
        assert heard.surely > 0.99


def test_another_sample_rate_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "wide.wav"
    file.write_bytes(wav(coding=1, bits=16, data=b"", rate_hz=16_000))

    with pytest.raises(ValueError, match="16000 Hz"):
        load(file)


def wav(*, coding: int, bits: int, data: bytes, rate_hz: int = RATE_HZ) -> bytes:
    fields = [
        (coding, 2),
        (1, 2),
        (rate_hz, 4),
        (rate_hz * bits // 8, 4),
        (bits // 8, 2),
        (bits, 2),
    ]
    header = b"".join(value.to_bytes(size, "little") for value, size in fields)
    chunks = b"".join(
        name + len(content).to_bytes(4, "little") + content
        for name, content in ((b"fmt ", header), (b"data", data))
    )
    return b"RIFF" + (4 + len(chunks)).to_bytes(4, "little") + b"WAVE" + chunks
