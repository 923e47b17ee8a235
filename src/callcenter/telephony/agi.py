"""AGI without I/O: commands into bytes, bytes into a request, replies and hang-ups."""

import re
from collections.abc import Iterator
from types import MappingProxyType
from typing import Final

from callcenter.telephony.agi_words import (
    AgiError,
    AgiItem,
    AgiProtocolError,
    AgiReply,
    AgiRequest,
    AgiTimeout,
    CommandRejected,
    DeadChannel,
    Hangup,
    SessionLost,
)

__all__ = [
    "AgiError",
    "AgiItem",
    "AgiParser",
    "AgiProtocolError",
    "AgiReply",
    "AgiRequest",
    "AgiTimeout",
    "CommandRejected",
    "DeadChannel",
    "Hangup",
    "SessionLost",
    "encode_command",
]

# Asterisk reads a command into 2048 bytes and takes what is over for a second command.
COMMAND_LIMIT: Final = 2047
WORDS_LIMIT: Final = 126

HEADER_LIMIT: Final = 16 * 1024
HEADER_LINE_LIMIT: Final = 4 * 1024
REPLY_LIMIT: Final = 64 * 1024
HANGUPS_LIMIT: Final = 16  # Asterisk was seen to send two

_VERB = re.compile(r"[A-Z]+(?: [A-Z]+)*")
_ENDS_THE_LINE = re.compile(r"[\r\n\0]")


def encode_command(verb: str, *arguments: str | int) -> bytes:
    """
    The line for `verb` with each argument quoted, so that it arrives as it is.

    Raises ValueError for what cannot be one line: a line break, NUL, too many bytes.
    """
    if not _VERB.fullmatch(verb):
        raise ValueError(f"not an AGI command: {verb!r}")
    line = " ".join([verb, *map(_quoted, arguments)]).encode() + b"\n"
    if len(line) > COMMAND_LIMIT or verb.count(" ") + 1 + len(arguments) > WORDS_LIMIT:
        raise ValueError(f"{verb} is too long for Asterisk: {len(line)} bytes")
    return line


def _quoted(argument: str | int) -> str:
    text = str(argument)
    if _ENDS_THE_LINE.search(text):
        raise ValueError("an AGI argument must be one line")
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


_HEADER_STARTS: Final = b"agi_"
_HEADER_LINE = re.compile(r"(agi_[a-z0-9_]+): ?(.*)", re.DOTALL)
_ARGUMENT = "agi_arg_"
# agi_threadid is the last one of Asterisk's own: with it, no value has ended the header early.
_MUST_BE_THERE: Final = (
    "agi_network_script",
    "agi_channel",
    "agi_uniqueid",
    "agi_callerid",
    "agi_calleridname",
    "agi_extension",
    "agi_threadid",
)
_UNKNOWN: Final = "unknown"  # Asterisk's word for a number or name that it does not have
_CONTROLS: Final = dict.fromkeys([*range(0x20), 0x7F], "\ufffd")


class _Header:
    """
    The lines before the blank one.

    A caller can choose the bytes of his number and name. Each variable may come once and
    arguments come last, so a line break in a value cannot pass as another variable.
    """

    def __init__(self) -> None:
        self._variables: dict[str, str] = {}
        self._arguments: list[str] = []

    def add(self, line: str) -> None:
        match = _HEADER_LINE.fullmatch(line)
        if match is None:
            raise AgiProtocolError("a header line is not agi_name: value")
        name, value = match[1], match[2].translate(_CONTROLS)
        if name in self._variables:
            raise AgiProtocolError(f"{name} came twice")
        if name.startswith(_ARGUMENT):
            self._arguments.append(value)
        if self._arguments and name != f"{_ARGUMENT}{len(self._arguments)}":
            raise AgiProtocolError(f"{name} is out of order")
        self._variables[name] = value

    def request(self) -> AgiRequest:
        missing = [name for name in _MUST_BE_THERE if name not in self._variables]
        if missing:
            raise AgiProtocolError(f"the header lacks {', '.join(missing)}")
        return AgiRequest(
            channel=self._variables["agi_channel"],
            caller_number=self._known("agi_callerid"),
            caller_name=self._known("agi_calleridname"),
            dialled=self._known("agi_dnid") or self._variables["agi_extension"],
            unique_id=self._variables["agi_uniqueid"],
            script=self._variables["agi_network_script"],
            arguments=tuple(self._arguments),
            variables=MappingProxyType(self._variables),
        )

    def _known(self, name: str) -> str:
        value = self._variables.get(name, _UNKNOWN)
        return "" if value == _UNKNOWN else value


