"""What each side says about its media (SDP, RFC 4566, in offer and answer, RFC 3264)."""

import re
from dataclasses import dataclass
from typing import Final

from callcenter.telephony.sipcaller.errors import UnusableSdp
from callcenter.telephony.sipcaller.g711 import Codec

KEYS_PAYLOAD_TYPE: Final = 101
CONTENT_TYPE: Final = "application/sdp"

_RTPMAP: Final = re.compile(r"rtpmap:(\d+) ([\w-]+)/8000", re.IGNORECASE)
_MIRRORED: Final = {"sendonly": "recvonly", "recvonly": "sendonly"}
_DIRECTIONS: Final = ("sendrecv", "sendonly", "recvonly", "inactive")


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """Where one side listens, and to what."""

    host: str
    port: int
    codec: Codec
    keys_payload_type: int | None  # None: takes no telephone events
    direction: str = "sendrecv"

    @property
    def may_be_sent_to(self) -> bool:
        return self.direction in ("sendrecv", "recvonly") and self.host != "0.0.0.0"  # noqa: S104


def describe(media: Media, *, version: int) -> bytes:
    """Write the description. `version` grows when, and only when, the description changes."""
    keys = media.keys_payload_type
    lines = [
        "v=0",
        f"o=- {media.port} {version} IN IP4 {media.host}",
        "s=-",
        f"c=IN IP4 {media.host}",
        "t=0 0",
        f"m=audio {media.port} RTP/AVP {media.codec.payload_type}" + (f" {keys}" if keys else ""),
        f"a=rtpmap:{media.codec.payload_type} {media.codec}/8000",
        *([f"a=rtpmap:{keys} telephone-event/8000", f"a=fmtp:{keys} 0-15"] if keys else []),
        "a=ptime:20",
        f"a={media.direction}",
    ]
    return "".join(f"{line}\r\n" for line in lines).encode()


def parse(body: bytes, *, codec: Codec) -> Media:
    """Read the far end's description. Raise `UnusableSdp` unless it takes `codec`."""
    lines = [line.strip() for line in body.decode("utf-8", "replace").splitlines()]
    sections = [n for n, line in enumerate(lines) if line.startswith("m=")]
    if len(sections) != 1:
        raise UnusableSdp(f"one audio stream expected, {len(sections)} streams described")
    port, formats = _audio(lines[sections[0]])
    if codec.payload_type not in formats:
        raise UnusableSdp(f"does not take {codec}")
    attributes = [line[2:] for line in lines if line.startswith("a=")]
    return Media(
        host=_host(lines),
        port=port,
        codec=codec,
        keys_payload_type=_keys_payload_type(attributes, formats),
        direction=next((a for a in reversed(attributes) if a in _DIRECTIONS), "sendrecv"),
    )


def mirrored(direction: str) -> str:
    """Return what to answer to an offer of `direction`: they only send, we only listen."""
    return _MIRRORED.get(direction, direction)


def _audio(line: str) -> tuple[int, list[int]]:
    match = re.fullmatch(r"m=audio (\d+)(?:/\d+)? RTP/AVP ([\d ]+)", line)
    if match is None or int(match[1]) == 0:
        raise UnusableSdp(f"no audio to talk to: {line!r}")
    return int(match[1]), [int(f) for f in match[2].split()]


def _host(lines: list[str]) -> str:
    # The stream's own address comes after the session's and wins.
    hosts = [m[1] for line in lines if (m := re.match(r"c=IN IP4 ([\d.]+)", line))]
    if not hosts:
        raise UnusableSdp("no IPv4 address")
    return hosts[-1]


def _keys_payload_type(attributes: list[str], formats: list[int]) -> int | None:
    maps = (_RTPMAP.fullmatch(a.strip()) for a in attributes)
    types = [int(m[1]) for m in maps if m and m[2].lower() == "telephone-event"]
    return next((t for t in types if t in formats), None)
