"""SIP messages (RFC 3261 section 7): bytes from the wire into frozen values, and back."""

import re
from dataclasses import dataclass
from typing import Final

from callcenter.telephony.sipcaller.errors import MalformedMessage

VERSION: Final = "SIP/2.0"
Header = tuple[str, str]

_COMPACT: Final = {
    "b": "Referred-By",
    "c": "Content-Type",
    "e": "Content-Encoding",
    "f": "From",
    "i": "Call-ID",
    "k": "Supported",
    "l": "Content-Length",
    "m": "Contact",
    "o": "Event",
    "r": "Refer-To",
    "s": "Subject",
    "t": "To",
    "u": "Allow-Events",
    "v": "Via",
    "x": "Session-Expires",
}
_BLANK_LINE: Final = re.compile(rb"\r?\n\r?\n")
_FOLD: Final = re.compile(r"\r?\n[ \t]+")
_TOKEN: Final = re.compile(r"[\w.!%*+`'~-]+")
_STATUS_LINE: Final = re.compile(r"SIP/2\.0 ([1-6]\d\d)(?: (.*))?")
_REQUEST_LINE: Final = re.compile(r"([A-Z]+) (\S+) SIP/2\.0")
# A comma parts two values unless it stands in quotes or in angle brackets.
_VALUE: Final = re.compile(r'(?:"(?:[^"\\]|\\.)*"|<[^>]*>|[^,"<])+')
_NAME_ADDRESS: Final = re.compile(
    r'(?:"(?:[^"\\]|\\.)*"\s*|[^"<;]*)<(?P<uri>[^>]*)>(?P<params>.*)', re.DOTALL
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Message:
    headers: tuple[Header, ...]  # without Content-Length, which follows from the body
    body: bytes = b""

    def __post_init__(self) -> None:
        for name, value in self.headers:
            if not _TOKEN.fullmatch(name) or any(c in value for c in "\r\n\0"):
                raise ValueError(f"not a header: {name!r}: {value!r}")

    def first(self, name: str) -> str:
        """Return the first value of the header, or "" if there is none."""
        return next((v for n, v in self.headers if n.lower() == name.lower()), "")

    def every(self, name: str) -> tuple[str, ...]:
        """Return all values of a header that may be repeated or parted by commas."""
        lines = (v for n, v in self.headers if n.lower() == name.lower())
        return tuple(value.strip() for line in lines for value in _VALUE.findall(line))

    @property
    def call_id(self) -> str:
        return self.first("Call-ID")

    @property
    def cseq(self) -> tuple[int, str]:
        number, method = self.first("CSeq").split()
        return int(number), method

    @property
    def branch(self) -> str:
        """The transaction's name: the `branch` of the topmost Via."""
        return parameter("branch", next(iter(self.every("Via")), ""))

    @property
    def from_tag(self) -> str:
        return parameter("tag", address_parts(self.first("From"))[1])

    @property
    def to_tag(self) -> str:
        return parameter("tag", address_parts(self.first("To"))[1])

    @property
    def contact(self) -> str:
        """The URI of the first contact, or ""."""
        return address_parts(next(iter(self.every("Contact")), ""))[0]

    def _encode(self, start_line: str) -> bytes:
        lines = [start_line, *(f"{name}: {value}" for name, value in self.headers)]
        head = "\r\n".join([*lines, f"Content-Length: {len(self.body)}", "", ""])
        return head.encode() + self.body


@dataclass(frozen=True, slots=True, kw_only=True)
class Request(_Message):
    method: str
    uri: str

    def encode(self) -> bytes:
        return self._encode(f"{self.method} {self.uri} {VERSION}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Response(_Message):
    status: int
    phrase: str = ""

    def encode(self) -> bytes:
        return self._encode(f"{VERSION} {self.status} {self.phrase}")


def parse(data: bytes) -> Request | Response:
    """
    Read one datagram. Raise `MalformedMessage` unless it has all that a transaction needs.

    Tolerated: bare LF, blank lines in front, folded headers, compact names, no Content-Length.
    """
    data = data.lstrip(b"\r\n")
    head, separator, body = _split(data)
    if not separator:
        raise MalformedMessage("no blank line after the headers")
    start_line, _, rest = head.decode("utf-8", "replace").partition("\n")
    headers = _headers(rest)
    message = _message(start_line.strip(), headers, _body(headers, body))
    _check(message)
    return message


def address_parts(value: str) -> tuple[str, str]:
    """Split `"Name" <uri>;params` or `uri;params` into the URI and ";params"."""
    if match := _NAME_ADDRESS.match(value.strip()):
        return match["uri"], match["params"]
    uri, semicolon, params = value.strip().partition(";")
    return uri, semicolon + params


def parameter(name: str, params: str) -> str:
    """Return one of ";name=value;…", or "" if it is missing."""
    match = re.search(rf';\s*{name}\s*=\s*([^;,\s">]+)', params, re.IGNORECASE)
    return match[1] if match else ""


def _split(data: bytes) -> tuple[bytes, bool, bytes]:
    match = _BLANK_LINE.search(data)
    if match is None:
        return data, False, b""
    return data[: match.start()], True, data[match.end() :]


def _headers(text: str) -> tuple[Header, ...]:
    headers = []
    for line in _FOLD.sub(" ", text).splitlines():
        name, colon, value = line.partition(":")
        name = name.strip()
        if not colon or not _TOKEN.fullmatch(name):
            raise MalformedMessage(f"not a header: {line!r}")
        headers.append((_COMPACT.get(name.lower(), name), value.strip().replace("\0", "")))
    return tuple(headers)


def _body(headers: tuple[Header, ...], body: bytes) -> bytes:
    length = next((v for n, v in headers if n.lower() == "content-length"), str(len(body)))
    if not length.isdecimal() or int(length) > len(body):
        raise MalformedMessage(f"Content-Length is {length}, but the body has {len(body)} bytes")
    return body[: int(length)]


def _message(start_line: str, headers: tuple[Header, ...], body: bytes) -> Request | Response:
    headers = tuple((n, v) for n, v in headers if n.lower() != "content-length")
    if match := _STATUS_LINE.fullmatch(start_line):
        return Response(status=int(match[1]), phrase=match[2] or "", headers=headers, body=body)
    if match := _REQUEST_LINE.fullmatch(start_line):
        return Request(method=match[1], uri=match[2], headers=headers, body=body)
    raise MalformedMessage(f"neither a request nor a response: {start_line!r}")


def _check(message: Request | Response) -> None:
    missing = [n for n in ("Via", "From", "To", "Call-ID", "CSeq") if not message.first(n)]
    if missing or not re.fullmatch(r"\d{1,10}\s+\w+", message.first("CSeq")):
        raise MalformedMessage(f"missing or unreadable: {', '.join(missing) or 'CSeq'}")
