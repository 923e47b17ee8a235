"""The signalling of one call: from INVITE to BYE, whoever says it."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Final

from callcenter.telephony.sipcaller import sdp
from callcenter.telephony.sipcaller.clock import Clock
from callcenter.telephony.sipcaller.dialog import ALLOW, Dialog, cancel, reply
from callcenter.telephony.sipcaller.errors import CallFailed, Ending, Party, UnusableSdp
from callcenter.telephony.sipcaller.messages import Request, Response
from callcenter.telephony.sipcaller.transactions import ClientTransaction, Repeated
from callcenter.telephony.sipcaller.wire import Address, Wire

_HANG_UP_WITHIN_S: Final = 5.0


class Leg:
    """
    One call that we make.

    `on_media` is told where to send to, at the answer and whenever the far end changes it.
    `ended` is done when either side has hung up, and tells which.
    """

    def __init__(
        self,
        dialog: Dialog,
        *,
        wire: Wire,
        address: Address,
        local: sdp.Media,
        on_media: Callable[[sdp.Media], None],
        clock: Clock,
    ) -> None:
        self.call_id = dialog.call_id
        self.ended: asyncio.Future[Ending] = asyncio.get_running_loop().create_future()
        self._dialog = dialog
        self._wire = wire
        self._address = address
        self._local = local
        self._version = 1
        self._on_media = on_media
        self._clock = clock
        self._invite: ClientTransaction | None = None
        self._gave_up = False
        self._talks = False
        self._failure: CallFailed | None = None
        self._unacknowledged: Repeated | None = None
        wire.attend(self.call_id, self._on_request)

    async def place(self, within_s: float) -> None:
        """Return when answered; raise `CallFailed` if that does not happen `within_s`."""
        offer = sdp.describe(self._local, version=self._version)
        invite = self._wire.ask(self._dialog.invite(offer), self._address, self._on_response)
        self._invite = invite
        try:
            await asyncio.wait([invite.final], timeout=within_s)
            if not invite.final.done():
                self._give_up(invite)
                await asyncio.wait([invite.final], timeout=min(within_s, _HANG_UP_WITHIN_S))
        except asyncio.CancelledError:
            self._give_up(invite)
            self._leave()
            raise
        self._raise_unless_answered(invite, within_s)

    async def hang_up(self, within_s: float = _HANG_UP_WITHIN_S) -> None:
        """End the call, and wait so long for the far end to say that it has noticed."""
        if self.ended.done():
            return
        self._end(Ending(by=Party.US, at=self._clock()))
        bye = self._wire.ask(self._dialog.bye(), self._address)
        await asyncio.wait([bye.final], timeout=within_s)
        bye.stop()

    def forget(self) -> None:
        """Take no more of the far end's requests."""
        self._stop_repeating()
        self._wire.forget(self.call_id)

    def _leave(self) -> None:
        """Hang up a call that nobody waits for any more, without waiting either."""
        if self._talks:
            self._end(Ending(by=Party.US, at=self._clock()))
            self._wire.ask(self._dialog.bye(), self._address)

    def _raise_unless_answered(self, invite: ClientTransaction, within_s: float) -> None:
        final = invite.final.result() if invite.final.done() else None
        if self._failure is not None:
            raise self._failure
        if final is not None and final.status >= 300 and not self._gave_up:
            raise CallFailed(final.status, final.phrase)
        if self._gave_up and invite.rings:
            raise CallFailed(487, f"not answered within {within_s:g} s")
        if final is None:
            raise CallFailed(408, "the far end says nothing at all")

    def _give_up(self, invite: ClientTransaction) -> None:
        if invite.final.done():
            return
        self._gave_up = True
        if invite.rings:
            self._wire.ask(cancel(invite.request), self._address)
        else:
            # An INVITE must not be cancelled before something has come back for it.
            invite.stop()

    def _on_response(self, response: Response) -> None:
        if response.status >= 300:
            return
        if response.status >= 200:
            self._on_answer(response)
        elif self._gave_up and self._invite is not None:
            self._wire.ask(cancel(self._invite.request), self._address)
        elif response.body:
            with suppress(UnusableSdp):
                self._on_media(sdp.parse(response.body, codec=self._local.codec))

    def _on_answer(self, answer: Response) -> None:
        """Acknowledge, whatever comes; then hang up what we cannot or will not talk to."""
        if self._invite is None:
            return
        self._dialog.establish(answer)
        self._wire.acknowledge(answer, self._dialog.ack(self._invite.request), self._address)
        try:
            remote = sdp.parse(answer.body, codec=self._local.codec)
        except UnusableSdp as e:
            self._failure = CallFailed(488, str(e))
        if self._failure is not None or self._gave_up:
            self._wire.ask(self._dialog.bye(), self._address)
        else:
            self._talks = True
            self._on_media(remote)

    def _on_request(self, request: Request, address: Address) -> None:
        if request.method == "ACK":
            self._stop_repeating()
        elif not self._dialog.owns(request):
            self._wire.reply(request, reply(request, 481), address)
        elif request.method != "CANCEL" and not self._dialog.follows(request):
            self._wire.reply(request, reply(request, 500), address)
        else:
            self._on_own_request(request, address)

    def _on_own_request(self, request: Request, address: Address) -> None:
        match request.method:
            case "BYE":
                self._wire.reply(request, self._dialog.accept(request), address)
                reason = request.first("Reason")
                self._end(Ending(by=Party.FAR_END, at=self._clock(), reason=reason))
            case "INVITE" | "UPDATE":
                self._renegotiate(request, address)
            case "OPTIONS" | "INFO" | "CANCEL":
                self._wire.reply(request, self._dialog.accept(request), address)
            case _:
                self._wire.reply(request, reply(request, 405, [("Allow", ALLOW)]), address)

    def _renegotiate(self, request: Request, address: Address) -> None:
        try:
            answer = self._answer(request)
        except UnusableSdp:
            self._wire.reply(request, reply(request, 488), address)
            return
        self._dialog.move_to(request.contact)
        accepted = self._dialog.accept(request, answer)
        if request.method == "INVITE":
            self._stop_repeating()
            self._unacknowledged = self._wire.repeat_reply(request, accepted, address)
        else:
            self._wire.reply(request, accepted, address)

    def _answer(self, request: Request) -> bytes:
        """Take up the new media and return ours; without an offer, offer what we have."""
        if request.body:
            remote = sdp.parse(request.body, codec=self._local.codec)
            self._change(replace(self._local, direction=sdp.mirrored(remote.direction)))
            self._on_media(remote)
        elif request.method == "UPDATE":
            return b""
        return sdp.describe(self._local, version=self._version)

    def _change(self, local: sdp.Media) -> None:
        self._version += local != self._local
        self._local = local

    def _stop_repeating(self) -> None:
        if self._unacknowledged is not None:
            self._unacknowledged.stop()
            self._unacknowledged = None

    def _end(self, ending: Ending) -> None:
        if not self.ended.done():
            self.ended.set_result(ending)
