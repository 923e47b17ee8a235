"""The telephone in a script's hand: dial, listen, press keys, hang up."""

import asyncio
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, Self, Unpack

from callcenter.telephony.sipcaller import g711
from callcenter.telephony.sipcaller.errors import CallEnded, Ending, TookTooLong
from callcenter.telephony.sipcaller.hearing import AUDIBLE_DB, Sound
from callcenter.telephony.sipcaller.reception import Statistics
from callcenter.telephony.sipcaller.rtp import FRAME_MS
from callcenter.telephony.sipcaller.station import Dialling, Line, Station, Wishes
from callcenter.telephony.sipcaller.transactions import Timers

_SLACK_S: Final = 5.0  # how much longer than it should last we wait for our own sending


class ScriptedCall:
    """
    One answered call. All times are wall-clock, in seconds since the epoch.

    What waits takes `within_s`, raises `TookTooLong` after it and `CallEnded` as soon as the
    line is gone. Leaving the `async with` hangs up.
    """

    def __init__(self, line: Line) -> None:
        self.call_id = line.leg.call_id
        self.dialled_at = line.dialled_at
        self.answered_at = line.answered_at
        self._line = line
        self._hearing = line.endpoint.hearing
        self._clock = line.clock

    @classmethod
    @asynccontextmanager
    async def place(
        cls, to: str, *, caller: str, local_host: str = "127.0.0.1", **wishes: Unpack[Wishes]
    ) -> AsyncIterator["ScriptedCall"]:
        """Make one call on a telephone of its own. Raise `CallFailed` if nobody answers."""
        wanted = Dialling(to=to, caller=caller, **wishes)
        async with (
            Station(host=local_host, port=0, timers=Timers()) as station,
            cls(await station.dial(wanted)) as call,
        ):
            yield call

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Hang up and give back the socket; what was heard can still be read."""
        await self._line.close()

    async def press(self, keys: str, *, key_ms: int = 100, gap_ms: int = 60) -> tuple[float, ...]:
        """Press the keys one after another; return when each went up, once the last has."""
        if not keys:
            return ()
        ended_at: list[float] = []
        pressed = asyncio.get_running_loop().create_future()

        def ended() -> None:
            ended_at.append(self._clock())
            if len(ended_at) == len(keys):
                pressed.set_result(None)

        self._line.endpoint.outgoing.press(keys, key_ms, gap_ms, ended)
        lasts_s = len(keys) * (key_ms + gap_ms + 2 * FRAME_MS) / 1000
        await self._first(pressed, f"pressing {len(keys)} keys", lasts_s + _SLACK_S)
        return tuple(ended_at)

    async def say(self, samples: g711.Samples) -> None:
        """Speak the samples (8 kHz) into the telephone; return when all are spoken."""
        spoken = asyncio.get_running_loop().create_future()
        payload = g711.encode(self._line.endpoint.codec, samples)
        self._line.endpoint.outgoing.say(payload, lambda: spoken.set_result(None))
        await self._first(spoken, "speaking", len(samples) / g711.RATE + _SLACK_S)

    def first_audio_after(self, t: float, level_db: float = AUDIBLE_DB) -> float | None:
        """Return when the first audible packet at or after `t` arrived, if it has."""
        return self._hearing.first_audio_after(t, level_db)

    async def heard_since(
        self, t: float, *, within_s: float = 5.0, level_db: float = AUDIBLE_DB
    ) -> float:
        """Wait for something audible at or after `t`; return when its first packet arrived."""
        deadline = self._clock() + within_s
        while True:
            audible = self._line.endpoint.audible(level_db)
            heard = self._hearing.first_audio_after(t, level_db)
            if heard is not None:
                return heard
            left_s = deadline - self._clock()
            await self._first(audible, "something audible", within_s, left_s)

    async def silence(self, *, of_s: float, within_s: float, level_db: float = AUDIBLE_DB) -> float:
        """Wait until nothing audible was heard for `of_s`; return since when that is."""
        deadline = self._clock() + within_s
        while True:
            since = self._hearing.last_audio(level_db) or self.answered_at
            left_s = since + of_s - self._clock()
            if left_s <= 0:
                return since
            if self._clock() >= deadline:
                raise TookTooLong(f"silence of {of_s:g} s", within_s)
            await self.stay(min(left_s, deadline - self._clock()))

    async def hear_out(
        self,
        t: float,
        *,
        begins_within_s: float = 5.0,
        within_s: float = 60.0,
        quiet_s: float = 1.0,
    ) -> Sound:
        """Wait for what is said at or after `t` to begin, and to be over for `quiet_s`."""
        began = await self.heard_since(t, within_s=begins_within_s)
        return Sound(began=began, ended=await self.silence(of_s=quiet_s, within_s=within_s))

    def sounds(self, *, level_db: float = AUDIBLE_DB, gap_s: float = 0.3) -> tuple[Sound, ...]:
        """Return what was heard so far, as spells of sound at least `gap_s` apart."""
        return self._hearing.sounds(level_db=level_db, gap_s=gap_s)

    async def stay(self, for_s: float) -> None:
        """Stay on the line for so long."""
        await asyncio.wait([self._line.leg.ended], timeout=max(for_s, 0))
        if self.ending is not None:
            raise CallEnded(self.ending)

    async def ended(self, within_s: float) -> Ending:
        """Wait for the call to end; return who hung up, when and with which Reason."""
        await asyncio.wait([self._line.leg.ended], timeout=within_s)
        if self.ending is None:
            raise TookTooLong("the end of the call", within_s)
        return self.ending

    async def hang_up(self) -> Ending:
        """End the call, unless it has ended already."""
        await self._line.leg.hang_up()
        return self._line.leg.ended.result()

    @property
    def ending(self) -> Ending | None:
        """How the call ended, if it has."""
        ended = self._line.leg.ended
        return ended.result() if ended.done() else None

    @property
    def keys_heard(self) -> str:
        """The keys that the far end sent to us."""
        return self._line.endpoint.keys_heard

    @property
    def audio(self) -> g711.Samples:
        """What was heard, at 8 kHz: sample n at `dialled_at` + n / 8000, gaps as silence."""
        return self._hearing.audio(until=self._heard_until())

    def audio_since(self, t: float) -> g711.Samples:
        """What was heard from `t` on, which costs less than all of it."""
        return self._hearing.audio(since=t, until=self._heard_until())

    def save_wav(self, path: Path | str) -> None:
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(g711.RATE)
            file.writeframes(self.audio.astype("<i2").tobytes())

    @property
    def statistics(self) -> Statistics:
        endpoint = self._line.endpoint
        return endpoint.reception.statistics(sent=endpoint.outgoing.sent)

    def _heard_until(self) -> float:
        """Return until when we heard; who hangs up may do so before the last sound is over."""
        if self.ending is None:
            return self._clock()
        return max(self.ending.at, self._hearing.heard_until)

    async def _first(
        self,
        happens: asyncio.Future[None],
        awaited: str,
        within_s: float,
        left_s: float | None = None,
    ) -> None:
        """Wait for `happens`, unless the call ends first or the time is over."""
        timeout = within_s if left_s is None else left_s
        ended = self._line.leg.ended
        either: set[asyncio.Future[Any]] = {happens, ended}
        await asyncio.wait(either, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
        if happens.done():
            return
        if ended.done():
            raise CallEnded(ended.result())
        raise TookTooLong(awaited, within_s)
