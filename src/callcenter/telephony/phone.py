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
from callcenter.domain.errors import CannotRecord, SoundMissing, SpeechUnavailable
from callcenter.ivr.phone import Halt, Message, Phone, Sound, Spoken, Stop, Utterance
from callcenter.ivr.speech import Speech
from callcenter.telephony import agent_call, messages
from callcenter.telephony.agi_words import AgiReply
from callcenter.telephony.channel import FAILED, RECORDING_ENDS_AT, SAMPLES_PER_S, Channel
from callcenter.telephony.meter import Meter
from callcenter.telephony.recording import Recordings

log = structlog.get_logger()

# A key that falls between two commands is found no later than this.
LOOK_EVERY_S: Final = 1
_BEEP: Final = "beep"
_IN_A_FILE: Final = "[recording]"
# Of the silence that ended a recording Asterisk keeps this much.
_SILENCE_KEPT_S: Final = 1.0
_SPOKEN: Final = {"dtmf": Spoken.KEY, "timeout": Spoken.SILENCE, "hangup": Spoken.HUNG_UP}


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

    async def play_from(self, sound: Sound, start_s: float) -> Stop:
        file = await self._file(sound)
        await self._collect()
        if self._keys:
            return Stop(at_s=start_s, by=Halt.KEY)
        self._meter.prompt_began(self._since_key())
        stopped = await self._channel.stream_from(file, start_s)
        if stopped is None and isinstance(sound, Utterance):
            file = await self._speech.renew(sound)
            stopped = await self._channel.stream_from(file, start_s)
        if stopped is None:
            raise SoundMissing(file)
        key, at_s = stopped
        if key == FAILED:
            return Stop(at_s=at_s, by=Halt.HUNG_UP)
        self._stopped_by = key
        return Stop(at_s=at_s, by=Halt.KEY if key else Halt.END)

    async def _file(self, sound: Sound) -> str:
        """Return what is to be played, without its ending; show what it says."""
        if isinstance(sound, Utterance):
            await self._show(sound)
            return await self._speech.sound(sound)
        if self._reads_words:
            await self._channel.command("NOOP", _IN_A_FILE)
        return sound.removesuffix(messages.ENDING)

    async def record(self, name: str, *, most_s: int, silence_s: int) -> Message:
        await self._collect()
        self._keys.clear()
        file = messages.beside_the_call(self._call, name)
        if file is not None:
            await self._recordings.make_room(self._channel, file + messages.ENDING)
        reply = await self._channel.record(file or name, most_s=most_s, silence_s=silence_s)
        message = _message(reply, None if file is None else file + messages.ENDING, most_s)
        if message.ending is not Spoken.HUNG_UP:
            await self._collect()
            self._drop_what_was_pressed_while(message)
        return message

    async def kept(self, name: str) -> Message | None:
        message = await messages.kept(self._call, name)
        if message is not None:
            await self._collect()
            self._drop_to_its_end()
        return message

    def _drop_what_was_pressed_while(self, message: Message) -> None:
        self._stopped_by = ""
        if message.ending is not Spoken.KEY:
            self._keys.clear()
        self._drop_to_its_end()

    def _drop_to_its_end(self) -> None:
        """Drop the keys of a message, to the one that ended it."""
        while self._keys and self._keys.popleft() != RECORDING_ENDS_AT:
            pass

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


def _message(reply: AgiReply, file: str | None, most_s: int) -> Message:
    """Read how a recording ended. Raise `CannotRecord` if there is none."""
    ending = _SPOKEN.get(reply.text)
    if ending is None:
        raise CannotRecord(f"{file}: {reply.text or reply.result}")
    seconds = (reply.endpos or 0) / SAMPLES_PER_S
    if ending is Spoken.SILENCE and seconds >= most_s - _SILENCE_KEPT_S:
        ending = Spoken.FULL
    if ending is Spoken.SILENCE:
        seconds = max(0.0, seconds - _SILENCE_KEPT_S)
    return Message(file=file, seconds=seconds, ending=ending)
