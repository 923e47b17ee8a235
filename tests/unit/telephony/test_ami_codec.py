"""The AMI codec: an action stays one action, a message is what Asterisk sent."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.telephony.ami_codec import (
    ACTION_LINE_LIMIT,
    BANNER_LIMIT,
    LINE_LIMIT,
    MESSAGE_LIMIT,
    AmiDecoder,
    encode_action,
)
from callcenter.telephony.ami_words import AmiMessage, AmiProtocolError, AmiResponse, Secret

BANNER = b"Asterisk Call Manager/11.0.0\r\n"


def messages_of(*chunks: bytes) -> list[AmiMessage | str]:
    """Return everything that the chunks give, and the error that ends them if there is one."""
    decoder, messages = AmiDecoder(), list[AmiMessage | str]()
    try:
        for chunk in chunks:
            messages.extend(decoder.feed(chunk))
    except AmiProtocolError as e:
        messages.append(str(e))
    return messages


def message(*fields: tuple[str, str]) -> AmiMessage:
    return AmiMessage(fields)


# What we send


def test_an_action_is_its_name_its_id_and_its_fields() -> None:
    data = encode_action("QueueAdd", "x-1", {"Queue": "broker", "Penalty": 2})

    assert data == b"Action: QueueAdd\r\nActionID: x-1\r\nQueue: broker\r\nPenalty: 2\r\n\r\n"


def test_several_values_become_several_lines() -> None:
    data = encode_action("Originate", "x-1", {"Variable": ["a=1", "b=2"]})

    assert data.endswith(b"Variable: a=1\r\nVariable: b=2\r\n\r\n")


@pytest.mark.parametrize("end", ["\r", "\n", "\0", "\r\n\r\nAction: Command\r\nCommand: core stop"])
def test_no_value_can_start_another_action(end: str) -> None:
    with pytest.raises(ValueError, match="the value of CallerID must be one line"):
        encode_action("Originate", "x-1", {"CallerID": f"Li Lei{end}"})

    with pytest.raises(ValueError, match="must be one line"):
        encode_action(f"Ping{end}", "x-1", {})


@pytest.mark.parametrize("name", ["", "Caller ID", "X\r\nAction", "X: y", "\0", "1", "姓名"])
def test_a_name_is_a_plain_word(name: str) -> None:
    with pytest.raises(ValueError, match="not a name"):
        encode_action("Ping", "x-1", {name: "y"})


@pytest.mark.parametrize("name", ["Action", "ACTIONID"])
def test_the_answer_to_an_action_cannot_be_led_astray(name: str) -> None:
    with pytest.raises(ValueError, match="not for the caller"):
        encode_action("Ping", "x-1", {name: "y"})


def test_a_line_that_asterisk_would_drop_is_not_sent() -> None:
    fits = ACTION_LINE_LIMIT - len("Data: \r\n")

    encode_action("Originate", "x-1", {"Data": "x" * fits})
    with pytest.raises(ValueError, match="Data is too long"):
        encode_action("Originate", "x-1", {"Data": "x" * (fits + 1)})


def test_more_lines_than_asterisk_keeps_are_not_sent() -> None:
    with pytest.raises(ValueError, match="too many lines"):
        encode_action("Originate", "x-1", {"Variable": ["a=1"] * 125})


def test_an_error_does_not_tell_the_value() -> None:
    with pytest.raises(ValueError, match="Secret") as caught:
        encode_action("Login", "x-1", {"Secret": Secret("s3cret\n")})

    assert "s3cret" not in str(caught.value)


def test_a_secret_is_not_shown_but_sent() -> None:
    secret = Secret("s3cret")

    assert "s3cret" not in f"{secret} {secret!r} {[secret]}"
    assert b"Secret: s3cret\r\n" in encode_action("Login", "x-1", {"Secret": secret})


# What we read


def test_a_message_keeps_order_and_repetition_and_finds_names_in_any_case() -> None:
    (got,) = messages_of(BANNER + b"Response: Success\r\nOutput: b\r\nOutput: a\r\n\r\n")

    assert got == message(("Response", "Success"), ("Output", "b"), ("Output", "a"))
    assert AmiResponse(got).output == ("b", "a")
    assert got.get("RESPONSE") == "Success"
    assert got.get("Nothing", "else") == "else"
    assert got.event == ""


def test_a_value_keeps_colons_blanks_and_lone_line_feeds() -> None:
    (got,) = messages_of(BANNER + b"Event: X\r\nA: b: c\nEvent: Y \r\nEmpty:\r\n\r\n")

    assert got == message(("Event", "X"), ("A", "b: c\nEvent: Y "), ("Empty", ""))


def test_empty_lines_and_lines_without_a_colon_are_left_out() -> None:
    decoder = AmiDecoder()

    messages = list(decoder.feed(BANNER + b"\r\n\r\nEvent: X\r\n--odd--\r\n\r\n\r\n"))

    assert messages == [message(("Event", "X"))]
    assert decoder.odd_lines == 1


def test_broken_utf_8_is_replaced() -> None:
    gbk = "李雷".encode("gbk")

    (got,) = messages_of(BANNER + b"Event: X\r\nName: " + gbk + b"\r\n\r\n")

    assert isinstance(got, AmiMessage)
    assert "\ufffd" in got.get("Name")


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"SSH-2.0-OpenSSH_9.2\r\n", id="another-server"),
        pytest.param(b"x" * (BANNER_LIMIT + 1), id="endless-banner"),
        pytest.param(BANNER + b"x" * (LINE_LIMIT + 1), id="endless-line"),
        pytest.param(BANNER + b"Output: x\r\n" * (MESSAGE_LIMIT // 10), id="endless-message"),
    ],
)
def test_what_no_asterisk_sends_ends_the_link(data: bytes) -> None:
    decoder = AmiDecoder()
    for _ in range(2):
        with pytest.raises(AmiProtocolError):
            list(decoder.feed(data))


PIECES = st.sampled_from(
    [
        b"Event: X\r\n",
        b"Name: ",
        "李".encode(),
        "李".encode("gbk"),
        b"\r\n",
        b"\r",
        b"\n",
        b":",
        b"x",
    ]
)
ANY_BYTES = st.one_of(
    st.binary(max_size=300),
    st.lists(PIECES, max_size=40).map(lambda pieces: BANNER + b"".join(pieces)),
)


@given(ANY_BYTES, st.lists(st.integers(0, 500), max_size=20))
def test_how_the_bytes_are_cut_makes_no_difference(data: bytes, cuts: list[int]) -> None:
    edges = sorted({min(cut, len(data)) for cut in cuts} | {0, len(data)})
    chunks = [data[a:b] for a, b in pairwise(edges)]

    assert messages_of(*chunks) == messages_of(data)
    assert messages_of(*[data[n : n + 1] for n in range(len(data))]) == messages_of(data)


NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9_-]{0,20}", fullmatch=True)
VALUES = st.text(
    st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"]), max_size=200
)


@given(st.dictionaries(NAMES, VALUES, max_size=5))
def test_what_is_sent_can_be_read_back(fields: dict[str, str]) -> None:
    fields = {k: v for k, v in fields.items() if k.lower() not in {"action", "actionid"}}

    (got,) = messages_of(BANNER + encode_action("Ping", "x-1", fields))

    assert got == message(("Action", "Ping"), ("ActionID", "x-1"), *fields.items())
