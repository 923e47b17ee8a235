"""G.711: samples survive, silence is silent, loudness is in order."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.telephony.sipcaller.g711 import (
    Codec,
    decode,
    decode_table,
    encode,
    loudness_ranks,
    lowest_rank,
)

SAMPLES = st.lists(st.integers(-32768, 32767)).map(lambda s: np.array(s, dtype=np.int16))
either_codec = pytest.mark.parametrize("codec", Codec)


@pytest.mark.parametrize(
    ("codec", "code", "sample"),
    [
        (Codec.PCMU, 0x00, -32124),
        (Codec.PCMU, 0x80, 32124),
        (Codec.PCMU, 0xFF, 0),
        (Codec.PCMU, 0xF0, 120),
        (Codec.PCMU, 0x6F, -132),
        (Codec.PCMA, 0xAA, 32256),
        (Codec.PCMA, 0x2A, -32256),
        (Codec.PCMA, 0xD5, 8),
        (Codec.PCMA, 0x55, -8),
        (Codec.PCMA, 0xC5, 264),
    ],
)
def test_known_bytes_decode_to_the_samples_of_the_standard(
    codec: Codec, code: int, sample: int
) -> None:
    assert decode_table(codec)[code] == sample


@either_codec
def test_every_byte_survives_decoding_and_encoding(codec: Codec) -> None:
    every = bytes(code for code in range(256) if (codec, code) != (Codec.PCMU, 0x7F))

    assert encode(codec, decode(codec, every)) == every


@either_codec
@given(samples=SAMPLES)
def test_a_sample_comes_back_within_a_twentieth(codec: Codec, samples: np.ndarray) -> None:
    back = decode(codec, encode(codec, samples)).astype(np.int32)

    error = np.abs(back - samples)
    assert np.all(error <= np.maximum(np.abs(samples.astype(np.int32)) / 20, 8))


@either_codec
def test_silence_is_as_quiet_as_it_gets(codec: Codec) -> None:
    ranks = loudness_ranks(codec)

    assert ranks[codec.silence] == 0
    assert ranks[codec.silence] < lowest_rank(codec, -60)


@either_codec
def test_louder_samples_rank_higher(codec: Codec) -> None:
    loudness = np.abs(decode_table(codec).astype(np.int32))
    ranks = np.frombuffer(loudness_ranks(codec), dtype=np.uint8)

    in_order = np.argsort(loudness)
    assert np.all(np.diff(ranks[in_order].astype(int)) >= 0)
    assert ranks.max() == 127


@either_codec
@pytest.mark.parametrize("level_db", [-50.0, -40.0, -20.0, -1.0])
def test_a_rank_of_a_level_begins_at_that_level(codec: Codec, level_db: float) -> None:
    loudness = np.abs(decode_table(codec).astype(np.int32))
    ranks = np.frombuffer(loudness_ranks(codec), dtype=np.uint8)

    loud_enough = ranks >= lowest_rank(codec, level_db)

    assert np.array_equal(loud_enough, loudness >= 32768 * 10 ** (level_db / 20))
