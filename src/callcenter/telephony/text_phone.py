"""
A telephone in the terminal: it is to the daemon what Asterisk is, over the same socket.

Speaks the few commands that the hotline uses. What is said comes as words, in a NOOP before the
sound; keys come from a `Keyboard`. So every dialogue can be tried without a PBX.
"""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from callcenter.telephony.channel import FAILED, RECORDING_ENDS_AT, SAMPLES_PER_S, TAKE_KEYS
from callcenter.telephony.hotline import HOTLINE_IN_WORDS

_WORD: Final = re.compile(r'"((?:[^"\\]|\\.)*)"|(\S+)')
_NAME: Final = re.compile(r"\$\{(\w+)\}")
_HANGUP: Final = "HANGUP"
# There is no queue without a PBX.
_NO_AGENTS: Final = {"QUEUESTATUS": "JOINEMPTY"}
_OF_A_PROMPT: Final = 3  # arguments of STREAM FILE without a place to begin at
_TIMED: Final = re.compile(r"(?P<seconds>\d+(\.\d+)?)(?P<how>[s@])(?P<keys>[0-9*#]*)")


class Keyboard(Protocol):
    """Where the keys come from."""

    def words_came(self) -> None:
        """Something new is being said."""
        ...

    async def listening(self, words: str) -> str:
        """Return the keys pressed while so much is said; "" to hear it out."""
        ...

    async def playing(self, words: str) -> "Pressed":
        """
        Hear a sound that can be gone back and forth in; "" as its words if it is a recording.

        Return the keys pressed, and where in the sound; None as the keys is hanging up.
        """
        ...

    async def waiting(self, within_s: float) -> str | None:
        """Return keys, "" for silence, or None when the caller hangs up."""
        ...

    async def speaking(self, most_s: float) -> "Pressed":
        """Speak, or pretend to, for so long at most; None as the keys is hanging up."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """Keys, and how much was heard or said before them."""

    seconds: float
    keys: str | None


class TextPhone:
    """One call to the daemon. `run` returns whether the hotline ended it, not the caller."""

    def __init__(self, show: Callable[[str], None], keyboard: Keyboard) -> None:
        self._show = show
        self._keyboard = keyboard
        self._keys = ""
        self._words = ""
        self._variables: dict[str, str] = {}
        self._gone = False

    async def run(
        self,
        host: str,
        port: int,
        *,
        call_id: str,
        caller: str,
        did: str,
        menu: int | None = None,
    ) -> bool:
        """
        Ring, talk and hang up, with the version of the menu that is to be tried if there is one.

        Raise `OSError` if nobody answers the socket.
        """
        reader, writer = await asyncio.open_connection(host, port)
        try:
            writer.write(_header(call_id, caller, did, menu).encode())
            while line := await reader.readline():
                for reply in await self._answer(line.decode().strip()):
                    writer.write(f"{reply}\n".encode())
                await writer.drain()
        finally:
            writer.close()
        return not self._gone

    async def _answer(self, line: str) -> list[str]:
        verb, *rest = [quoted or bare for quoted, bare in _WORD.findall(line)]
        arguments = [re.sub(r"\\(.)", r"\1", argument) for argument in rest]
        if self._gone and verb in ("STREAM", "WAIT", "SAY", "CHANNEL", "RECORD"):
            return ["511 Command Not Permitted on a dead channel or intercept routine"]
        if verb in ("STREAM", "SAY", "RECORD", "WAIT"):
            return await self._hear_or_speak(verb, arguments)
        match verb:
            case "NOOP":
                return self._say(" ".join(arguments))
            case "GET":
                return await self._get(arguments)
            case "SET":
                self._variables[arguments[1]] = arguments[2]
            case "GOSUB":
                self._variables |= _NO_AGENTS
            case _:
                pass
        return ["200 result=1"]

    async def _hear_or_speak(self, verb: str, arguments: list[str]) -> list[str]:
        match verb:
            case "RECORD":
                return await self._record(int(arguments[4]) / 1000)
            case "WAIT":
                return await self._wait(int(arguments[-1]) / 1000)
            case _ if len(arguments) > _OF_A_PROMPT:
                return await self._play_from(int(arguments[-1]))
            case _:
                return await self._play()

    def _say(self, words: str) -> list[str]:
        self._show(words)
        self._words = words
        self._keyboard.words_came()
        return ["200 result=0"]

    async def _play(self) -> list[str]:
        words, self._words = self._words, ""
        self._keys += await self._keyboard.listening(words)
        return [f"200 result={ord(self._keys[0]) if self._keys else 0} endpos=0"]

    async def _play_from(self, at: int) -> list[str]:
        words, self._words = self._words, ""
        pressed = await self._keyboard.playing(words)
        endpos = max(at, round(pressed.seconds * SAMPLES_PER_S))
        if pressed.keys is None:
            self._gone = True
            return [f"200 result={FAILED} endpos={endpos}", _HANGUP]
        self._keys += pressed.keys
        return [f"200 result={ord(self._keys[0]) if self._keys else 0} endpos={endpos}"]

    async def _record(self, most_s: float) -> list[str]:
        self._show("[recording]")
        pressed = await self._keyboard.speaking(most_s)
        endpos = round(pressed.seconds * SAMPLES_PER_S)
        if pressed.keys is None:
            self._gone = True
            return [f"200 result={FAILED} (hangup) endpos={endpos}", _HANGUP]
        self._keys += pressed.keys
        if RECORDING_ENDS_AT in pressed.keys:
            return [f"200 result={ord(RECORDING_ENDS_AT)} (dtmf) endpos={endpos}"]
        return [f"200 result=0 (timeout) endpos={endpos + SAMPLES_PER_S}"]

    async def _wait(self, within_s: float) -> list[str]:
        pressed = await self._keyboard.waiting(within_s)
        if pressed is None:
            self._gone = True
            return [_HANGUP, f"200 result={FAILED}"]
        self._keys += pressed
        return [f"200 result={ord(pressed[0]) if pressed else 0}"]

    async def _get(self, arguments: list[str]) -> list[str]:
        match arguments:
            case ["DATA", _, _, _] if "#" in self._keys:
                return ["200 result="]  # the whole field was keyed in one go
            case ["DATA", _, pause_ms, _]:
                return await self._wait(int(pause_ms) / 1000)
            case [*_, name] if name == TAKE_KEYS:
                keys, self._keys = self._keys, ""
                return [f"200 result=1 ({keys})"]
            case ["FULL", "VARIABLE", expression]:
                return [f"200 result=1 ({_NAME.sub(self._named, expression)})"]
            case _:
                value = self._variables.get(arguments[-1])
                return ["200 result=0" if value is None else f"200 result=1 ({value})"]

    def _named(self, name: re.Match[str]) -> str:
        return self._variables.get(name[1], "")


class ScriptedKeyboard:
    """
    Presses one group of keys each time it is asked and nothing waits; then hangs up.

    Groups are separated by spaces; `_` is to say nothing until something else is said, `5s` to
    speak for five seconds after a tone, `5s#` to end that with a key, and `12@4` to press 4 at
    second 12 of something that can be gone back and forth in.
    """

    def __init__(self, keys: str) -> None:
        self._groups = keys.split()
        self._silent = False

    @property
    def finished(self) -> bool:
        """Whether every key of the script was pressed."""
        return not self._groups

    def words_came(self) -> None:
        self._silent = False

    async def listening(self, words: str) -> str:
        return ""

    async def playing(self, words: str) -> Pressed:
        pressed = self._timed("@") or Pressed(seconds=0.0, keys="")
        return self._or_gone(pressed) if pressed.seconds else pressed

    async def speaking(self, most_s: float) -> Pressed:
        pressed = self._timed("s")
        if pressed is None:
            return Pressed(seconds=0.0, keys=await self.waiting(most_s))
        return self._or_gone(pressed)

    def _or_gone(self, pressed: Pressed) -> Pressed:
        over = not pressed.keys and not self._groups
        return Pressed(seconds=pressed.seconds, keys=None if over else pressed.keys)

    def _timed(self, how: str) -> Pressed | None:
        """Return what is done next, if it is of this kind."""
        found = _TIMED.fullmatch(self._groups[0]) if self._groups else None
        if found is None or found["how"] != how:
            return None
        self._groups.pop(0)
        return Pressed(seconds=float(found["seconds"]), keys=found["keys"])

    async def waiting(self, within_s: float) -> str | None:
        if self._silent:
            return ""
        if not self._groups:
            return None
        group = self._groups.pop(0)
        self._silent = group == "_"
        return "" if self._silent else group


def _header(call_id: str, caller: str, did: str, menu: int | None) -> str:
    fields = {
        "network": "yes",
        "network_script": HOTLINE_IN_WORDS,
        "request": f"agi://localhost/{HOTLINE_IN_WORDS}",
        "channel": f"Text/{call_id}",
        "language": "zh",
        "type": "Text",
        "uniqueid": call_id,
        "callerid": caller or "unknown",
        "calleridname": "unknown",
        "dnid": did,
        "context": "text",
        "extension": did,
        "priority": "1",
        "threadid": "0",
        "arg_1": call_id,
        "arg_2": "",
        "arg_3": did,
        "arg_4": "0",
        "arg_5": "",
        "arg_6": "" if menu is None else str(menu),
    }
    return "".join(f"agi_{name}: {value}\n" for name, value in fields.items()) + "\n"
