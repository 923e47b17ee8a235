"""The SIP messages of one call we make (RFC 3261 section 12: what a dialog must remember)."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from callcenter.telephony.sipcaller import sdp
from callcenter.telephony.sipcaller.messages import Header, Request, Response

ALLOW: Final = "INVITE, ACK, BYE, CANCEL, OPTIONS, UPDATE, INFO"
_USER_AGENT: Final = ("User-Agent", "callcenter-sipcaller")
_MAX_FORWARDS: Final = ("Max-Forwards", "70")
_MAGIC: Final = "z9hG4bK"  # begins every branch since RFC 3261
_PHRASES: Final = {
    200: "OK",
    405: "Method Not Allowed",
    481: "Call/Transaction Does Not Exist",
    486: "Busy Here",
    488: "Not Acceptable Here",
    500: "Server Internal Error",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who calls: what the far end sees as the caller's number and name."""

    number: str  # "" withholds it
    display_name: str = ""
    asserted: str = ""  # the number that a trusted network vouches for; "" sends none

    def headers(self, host: str, tag: str) -> list[Header]:
        if not self.number:
            hidden = f'"Anonymous" <sip:anonymous@anonymous.invalid>;tag={tag}'
            return [("From", hidden), ("Privacy", "id"), *self._asserted(host)]
        name = self.display_name.replace("\\", "\\\\").replace('"', '\\"')
        quoted = f'"{name}" ' if name else ""
        return [("From", f"{quoted}<{uri(self.number, host)}>;tag={tag}"), *self._asserted(host)]

    def _asserted(self, host: str) -> list[Header]:
        if not self.asserted:
            return []
        return [("P-Asserted-Identity", f"<{uri(self.asserted, host)}>")]


def uri(user: str, host: str) -> str:
    return f"sip:{quote(user, safe='-_.!~*()&=+$,;?/')}@{host}"


class Dialog:
    """Makes the requests of one call, and knows which of the far end's belong to it."""

    def __init__(self, *, to: str, identity: Identity, host: str, port: int) -> None:
        self.call_id = f"{secrets.token_hex(12)}@{host}"
        self.tag = secrets.token_hex(6)
        self._via = f"SIP/2.0/UDP {host}:{port};rport;branch={_MAGIC}"
        self._contact = ("Contact", f"<{uri(identity.number or 'anonymous', f'{host}:{port}')}>")
        self._from, *self._about_caller = identity.headers(host, self.tag)
        self._to: Header = ("To", f"<{to}>")
        self._remote_tag = ""
        self._target = to
        self._route: list[Header] = []
        self._sequence = secrets.randbelow(10_000) + 1
        self._remote_sequence = 0

    def invite(self, offer: bytes) -> Request:
        about = [*self._about_caller, self._contact, ("Allow", ALLOW)]
        return self._request("INVITE", [*about, ("Content-Type", sdp.CONTENT_TYPE)], offer)

    def establish(self, answer: Response) -> None:
        """Take up what the 200 says about the way of all further requests."""
        self._to = ("To", answer.first("To"))
        self._remote_tag = answer.to_tag
        self._target = answer.contact or self._target
        self._route = [("Route", hop) for hop in reversed(answer.every("Record-Route"))]

    def ack(self, invite: Request) -> Request:
        """Acknowledge the 200 that `establish` has seen."""
        return self._request("ACK", [], sequence=invite.cseq[0])

    def bye(self) -> Request:
        self._sequence += 1
        return self._request("BYE", [])

    def owns(self, request: Request) -> bool:
        return (request.from_tag, request.to_tag) == (self._remote_tag, self.tag)

    def follows(self, request: Request) -> bool:
        """Tell whether the request is newer than all before; remember it if so."""
        number, _ = request.cseq
        if number <= self._remote_sequence:
            return False
        self._remote_sequence = number
        return True

    def move_to(self, contact: str) -> None:
        self._target = contact or self._target

    def accept(self, request: Request, answer: bytes = b"") -> Response:
        content = [("Content-Type", sdp.CONTENT_TYPE)] if answer else []
        return reply(request, 200, [self._contact, ("Allow", ALLOW), *content], answer)

    def _request(
        self, method: str, more: Iterable[Header], body: bytes = b"", sequence: int | None = None
    ) -> Request:
        number = self._sequence if sequence is None else sequence
        headers = [
            ("Via", self._via + secrets.token_hex(8)),
            *self._route,
            _MAX_FORWARDS,
            self._from,
            self._to,
            ("Call-ID", self.call_id),
            ("CSeq", f"{number} {method}"),
            *more,
            _USER_AGENT,
        ]
        return Request(method=method, uri=self._target, headers=tuple(headers), body=body)


def cancel(invite: Request) -> Request:
    return _of_same_transaction(invite, "CANCEL", invite.first("To"))


def ack_of_refusal(invite: Request, refusal: Response) -> Request:
    return _of_same_transaction(invite, "ACK", refusal.first("To"))


def reply(
    request: Request, status: int, more: Iterable[Header] = (), body: bytes = b""
) -> Response:
    """Answer a request of the far end, its own headers copied as section 8.2.6 asks."""
    copied = {"via", "from", "to", "call-id", "cseq", "record-route"}
    headers = [(name, value) for name, value in request.headers if name.lower() in copied]
    if not request.to_tag:
        tag = secrets.token_hex(6)
        headers = [(n, f"{v};tag={tag}" if n.lower() == "to" else v) for n, v in headers]
    return Response(
        status=status, phrase=_PHRASES[status], headers=(*headers, *more, _USER_AGENT), body=body
    )


def _of_same_transaction(invite: Request, method: str, to: str) -> Request:
    kept = {"via", "from", "call-id", "route", "max-forwards"}
    headers = [(name, value) for name, value in invite.headers if name.lower() in kept]
    more = [("To", to), ("CSeq", f"{invite.cseq[0]} {method}"), _USER_AGENT]
    return Request(method=method, uri=invite.uri, headers=(*headers, *more))
