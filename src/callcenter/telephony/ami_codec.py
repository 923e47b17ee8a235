"""AMI without I/O: actions into bytes, bytes into messages."""

import re
from collections.abc import Iterator
from typing import Final

from callcenter.telephony.ami_words import AmiMessage, AmiProtocolError, Field, Fields, Secret

# Asterisk reads a line into 1025 bytes and drops a longer one from the action it belongs to.
ACTION_LINE_LIMIT: Final = 1024
ACTION_LINES_LIMIT: Final = 126  # Asterisk keeps 128 and ignores the rest
BANNER_LIMIT: Final = 256
LINE_LIMIT: Final = 64 * 1024
MESSAGE_LIMIT: Final = 4 * 1024 * 1024

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_ENDS_THE_LINE = re.compile(r"[\r\n\0]")
_RESERVED: Final = {"action", "actionid"}


def encode_action(action: str, action_id: str, fields: Fields) -> bytes:
    """
    The bytes of one action; a field with several values becomes several lines.

    Raises ValueError, without telling the value, for what could end a line or start another.
    """
    lines = [_line("Action", action), _line("ActionID", action_id)]
    for name, field in fields.items():
        if name.lower() in _RESERVED:
            raise ValueError(f"{name} is not for the caller to set")
        lines += [_line(name, value) for value in _values(field)]
    if len(lines) > ACTION_LINES_LIMIT:
        raise ValueError(f"{action} has too many lines for Asterisk: {len(lines)}")
    return b"".join([*lines, b"\r\n"])


def _values(field: Field) -> list[str]:
    match field:
        case Secret():
            return [field.reveal()]
        case str() | int():
            return [str(field)]
        case _:
            return list(field)


def _line(name: str, value: str) -> bytes:
    if not _NAME.fullmatch(name):
        raise ValueError(f"not a name of an AMI field: {name!r}")
    if _ENDS_THE_LINE.search(value):
        raise ValueError(f"the value of {name} must be one line")
    line = f"{name}: {value}\r\n".encode()
    if len(line) > ACTION_LINE_LIMIT:
        raise ValueError(f"the value of {name} is too long for Asterisk: {len(line)} bytes")
    return line


class AmiDecoder:
    """
    Bytes in, messages out, after the banner.

    How the bytes are cut makes no difference; lines are decoded whole, and what is not UTF-8
    becomes U+FFFD. A line without a colon is counted and left out. It holds at most one
    message and one chunk.
    """

    def __init__(self) -> None:
        self.banner = ""
        self.odd_lines = 0
        self._buffer = bytearray()
        self._searched = 0
        self._fields: list[tuple[str, str]] = []
        self._taken = 0  # bytes of the message that is being read
        self._broken = False

    def feed(self, data: bytes) -> Iterator[AmiMessage]:
        """
        Take `data`, and give each message that it completes.

        Raises AmiProtocolError at the first byte that breaks a rule, and ever after.
        """
        if not self._broken:
            self._buffer += data
        return self._messages()

    def _messages(self) -> Iterator[AmiMessage]:
        try:
            while (line := self._next_line()) is not None:
                message = self._take(line)
                if message is not None:
                    yield message
        except AmiProtocolError:
            self._broken = True
            self._buffer.clear()
            raise

    def _next_line(self) -> str | None:
        if self._broken:
            raise AmiProtocolError("the link is broken already")
        # Only \r\n ends a line: a lone \n belongs to a value.
        end = self._buffer.find(b"\r\n", self._searched)
        size = len(self._buffer) if end < 0 else end + 2
        self._check_size(size)
        if end < 0:
            self._searched = max(0, size - 1)
            return None
        line = bytes(self._buffer[:end])
        del self._buffer[:size]
        self._searched = 0
        self._taken += size
        return line.decode("utf-8", "replace")

    def _check_size(self, line_size: int) -> None:
        limit = LINE_LIMIT if self.banner else BANNER_LIMIT
        if line_size > limit or self._taken + line_size > MESSAGE_LIMIT:
            raise AmiProtocolError("a message is too long")

    def _take(self, line: str) -> AmiMessage | None:
        if not self.banner:
            self._take_banner(line)
        elif not line:
            return self._end_message()
        else:
            self._take_field(line)
        return None

    def _take_banner(self, line: str) -> None:
        if not line.startswith("Asterisk Call Manager"):
            raise AmiProtocolError("the peer is not an Asterisk manager")
        self.banner = line
        self._taken = 0

    def _take_field(self, line: str) -> None:
        name, colon, value = line.partition(":")
        if colon:
            self._fields.append((name, value.removeprefix(" ")))
        else:
            self.odd_lines += 1

    def _end_message(self) -> AmiMessage | None:
        fields, self._fields, self._taken = tuple(self._fields), [], 0
        return AmiMessage(fields) if fields else None