_STATUS = re.compile(r"([1-5][0-9][0-9])([ -])(.*)", re.DOTALL)
_RESULT = re.compile(
    r"result=(?P<result>[^ ]*)"
    r"(?:(?: \((?P<text>.*)\))?(?P<tail>(?: [a-z0-9]+=.*)?)|(?P<words>(?: [^( ].*| )?))",
    re.DOTALL,
)
_ENDPOS = re.compile(r" endpos=([0-9]{1,18})(?: |$)")
_VALUE_OPENS = re.compile(r"result=[^ ]* \(")
_VALUE_ENDS = re.compile(r".*\)(?: [a-z0-9]+=.*)?")
# Some usages lack their last line break, so the end may stand behind other words.
_USAGE_ENDS = re.compile(r".*520 End of proper usage\.?\s*|520 End.*")


class _Replies:
    """
    The lines after the header.

    A value may hold line breaks, and a usage (520) has many lines: both go on until their
    end is seen. What comes before is kept as text and never taken for a reply.
    """

    def __init__(self) -> None:
        self._hangups = 0
        self._lines: list[str] = []
        self._ends: re.Pattern[str] | None = None

    def add(self, line: str) -> AgiReply | Hangup | None:
        """Return what this line completes; None if it needs more."""
        if self._ends is None and line == "HANGUP":
            return self._hangup()
        if self._ends is None:
            self._ends = _end_of_reply(line)
        self._lines.append(line)
        if not self._ends.fullmatch(line):
            return None
        reply, self._lines, self._ends = "\n".join(self._lines), [], None
        return _parse_reply(reply)

    def _hangup(self) -> Hangup:
        self._hangups += 1
        if self._hangups > HANGUPS_LIMIT:
            raise AgiProtocolError("a flood of HANGUP lines")
        return Hangup.LINE


_THIS_LINE: Final = re.compile(r".*")


def _end_of_reply(line: str) -> re.Pattern[str]:
    """Return what the last line of the reply that starts with `line` looks like."""
    match = _STATUS.fullmatch(line)
    if match is None:
        raise AgiProtocolError("a line is neither reply nor HANGUP")
    if match[2] == "-":
        return _USAGE_ENDS
    return _VALUE_ENDS if _VALUE_OPENS.match(match[3]) else _THIS_LINE


def _parse_reply(reply: str) -> AgiReply:
    match = _STATUS.fullmatch(reply)
    assert match is not None  # noqa: S101 - `_end_of_reply` has seen it
    code = int(match[1])
    if code >= 300:
        return AgiReply(code, text=match[3].strip())
    result = _RESULT.fullmatch(match[3])
    if result is None:
        raise AgiProtocolError("a reply has no result")
    endpos = _ENDPOS.search(result["tail"] or "")
    text = result["text"] or (result["words"] or "").strip()
    return AgiReply(code, result["result"], text, int(endpos[1]) if endpos else None)


class AgiParser:
    """
    Bytes in, items out: first one AgiRequest, then replies and hang-ups.

    How the bytes are cut makes no difference. Lines are decoded whole, and what is not
    UTF-8 (a caller name in GBK) becomes U+FFFD. It holds at most one reply and one chunk.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._header: _Header | None = _Header()
        self._replies = _Replies()
        self._taken = 0  # bytes of the header, or of the reply, that is being read
        self._broken = False

    def feed(self, data: bytes) -> Iterator[AgiItem]:
        """
        Take `data`, and give each item that it completes.

        Raises AgiProtocolError at the first byte that breaks a rule, and ever after.
        """
        if not self._broken:
            self._buffer += data
        return self._items()

    def _items(self) -> Iterator[AgiItem]:
        try:
            while (line := self._next_line()) is not None:
                item = self._header_line(line) if self._header else self._reply_line(line)
                if item is not None:
                    self._taken = 0
                    yield item
        except AgiProtocolError:
            self._broken = True
            self._buffer.clear()
            raise

    def _next_line(self) -> str | None:
        if self._broken:
            raise AgiProtocolError("the session is broken already")
        end = self._buffer.find(b"\n")
        size = len(self._buffer) if end < 0 else end + 1
        self._check_size(size)
        if end < 0:
            self._check_start()
            return None
        line = bytes(self._buffer[:end])
        del self._buffer[:size]
        self._taken += size
        return line.decode("utf-8", "replace").replace("\0", "\ufffd")

    def _check_size(self, line_size: int) -> None:
        if self._header is None:
            if self._taken + line_size > REPLY_LIMIT:
                raise AgiProtocolError("a reply is too long")
        elif line_size > HEADER_LINE_LIMIT or self._taken + line_size > HEADER_LIMIT:
            raise AgiProtocolError("the header is too long")

    def _check_start(self) -> None:
        """Do not wait for the end of a line that cannot become one of a header."""
        if self._header and not _HEADER_STARTS.startswith(self._buffer[: len(_HEADER_STARTS)]):
            raise AgiProtocolError("a header line is not agi_name: value")

    def _header_line(self, line: str) -> AgiRequest | None:
        assert self._header is not None  # noqa: S101 - `_items` looked
        if line:
            self._header.add(line)
            return None
        request = self._header.request()
        self._header = None
        return request

    def _reply_line(self, line: str) -> AgiReply | Hangup | None:
        return self._replies.add(line)
