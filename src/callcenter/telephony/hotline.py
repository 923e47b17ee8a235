"""What the FastAGI server does with a call: makes a phone of it and hands it to the reception."""

from collections.abc import Mapping
from typing import Final, Protocol

import structlog
from structlog.contextvars import bound_contextvars

from callcenter.domain.accounts import BranchCode
from callcenter.domain.calls import Call, CallEnd, CallId, Did, e164
from callcenter.domain.clock import Clock
from callcenter.domain.errors import CallerHungUp
from callcenter.ivr.phone import Phone
from callcenter.ivr.speech import Speech
from callcenter.telephony.agi_session import AgiSession
from callcenter.telephony.agi_words import AgiRequest
from callcenter.telephony.channel import Channel
from callcenter.telephony.meter import Meter
from callcenter.telephony.phone import AgiPhone
from callcenter.telephony.recording import Recordings

log = structlog.get_logger()

HOTLINE: Final = "hotline"
HOTLINE_IN_WORDS: Final = "hotline-in-words"
DONE: Final = "AGI_DONE"
_FIRST_ATTEMPTS: Final = ("", "0")  # a later one resumes a call that another daemon has lost


class TakesCalls(Protocol):
    """The part of the conversation that the telephone sees."""

    async def take(self, phone: Phone) -> CallEnd: ...


class HotlineScript:
    """The script `hotline`: leads a call from the dialplan and says when it is done."""

    def __init__(
        self,
        reception: TakesCalls,
        speech: Speech,
        recordings: Recordings,
        meter: Meter,
        clock: Clock,
        branches: Mapping[Did, BranchCode],
    ) -> None:
        self._reception = reception
        self._speech = speech
        self._recordings = recordings
        self._meter = meter
        self._clock = clock
        self._branches = branches

    async def lead(self, session: AgiSession) -> None:
        """Lead one call. Without AGI_DONE the dialplan calls the next daemon."""
        call = self._call(session.request)
        with bound_contextvars(call_id=call.id):
            await self._take(call, session)

    async def _take(self, call: Call, session: AgiSession) -> None:
        in_words = session.request.script == HOTLINE_IN_WORDS
        channel = Channel(session, fills_pauses=not in_words)
        self._meter.call_began()
        log.info("call.began", did=call.did, attempt=_argument(session.request, 3))
        end = "elsewhere"
        try:
            recordings = self._recordings.made_by(_argument(session.request, 4))
            if call.recording and _argument(session.request, 3) not in _FIRST_ATTEMPTS:
                await recordings.hear_again(channel)
            phone = AgiPhone(
                call, channel, self._speech, recordings, self._meter, reads_words=in_words
            )
            end = (await self._reception.take(phone)).value
            await self._done(channel)
        finally:
            channel.close()
            self._meter.call_ended(end)
            log.info("call.ended", how=end)

    async def _done(self, channel: Channel) -> None:
        try:
            await channel.set(DONE, "1")
        except CallerHungUp:
            log.debug("call.gone_before_done")

    def _call(self, request: AgiRequest) -> Call:
        did = Did(_argument(request, 2) or request.dialled)
        return Call(
            id=CallId(_argument(request, 0) or request.unique_id),
            caller=e164(request.caller_number),
            did=did,
            branch=self._branches.get(did),
            answered_at=self._clock.now(),
            recording=_argument(request, 1) or None,
            tries_menu=_menu_to_try(request),
        )


def _menu_to_try(request: AgiRequest) -> int | None:
    """Return the version that a call from the terminal asks for; no call of a PBX can."""
    said = _argument(request, 5)
    return int(said) if request.script == HOTLINE_IN_WORDS and said.isdecimal() else None


def _argument(request: AgiRequest, index: int) -> str:
    return request.arguments[index] if index < len(request.arguments) else ""
