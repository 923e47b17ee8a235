"""The AGI codec: what is sent is one command, what is read is what Asterisk said."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.telephony.agi import (
    HANGUPS_LIMIT,
    HEADER_LIMIT,
    HEADER_LINE_LIMIT,
    REPLY_LIMIT,
    AgiItem,
    AgiParser,
    AgiProtocolError,
    AgiReply,
    AgiRequest,
    Hangup,
    encode_command,
)
from tests.fakes.asterisk import agi_header

ONE_LINE = st.text(st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"]))


def as_asterisk_reads(line: bytes) -> list[str]:
    """Split a command as Asterisk does: blanks part words, quotes join, backslash escapes."""
    words: list[str] = []
    quoted = escaped = False
    between = True
    for mark in line.decode().removesuffix("\n"):
        if not escaped and mark == "\\":
            escaped = True
            continue
        if not escaped and mark == '"':
            quoted = not quoted
            mark = ""
        elif not escaped and not quoted and mark in " \t":
            between = True
            continue
        if between:
            words.append("")
            between = False
        words[-1] += mark
        escaped = False
    return words


def items_of(*chunks: bytes) -> list[AgiItem | str]:
    """Return everything that the chunks give, and the error that ends them if there is one."""
    parser, items = AgiParser(), list[AgiItem | str]()
    try:
        for chunk in chunks:
            items.extend(parser.feed(chunk))
    except AgiProtocolError as e:
        items.append(str(e))
    return items


def replies_to(data: bytes) -> list[AgiItem | str]:
    return items_of(agi_header() + data)[1:]


def request_of(header: bytes) -> AgiRequest:
    (request,) = items_of(header)
    assert isinstance(request, AgiRequest)
    return request


# What we send


def test_a_command_is_one_line_with_quoted_arguments() -> None:
    line = encode_command("STREAM FILE", "p/acct", "0123456789*#", 8000)

    assert line == b'STREAM FILE "p/acct" "0123456789*#" "8000"\n'


@given(st.lists(ONE_LINE, max_size=5))
def test_asterisk_reads_every_argument_as_it_was_given(arguments: list[str]) -> None:
    line = encode_command("SET VARIABLE", *arguments)

    assert as_asterisk_reads(line) == ["SET", "VARIABLE", *arguments]


@pytest.mark.parametrize("mark", ["\r", "\n", "\0", "\r\n"])
def test_no_argument_can_end_the_line(mark: str) -> None:
    with pytest.raises(ValueError, match="one line"):
        encode_command("SET VARIABLE", "NAME", f"x{mark}HANGUP")


@pytest.mark.parametrize("verb", ["", "set variable", "NOOP\nHANGUP", 'NOOP "x"', " NOOP", "A  B"])
def test_a_verb_is_capital_words_only(verb: str) -> None:
    with pytest.raises(ValueError, match="not an AGI command"):
        encode_command(verb)


def test_a_command_that_asterisk_would_read_as_two_is_not_sent() -> None:
    fits = 2047 - len('NOOP ""\n')

    assert len(encode_command("NOOP", "x" * fits)) == 2047
    with pytest.raises(ValueError, match="too long"):
        encode_command("NOOP", "x" * (fits + 1))


def test_more_words_than_asterisk_keeps_are_not_sent() -> None:
    with pytest.raises(ValueError, match="too long"):
        encode_command("NOOP", *["x"] * 126)


# The header


def test_the_header_tells_who_calls_whom_and_why() -> None:
    request = request_of(agi_header("first", "", calleridname="Li Lei"))

    assert request.channel == "PJSIP/trunk-0000002a"
    assert request.caller_number == "13800138000"
    assert request.caller_name == "Li Lei"
    assert request.dialled == "95500"
    assert request.unique_id == "1795356290.42"
    assert request.script == "hotline"
    assert request.arguments == ("first", "")
    assert request.variables["agi_language"] == "zh"
    assert len(request.variables) == 24


def test_an_unknown_number_is_empty() -> None:
    request = request_of(agi_header(callerid="unknown", calleridname="unknown"))

    assert (request.caller_number, request.caller_name) == ("", "")


def test_without_a_dialled_number_the_extension_is_taken() -> None:
    assert request_of(agi_header(dnid="unknown", extension="280")).dialled == "280"


def test_a_caller_name_in_gbk_is_damaged_but_harms_nothing() -> None:
    header = agi_header(calleridname="@").replace(b"@", "李雷".encode("gbk"))

    name = request_of(header).caller_name

    assert "\ufffd" in name
    assert name.encode()


@pytest.mark.parametrize("control", ["\0", "\r", "\t", "\x1b[2J", "\x7f"])
def test_no_control_character_comes_through_a_header(control: str) -> None:
    name = request_of(agi_header(calleridname=f"a{control}b")).caller_name

    assert name.isprintable()
    assert name.startswith("a\ufffd")


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("x\nagi_callerid: 13900139000", id="another-number"),
        pytest.param("x\nagi_arg_1: admin", id="an-argument"),
        pytest.param("x\n\n200 result=1", id="an-early-end"),
        pytest.param("x\nagi_arg_0: admin", id="an-odd-argument"),
        pytest.param("x\nHANGUP", id="no-variable"),
    ],
)
def test_a_caller_cannot_write_the_header_by_his_name(name: str) -> None:
    (error,) = items_of(agi_header("guest", callerid=name))

    assert isinstance(error, str)


@pytest.mark.parametrize(
    "junk",
    [
        b"\n",
        b"GET / HTTP/1.1\r\n",
        b"\x16\x03\x01\x02",
        b"HANGUP\n",
        b"agi_x 1\n",
        b"200 result=1\n",
    ],
)
def test_what_is_no_header_is_refused_at_once(junk: bytes) -> None:
    (error,) = items_of(junk)

    assert isinstance(error, str)


def test_a_header_and_its_lines_have_limits() -> None:
    assert items_of(b"agi_x: " + b"y" * HEADER_LINE_LIMIT) == ["the header is too long"]

    lines = b"".join(b"agi_%d: y\n" % n for n in range(HEADER_LIMIT))
    assert items_of(lines) == ["the header is too long"]


def test_a_request_tells_its_variables_but_lets_none_be_changed() -> None:
    request = request_of(agi_header())

    with pytest.raises(TypeError):
        request.variables["agi_callerid"] = "1"  # type: ignore[index]


# Replies


@pytest.mark.parametrize(
    ("line", "reply"),
    [
        ("200 result=0", AgiReply(200, "0")),
        ("200 result=-1 endpos=0", AgiReply(200, "-1", endpos=0)),
        ("200 result=53 endpos=12960", AgiReply(200, "53", endpos=12960)),
        ("200 result=0815", AgiReply(200, "0815")),
        ("200 result=99 (timeout)", AgiReply(200, "99", "timeout")),
        ("200 result= (timeout)", AgiReply(200, "", "timeout")),
        ("200 result=35 (dtmf) endpos=18814", AgiReply(200, "35", "dtmf", 18814)),
        ("200 result=1 ()", AgiReply(200, "1", "")),
        ("200 result=1 (a (b) c)", AgiReply(200, "1", "a (b) c")),
        ("200 result=1 (x) endpos=5)", AgiReply(200, "1", "x) endpos=5")),
        ("200 result=1 (买入)", AgiReply(200, "1", "买入")),
        ("200 result=1 (speech) endpos=7 results=2 ", AgiReply(200, "1", "speech", 7)),
        ("100 result=0 Trying...", AgiReply(100, "0", "Trying...")),
        ("200 result=0 Gosub complete", AgiReply(200, "0", "Gosub complete")),
        ("503 result=-2 Memory allocation failure",
         AgiReply(503, text="result=-2 Memory allocation failure")),
        ("510 Invalid or unknown command", AgiReply(510, text="Invalid or unknown command")),
        ("511 Command Not Permitted on a dead channel or intercept routine",
         AgiReply(511, text="Command Not Permitted on a dead channel or intercept routine")),
        ("520 Invalid command syntax.  Proper usage not available.",
         AgiReply(520, text="Invalid command syntax.  Proper usage not available.")),
    ],
)  # fmt: skip
def test_a_reply_is_read_as_asterisk_means_it(line: str, reply: AgiReply) -> None:
    assert replies_to(f"{line}\n".encode()) == [reply]


@pytest.mark.parametrize("last_break", ["\n", ""])
def test_a_usage_is_one_reply_whatever_it_quotes(last_break: str) -> None:
    usage = (
        "520-Invalid command syntax.  Proper usage follows:\n"
        "Usage: GET VARIABLE <name>\n\nHANGUP\n"
        f"Example return code: 200 result=1 (x)\n200 result=1{last_break}"
        "520 End of proper usage.\n"
    )

    first, second = replies_to(usage.encode() + b"200 result=0\n")

    assert isinstance(first, AgiReply)
    assert first.code == 520
    assert "200 result=1" in first.text
    assert second == AgiReply(200, "0")


def test_a_value_may_have_lines() -> None:
    reply = replies_to(b"200 result=1 (a\nHANGUP\n200 result=0\n\nb)\n200 result=7\n")

    assert reply == [AgiReply(200, "1", "a\nHANGUP\n200 result=0\n\nb"), AgiReply(200, "7")]


def test_hangup_is_not_a_reply() -> None:
    items = replies_to(b"HANGUP\n200 result=1\nHANGUP\n")

    assert items == [Hangup.LINE, AgiReply(200, "1"), Hangup.LINE]


@pytest.mark.parametrize(
    "line",
    ["", "hello", "200", "200 ok", "200 result 1", "99 result=1", "600 x", "HANGUP ", "HANGUP\r"],
)
def test_a_line_that_is_no_reply_breaks_the_session(line: str) -> None:
    (error,) = replies_to(f"{line}\n".encode())

    assert isinstance(error, str)


@pytest.mark.parametrize(
    "endless",
    [
        pytest.param(b"200 result=1 (" + b"x" * REPLY_LIMIT, id="line"),
        pytest.param(b"200 result=1 (\n" + b"x\n" * REPLY_LIMIT, id="value"),
        pytest.param(b"520-Usage\n" + b"x\n" * REPLY_LIMIT, id="usage"),
    ],
)
def test_a_reply_has_a_limit(endless: bytes) -> None:
    assert replies_to(endless) == ["a reply is too long"]


def test_a_long_session_has_no_limit() -> None:
    reply = b"200 result=1 (" + b"x" * 1000 + b")\n"

    assert replies_to(reply * 100) == [AgiReply(200, "1", "x" * 1000)] * 100


def test_no_nul_comes_through_a_reply() -> None:
    assert replies_to(b"200 result=1 (a\0b)\n") == [AgiReply(200, "1", "a\ufffdb")]


def test_hangup_lines_have_a_limit() -> None:
    items = replies_to(b"HANGUP\n" * (HANGUPS_LIMIT + 5))

    assert items == [Hangup.LINE] * HANGUPS_LIMIT + ["a flood of HANGUP lines"]


def test_a_broken_session_stays_broken_and_holds_nothing() -> None:
    parser = AgiParser()

    for data in (b"junk\n", agi_header()):
        with pytest.raises(AgiProtocolError):
            list(parser.feed(data))

    assert not parser._buffer


# Any bytes

REPLY_BYTES = st.sampled_from(
    [
        b"200 result=0\n",
        b"200 result=1 (a)b",
        b"200 result=1 (",
        b"HANGUP\n",
        b"520-Usage\n",
        b"520 End of proper usage.\n",
        b" endpos=5",
        b")\n",
        b"(",
        b"\n",
        b"511 dead\n",
        "李".encode(),
        "李".encode("gbk"),
        b"\0",
        b"result=",
        b"200 ",
    ]
)
HEADER_BYTES = st.sampled_from([*agi_header("a").splitlines(keepends=True), b"\n", b"agi_arg_1: b"])
ANY_BYTES = st.one_of(
    st.binary(max_size=300),
    st.lists(REPLY_BYTES, max_size=30).map(lambda parts: agi_header() + b"".join(parts)),
    st.lists(HEADER_BYTES, max_size=30).map(b"".join),
)


@given(ANY_BYTES, st.lists(st.integers(0, 1000), max_size=20))
def test_how_the_bytes_are_cut_makes_no_difference(data: bytes, cuts: list[int]) -> None:
    edges = sorted({min(cut, len(data)) for cut in cuts} | {0, len(data)})
    chunks = [data[a:b] for a, b in pairwise(edges)]

    assert items_of(*chunks) == items_of(data)
    assert items_of(*[data[n : n + 1] for n in range(len(data))]) == items_of(data)


@given(st.lists(ANY_BYTES, max_size=5))
def test_any_bytes_parse_or_raise_the_protocol_error(chunks: list[bytes]) -> None:
    items = items_of(*chunks)

    for item in items[:-1]:
        assert isinstance(item, AgiRequest | AgiReply | Hangup)


@given(ONE_LINE)
def test_a_value_comes_through_whole(value: str) -> None:
    assert replies_to(f"200 result=1 ({value})\n200 result=0\n".encode()) == [
        AgiReply(200, "1", value),
        AgiReply(200, "0"),
    ]
