"""The `Phone` of a conversation, on an Asterisk channel."""

import time
from collections import deque
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from math import ceil
from typing import Final

import structlog

from callcenter.domain.agents import AgentVisit
from callcenter.domain.calls import Call, Language
from callcenter.domain.errors import SpeechUnavailable
from callcenter.ivr.phone import Phone, Utterance
from callcenter.ivr.speech import Speech
from callcenter.telephony import agent_call
from callcenter.telephony.channel import Channel
from callcenter.telephony.meter import Meter
from callcenter.telephony.recording import Recordings

log = structlog.get_logger()

# A key that falls between two commands is found no later than this.
LOOK_EVERY_S: Final = 1
_BEEP: Final = "beep"


class AgiPhone(Phone):
    """
    Plays sound files and takes keys from the channel's own store, so that none is lost.

    `reads_words` tells the line the words too: the telephone in a terminal prints them.
    """

    def __init__(
        self,
        call: Call,
        channel: Channel,
        speech: Speech,
        recordings: Recordings,
        meter: Meter,
        *,
        reads_words: bool = False,
    ) -> None:
        self._call = call
        self._channel = channel
        self._speech = speech
        self._recordings = recordings
        self._meter = meter
        self._reads_words = reads_words
        self._keys: deque[str] = deque()
        self._stopped_by = ""
        self._paused_s = 0  # how long nothing was pressed before the keys were taken last
        self._key_at: float | None = None
        self._language = Language.ZH

    @property
    def call(self) -> Call:
        return self._call

    async def play(self, utterance: Utterance, *, fresh: bool = False) -> None:
        self._stopped_by = ""
        sound = await self._sound(utterance)
        await self._show(utterance)
        await self._collect()
        if fresh:
            self._keys.clear()
        if self._keys:
            return
        self._meter.prompt_began(self._since_key())
        stopped_by = None if sound is None else await self._channel.stream(sound)
        if stopped_by is None:
            await self._play_again(utterance, sound)
        self._stopped_by = stopped_by or ""

    async def key(self, *, within_s: float, of_field: bool = False) -> str | None:
        if not self._keys:
            await self._wait(ceil(within_s), of_field)
        if not self._keys:
            return None
        self._key_at = time.monotonic()
        return self._keys.popleft()

    def put_back(self, keys: str) -> None:
        self._keys.extendleft(reversed(keys))

    async def _wait(self, within_s: int, of_field: bool) -> None:
        pressed, self._stopped_by = self._stopped_by, ""
        left_s = within_s - self._paused_s
        self._paused_s = 0
        await self._take(pressed, of_field)
        while not self._keys and left_s > 0:
            pressed = await self._channel.wait_for_key(LOOK_EVERY_S)
            left_s -= LOOK_EVERY_S
            await self._take(pressed, of_field)

    async def _take(self, pressed: str, of_field: bool) -> None:
        """Take the keys that wait; if the first one of a field was pressed, the rest of it too."""
        if of_field and pressed.isdigit():
            await self._channel.wait_for_field()
            self._paused_s = LOOK_EVERY_S
        await self._collect()

    def unrecorded(self) -> AbstractAsyncContextManager[None]:
        if self._call.recording is None:
            return nullcontext()
        return self._recordings.paused(self._channel, self._call.recording)

    async def wait_for_agent(self, who: Mapping[str, str]) -> AgentVisit:
        self._stopped_by = ""
        await self._collect()
        while self._keys:
            # What was keyed ahead does what it would have done in the queue.
            if (visit := agent_call.ended_by(self._keys.popleft())) is not None:
                return visit
        return await agent_call.wait(self._channel, who)

    async def agent_visit(self) -> AgentVisit | None:
        return await agent_call.untold(self._channel)

    async def _collect(self) -> None:
        self._keys.extend(await self._channel.take_keys())

    async def _sound(self, utterance: Utterance) -> str | None:
        try:
            return await self._speech.sound(utterance)
        except SpeechUnavailable as error:
            log.warning("speech.unavailable", reason=str(error))
            return None

    async def _play_again(self, utterance: Utterance, missing: str | None) -> None:
        """A missing file never silences a call: make it again, else say the bare figures."""
        log.error("sound.missing", file=missing, words=len(utterance.phrases))
        try:
            sound = await self._speech.renew(utterance)
        except SpeechUnavailable:
            sound = _BEEP
        if await self._channel.stream(sound) is not None and sound != _BEEP:
            return
        for figure in utterance.figures:
            await self._channel.say_digits(figure.replace(".", "*"))

    async def _show(self, utterance: Utterance) -> None:
        if self._reads_words:
            await self._channel.command("NOOP", utterance.words)
        if utterance.language is not self._language:
            self._language = utterance.language
            # The dialplan speaks this language too, should we fall silent.
            await self._channel.set("CHANNEL(language)", utterance.language.value)

    def _since_key(self) -> float | None:
        if self._key_at is None:
            return None
        pressed, self._key_at = self._key_at, None
        return time.monotonic() - pressed
