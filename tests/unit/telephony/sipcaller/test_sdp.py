"""Offers and answers: what we describe can be read, and what we cannot use is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.telephony.sipcaller import sdp
from callcenter.telephony.sipcaller.errors import UnusableSdp
from callcenter.telephony.sipcaller.g711 import Codec

ANSWER = """v=0
o=- 1 2 IN IP4 10.0.0.1
s=Asterisk
c=IN IP4 10.0.0.1
t=0 0
m=audio 16100 RTP/AVP 8 0 97
c=IN IP4 127.0.0.1
a=rtpmap:8 PCMA/8000
a=rtpmap:97 telephone-event/8000
a=fmtp:97 0-16
a=ptime:20
a=maxptime:150
a=sendrecv
"""


@given(
    port=st.integers(1, 65535),
    codec=st.sampled_from(Codec),
    keys=st.none() | st.integers(96, 127),
    direction=st.sampled_from(["sendrecv", "sendonly", "recvonly", "inactive"]),
    version=st.integers(1),
)
def test_a_description_is_read_as_it_was_written(
    port: int, codec: Codec, keys: int | None, direction: str, version: int
) -> None:
    media = sdp.Media(
        host="127.0.0.1", port=port, codec=codec, keys_payload_type=keys, direction=direction
    )

    assert sdp.parse(sdp.describe(media, version=version), codec=codec) == media


def test_the_address_of_the_stream_wins_over_that_of_the_session() -> None:
    media = sdp.parse(ANSWER.encode(), codec=Codec.PCMU)

    assert (media.host, media.port, media.keys_payload_type) == ("127.0.0.1", 16100, 97)


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("sendrecv", "sendrecv"),
        ("sendonly", "recvonly"),
        ("recvonly", "sendonly"),
        ("inactive", "inactive"),
    ],
)
def test_hold_is_answered_from_our_side(theirs: str, ours: str) -> None:
    assert sdp.mirrored(theirs) == ours


@pytest.mark.parametrize(
    ("direction", "sends"),
    [("sendrecv", True), ("recvonly", True), ("sendonly", False), ("inactive", False)],
)
def test_who_does_not_listen_is_sent_nothing(direction: str, *, sends: bool) -> None:
    media = sdp.parse(ANSWER.replace("sendrecv", direction).encode(), codec=Codec.PCMA)

    assert media.may_be_sent_to is sends


def test_the_old_way_to_hold_is_understood() -> None:
    held = ANSWER.replace("127.0.0.1", "0.0.0.0")  # noqa: S104 - nothing is bound

    media = sdp.parse(held.encode(), codec=Codec.PCMA)

    assert not media.may_be_sent_to


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("m=audio 16100", "m=audio 0", id="refused"),
        pytest.param("m=audio", "m=image", id="fax"),
        pytest.param("RTP/AVP", "RTP/SAVP", id="encrypted"),
        pytest.param("a=sendrecv\n", "m=video 4 RTP/AVP 31\n", id="video too"),
        pytest.param("8 0 97", "9 97", id="other codec"),
        pytest.param("IN IP4", "IN IP6", id="IPv6"),
    ],
)
def test_media_we_cannot_use_are_refused(old: str, new: str) -> None:
    with pytest.raises(UnusableSdp):
        sdp.parse(ANSWER.replace(old, new).encode(), codec=Codec.PCMA)
