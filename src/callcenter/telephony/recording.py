"""Keeps passwords out of the recording of a call."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import structlog

from callcenter.domain.errors import CallerHungUp
from callcenter.telephony.ami import AmiClient, AmiError
from callcenter.telephony.channel import Channel

log = structlog.get_logger()

TAPE: Final = "tape"  # the dialplan's word for tape.so, Asterisk's module of ours

_DEADLINE_S: Final = 1.0
_ROOM: Final = "MESSAGE_RECORDING_ID"


class Recordings:
    """
    Silences the caller's side of recordings.

    Keys travel as events and are not heard in a recording, but a line that sends them as tones
    too would betray a password. A call on tape is told by a command of its own. MixMonitor is
    told over AMI; either goes on then, and the time line stays. Where AMI does not answer it is
    stopped, and goes on in the same file afterwards.

    Without `whole_calls` the dialplan records agents only, and there is nothing to silence.
    """

    def __init__(self, ami: AmiClient, *, whole_calls: bool = True, taped: bool = False) -> None:
        self._ami = ami
        self._whole_calls = whole_calls
        self._taped = taped

    def made_by(self, recorder: str) -> "Recordings":
        """Return the recordings of a call as the dialplan names its recorder."""
        return Recordings(self._ami, whole_calls=self._whole_calls, taped=recorder == TAPE)

    @asynccontextmanager
    async def paused(self, channel: Channel, file: str) -> AsyncIterator[None]:
        if not self._whole_calls:
            yield
            return
        if await self._mute(channel, on=True):
            try:
                yield
            finally:
                await self._unmute(channel)
            return
        await channel.execute("StopMixMonitor", await channel.get("RECORDING_ID"))
        try:
            yield
        finally:
            await self._go_on(channel, file)

    async def hear_again(self, channel: Channel) -> None:
        """End the silence that a daemon which died at a password left behind."""
        if self._whole_calls:
            await self._unmute(channel)

    async def make_room(self, channel: Channel, file: str) -> None:
        """
        See to it that the folder of a file exists, where the recording of the call is not in it.

        Only Asterisk may write there, and of what it has only MixMonitor makes folders.
        """
        if not self._whole_calls:
            await channel.execute("MixMonitor", f"{file},i({_ROOM})")
            await channel.execute("StopMixMonitor", await channel.get(_ROOM))

    async def _go_on(self, channel: Channel, file: str) -> None:
        try:
            await channel.execute("MixMonitor", f"{file},ai(RECORDING_ID)")
        except CallerHungUp:
            log.debug("recording.ended_with_the_call", channel=channel.name)

    async def _unmute(self, channel: Channel) -> None:
        try:
            if not await self._mute(channel, on=False):
                log.error("recording.left_muted", channel=channel.name)
        except CallerHungUp:
            log.debug("recording.ended_with_the_call", channel=channel.name)

    async def _mute(self, channel: Channel, *, on: bool) -> bool:
        if self._taped:
            await channel.execute("TapeSilence", "on" if on else "off")
            return True
        fields = {"Channel": channel.name, "Direction": "read", "State": "1" if on else "0"}
        try:
            await self._ami.action("MixMonitorMute", fields, deadline_s=_DEADLINE_S)
        except AmiError as error:
            log.warning("recording.mute_failed", channel=channel.name, reason=str(error))
            return False
        return True
