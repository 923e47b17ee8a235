"""SIP messages: what we write we can read, and what others write too."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.telephony.sipcaller.errors import MalformedMessage
from callcenter.telephony.sipcaller.messages import (
    Request,
    Response,
    address_parts,
    parameter,
    parse,
)

NEEDED = (
    ("Via", "SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bK1"),
    ("From", "<sip:a@b>;tag=1"),
    ("To", "<sip:c@d>"),
    ("Call-ID", "x@y"),
    ("CSeq", "1 INVITE"),
)
ONE_LINE = st.text(st.characters(exclude_categories=["C", "Z"]), max_size=40)
HEADERS = st.lists(st.tuples(st.text(string.ascii_letters, min_size=2), ONE_LINE)).map(
    lambda headers: tuple((f"X-{name}", value) for name, value in headers)
)

FROM_ASTERISK = b"""\r\n\r\nSIP/2.0 200 OK\r
v: SIP/2.0/UDP 127.0.0.1:40000;rport=40000;received=127.0.0.1;branch=z9hG4bKabc\r
Record-Route: <sip:10.0.0.1;lr>, <sip:10.0.0.2;lr>\r
RECORD-ROUTE: <sip:10.0.0.3;lr>\r
i: 1234@127.0.0.1\r
f: "Wang; tag=9, \\"A\\"" <sip:138@127.0.0.1>;tag=ours\r
t: <sip:4008@127.0.0.1>;tag=theirs\r
CSeq: 17   INVITE\r
Subject: a line\r
 that goes on\r
m: <sip:127.0.0.1:5060>;expires=60, <sip:other@127.0.0.1>\r
l: 4\r
\r
v=0\nrubbish behind the body"""


@given(headers=HEADERS, body=st.binary())
def test_a_request_is_read_as_it_was_written(
    headers: tuple[tuple[str, str], ...], body: bytes
) -> None:
    request = Request(method="INVITE", uri="sip:c@d", headers=(*NEEDED, *headers), body=body)

    assert parse(request.encode()) == request


@given(status=st.integers(100, 699), headers=HEADERS, body=st.binary())
def test_a_response_is_read_as_it_was_written(
    status: int, headers: tuple[tuple[str, str], ...], body: bytes
) -> None:
    response = Response(status=status, phrase="So It Is", headers=(*NEEDED, *headers), body=body)

    assert parse(response.encode()) == response


def test_compact_and_folded_headers_are_read_like_any_other() -> None:
    message = parse(FROM_ASTERISK)

    assert isinstance(message, Response)
    assert (message.status, message.phrase) == (200, "OK")
    assert message.call_id == "1234@127.0.0.1"
    assert message.cseq == (17, "INVITE")
    assert message.branch == "z9hG4bKabc"
    assert message.first("subject") == "a line that goes on"
    assert message.body == b"v=0\n"


def test_a_comma_parts_values_but_not_within_quotes() -> None:
    message = parse(FROM_ASTERISK)

    hops = ("<sip:10.0.0.1;lr>", "<sip:10.0.0.2;lr>", "<sip:10.0.0.3;lr>")
    assert message.every("Record-Route") == hops
    assert message.contact == "sip:127.0.0.1:5060"


def test_a_tag_in_somebody_s_name_is_not_the_tag() -> None:
    message = parse(FROM_ASTERISK)

    assert (message.from_tag, message.to_tag) == ("ours", "theirs")


def test_bare_line_feeds_and_a_missing_length_are_tolerated() -> None:
    text = "".join(f"{name}: {value}\n" for name, value in NEEDED)

    message = parse(f"BYE sip:a@b SIP/2.0\n{text}\nall of it".encode())

    assert isinstance(message, Request)
    assert message.method == "BYE"
    assert message.body == b"all of it"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\r\n\r\n", id="keep-alive"),
        pytest.param(b"\x80\x08\0\0", id="rtp"),
        pytest.param(FROM_ASTERISK.replace(b"SIP/2.0 200", b"SIP/3.0 200"), id="version"),
        pytest.param(FROM_ASTERISK.replace(b"l: 4", b"l: 400"), id="cut off"),
        pytest.param(FROM_ASTERISK.replace(b"l: 4", b"l: four"), id="length"),
        pytest.param(FROM_ASTERISK.replace(b"17   INVITE", b"INVITE"), id="cseq"),
        pytest.param(FROM_ASTERISK.replace(b"i: ", b"X-i: "), id="no call-id"),
        pytest.param(FROM_ASTERISK.replace(b"Subject:", b"Subject"), id="no colon"),
    ],
)
def test_what_is_no_message_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedMessage):
        parse(data)


@given(cut=st.integers(0, len(FROM_ASTERISK)), junk=st.binary(max_size=30))
def test_any_bytes_are_refused_or_can_be_used(cut: int, junk: bytes) -> None:
    try:
        message = parse(FROM_ASTERISK[:cut] + junk + FROM_ASTERISK[cut:])
    except MalformedMessage:
        return

    assert isinstance(message.cseq[0], int)
    assert all(
        isinstance(value, str)
        for value in (message.branch, message.from_tag, message.to_tag, message.contact)
    )


@pytest.mark.parametrize("value", ["one\r\nBcc: two", "one\ntwo", "\0"])
def test_a_header_cannot_bring_in_another(value: str) -> None:
    with pytest.raises(ValueError, match="not a header"):
        Response(status=200, headers=(*NEEDED, ("Subject", value)))


@pytest.mark.parametrize(
    ("value", "uri", "tag"),
    [
        ("<sip:a@b>;tag=1", "sip:a@b", "1"),
        ("sip:a@b;tag=1", "sip:a@b", "1"),
        ("Some Body <sip:a@b;transport=udp>;x=y;Tag = 1", "sip:a@b;transport=udp", "1"),
        ('"<no>" <sip:a@b>', "sip:a@b", ""),
    ],
)
def test_an_address_is_taken_apart(value: str, uri: str, tag: str) -> None:
    found, params = address_parts(value)

    assert found == uri
    assert parameter("tag", params) == tag
