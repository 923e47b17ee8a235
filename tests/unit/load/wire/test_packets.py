"""What is kept of a packet that the kernel handed over."""

from callcenter.load.wire.packets import FROM_CALLER, KEY_ENDED
from callcenter.telephony.sipcaller.g711 import Codec, loudness_ranks
from tests.unit.load.wire.line import EPOCH_S, FIRST, LOUD, SILENT, Line, datagram, kept, rtp, slot


def test_a_packet_of_the_pbx_keeps_its_time_its_numbers_and_how_loud_it_is() -> None:
    packet = rtp(8 | 0x80, 65_535, 4_294_967_295, 0xCAFE, SILENT[:-1] + LOUD[:1])

    kept_ = kept([slot(1.5, datagram(FIRST, 7000, packet))])[0]

    assert kept_["at"] == EPOCH_S * 10**9 + 1_500_000
    assert (kept_["sequence"], kept_["stamp"], kept_["ssrc"]) == (65_535, 4_294_967_295, 0xCAFE)
    assert (kept_["pbx_port"], kept_["caller_port"], kept_["payload_type"]) == (FIRST, 7000, 8)
    assert kept_["loudest"] == loudness_ranks(Codec.PCMA)[LOUD[0]]
    assert not kept_["flags"] & FROM_CALLER


def test_a_short_packet_is_as_loud_as_its_own_bytes_and_not_those_after_it() -> None:
    whole = kept([slot(0, datagram(FIRST, 7000, rtp(8, 1, 1, 1, SILENT[:80])))])

    assert whole["loudest"][0] == 0


def test_mu_law_silence_is_silent() -> None:
    sent = kept([slot(0, datagram(FIRST, 7000, rtp(0, 1, 1, 1, b"\xff" * 160)))])

    assert sent["loudest"][0] == 0


def test_a_key_of_the_caller_keeps_which_and_whether_it_is_up() -> None:
    line = Line()
    line.keys(11, from_ms=0, to_ms=20)

    reports = kept(line.slots)

    assert [int(key) for key in reports["key"]] == [11] * 4
    assert [bool(flags & KEY_ENDED) for flags in reports["flags"]] == [False, True, True, True]
    assert all(flags & FROM_CALLER for flags in reports["flags"])
    assert set(reports["pbx_port"]) == {FIRST}
