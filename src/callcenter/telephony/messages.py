"""Where what callers say after a tone is kept: beside the recording of their call."""

import asyncio
from pathlib import Path, PurePath
from typing import Final

from callcenter.domain.calls import Call
from callcenter.ivr.phone import Message, Spoken
from callcenter.telephony.channel import SAMPLES_PER_S

ENDING: Final = ".wav"
_HEAD: Final = 44  # bytes before the samples
_BYTES_PER_S: Final = 2 * SAMPLES_PER_S


def beside_the_call(call: Call, name: str) -> str | None:
    """Return a file, without its ending, in the folder where the call's recording has its place."""
    if call.recording is None:
        return None
    recording = PurePath(call.recording)
    return str(recording.with_name(f"{recording.stem}-{name}"))


async def kept(call: Call, name: str) -> Message | None:
    """Return what was said for a daemon that is gone; None if there is nothing here."""
    file = beside_the_call(call, name)
    if file is None:
        return None
    try:
        size = await asyncio.to_thread(lambda: Path(file + ENDING).stat().st_size)
    except OSError:
        return None
    seconds = max(0, size - _HEAD) / _BYTES_PER_S
    return Message(file=file + ENDING, seconds=seconds, ending=Spoken.SILENCE)
