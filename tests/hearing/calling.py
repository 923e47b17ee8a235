"""Real calls through Asterisk and G.711: what is cut out of them is what a caller hears."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from tests.e2e import said
from tests.e2e.lines import Lines
from tests.e2e.voice import Announcement, words
from tests.hear import RATE_HZ, Recording, Samples

_ACCOUNT: Final = "20000200"
_CASH: Final = "1000000"
_TOTAL: Final = "1100500"  # with its holdings
_MOST: Final = 99_400
_PATIENCE_S: Final = 90.0  # the menus are long, and said again after a silence
_CUT: Final = RATE_HZ * 3 // 10  # a key that is pressed at the end cuts that much off
_PERHAPS: Final = 0.5
_QUIET: Final = RATE_HZ // 10


@dataclass(frozen=True, slots=True)
class Heard:
    """An announcement of a call: its sound on the wire, and how surely it is the stored file."""

    words: str
    sound: Samples
    surely: float


async def listen_in(lines: Lines) -> Sequence[Heard]:
    """Log in, hear the money, and go to the read-back of an order, hearing everything out."""
    dialogue: list[said.Turn] = [
        (said.GREETING, ""),
        *said.log_in(_ACCOUNT, menu_key="2"),
        (said.ACCOUNT_MENU, "1"),
        (said.money(_CASH, _CASH, "0", _TOTAL), ""),
        (said.ACCOUNT_MENU, "*"),
        (said.MAIN_MENU, "1"),
        *said.buy_a_hundred(_MOST),
        (said.read_back(), "*"),
        (said.ORDER_DROPPED, ""),
    ]
    async with lines.call("13900000901") as caller:
        for announcement, keys in dialogue:
            await caller.hears_out(announcement, within_s=_PATIENCE_S)
            if keys:
                await caller.keys(keys)
    by_words = {words(announcement): announcement for announcement, _ in dialogue}
    return await _cut_out(lines, caller.call.audio / 32768, by_words)


async def _cut_out(
    lines: Lines, audio: Samples, announcements: Mapping[str, Announcement]
) -> Sequence[Heard]:
    recording, found = Recording(audio), []
    for spoken, announcement in announcements.items():
        sound = (await lines.voice.sound(announcement))[:-_CUT]
        matches = recording.find(sound, surely=_PERHAPS)
        if not matches:
            found.append(Heard(spoken, np.zeros(RATE_HZ), 0.0))
            continue
        best = max(matches, key=lambda heard: heard.surely)
        start, end = (int(at_s * RATE_HZ) for at_s in (best.at_s, best.until_s))
        part = audio[max(0, start - _QUIET) : end + _CUT + _QUIET]
        found.append(Heard(spoken, part, best.surely))
    return found
