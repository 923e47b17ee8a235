"""Walks along a script of keys, with and without sound, and what the log has of it."""

import asyncio
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import uuid4

from callcenter.domain.calls import CallId, Turn
from callcenter.telephony.text_phone import ScriptedKeyboard, TextPhone
from tests.e2e.lines import Lines
from tests.e2e.walks.paths import SILENCE

_ENDS_WITHIN_S: Final = 30.0
_LOGGED_WITHIN_S: Final = 10.0
_HEARD_WITHIN_S: Final = 10.0
_LISTENS_S: Final = 0.3  # before a key is pressed
_QUIET_S: Final = 0.8  # longer than any pause between two sentences
_HEAR_OUT: Final = "hear it out"
_HAN: Final = re.compile(r"[\u4e00-\u9fff]")


class PromptKeyboard(ScriptedKeyboard):
    """Measures how long the hotline is silent after keys."""

    def __init__(self, keys: str) -> None:
        super().__init__(keys)
        self.longest_silence_s = 0.0
        self._since: float | None = None

    def words_came(self) -> None:
        super().words_came()
        if self._since is not None:
            self.longest_silence_s = max(self.longest_silence_s, time.monotonic() - self._since)
            self._since = None

    async def waiting(self, within_s: float) -> str | None:
        pressed = await super().waiting(within_s)
        if pressed:
            self._since = time.monotonic()
        return pressed


@dataclass(frozen=True, slots=True, kw_only=True)
class Walked:
    """What a call left behind. `words` is what was said, in the order in which it was said."""

    turns: Sequence[Turn]
    words: Sequence[str]
    longest_silence_s: float
    finished: bool  # every key of the script was pressed

    @property
    def heard(self) -> Sequence[tuple[tuple[str, ...], str]]:
        """What was said and what was keyed then, turn by turn."""
        return [(turn.prompts, turn.keys) for turn in self.turns]

    @property
    def untranslated(self) -> Sequence[str]:
        """The sentences with a Han character in them: none, in a call in English."""
        return [words for words in self.words if _HAN.search(words)]


async def walk(lines: Lines, keys: str, *, caller: str, did: str = "4008") -> Walked:
    """Dial, press these groups of keys as they are asked for, and hang up."""
    said: list[str] = []
    keyboard = PromptKeyboard(keys)
    call_id = CallId(f"text-{uuid4().hex[:12]}")
    async with asyncio.timeout(_ENDS_WITHIN_S):
        await TextPhone(said.append, keyboard).run(
            "127.0.0.1", lines.installation.agi_port, call_id=call_id, caller=caller, did=did
        )
    return Walked(
        turns=await _logged(lines, call_id),
        words=said,
        longest_silence_s=keyboard.longest_silence_s,
        finished=keyboard.finished,
    )


async def walk_by_sip(lines: Lines, keys: str, *, number: str) -> Walked:
    """Do the same over a real telephone: press keys into what is heard after the last ones."""
    groups, longest_s = keys.split(), 0.0
    async with lines.call(number) as caller:
        since = caller.call.answered_at
        for group in [*groups, _HEAR_OUT]:
            heard_at = await caller.call.heard_since(since, within_s=_HEARD_WITHIN_S)
            longest_s = max(longest_s, heard_at - since)
            if group == SILENCE:
                since = await caller.call.silence(of_s=_QUIET_S, within_s=_ENDS_WITHIN_S)
                since = await caller.call.heard_since(since + _QUIET_S, within_s=_ENDS_WITHIN_S)
            elif group == _HEAR_OUT:
                await caller.call.silence(of_s=_QUIET_S, within_s=_ENDS_WITHIN_S)
            else:
                await caller.call.stay(_LISTENS_S)
                since = await caller.keys(group)
    call = (await lines.evidence(number)).call
    turns = await _logged(lines, CallId(call["call_id"]))
    return Walked(turns=turns, words=[], longest_silence_s=longest_s, finished=True)


async def _logged(lines: Lines, call: CallId) -> Sequence[Turn]:
    async with asyncio.timeout(_LOGGED_WITHIN_S):
        while True:
            found = await lines.reports.queries.transcript(call)
            if found is not None and found.record.end is not None:
                return found.turns
            await asyncio.sleep(0.05)
