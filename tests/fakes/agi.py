"""One channel of an Asterisk, with a caller on it who does as a script says."""

import asyncio
import re
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Final

from callcenter.telephony.agi import AgiParser
from callcenter.telephony.agi_session import AgiSession
from callcenter.telephony.agi_words import AgiReply, AgiRequest, Hangup
from callcenter.telephony.ami import AmiClient, AmiDisconnected, AmiRefused
from callcenter.telephony.ami_words import AmiMessage, AmiResponse, Fields
from callcenter.telephony.channel import SAMPLES_PER_S, SILENCE, TAKE_KEYS
from tests.fakes.asterisk import FakeCall, agi_header

QUIET: Final = ""
_DEAD: Final = "511 Command Not Permitted on a dead channel or intercept routine"
_TIMED: Final = re.compile(r"(?P<seconds>\d+(\.\d+)?)(?P<how>[s@])(?P<keys>[0-9*#]*)")
_LASTING_S: Final = 30.0  # every sound that is played from somewhere
_WORD: Final = re.compile(r'"((?:[^"\\]|\\.)*)"')
_NEEDS_A_CALLER: Final = (
    "STREAM FILE",
    "WAIT FOR DIGIT",
    "GET DATA",
    "SAY DIGITS",
    "CHANNEL",
    "RECORD FILE",
)


class FakeChannel:
    """
    Answers AGI commands as docs/pbx.md tells, in no time.

    The script is a row of keys such as "1" and "600000#", and of `QUIET`, which lasts until
    something else is said. A group is begun when a key is waited for; each of its keys falls into
    the next command that takes keys. When the script is over, the caller hangs up. `types` are
    keys that come whatever runs, and `press` those that come while nothing does. "5s#" is to
    speak for five seconds into a recording and press #, "5s" to fall silent or, at the end of the
    script, to hang up; "12@4" presses 4 at second 12 of a sound that is played from somewhere,
    "12@" hangs up there.

    Remembers the `commands`, the sounds that were `heard`, the digits that were `spelled`, the
    channel's `variables`, and the `recorded` keys: those that came while it was not `muted`.
    `subroutines` are the variables that each context of the dialplan sets.
    """

    def __init__(
        self, *script: str, missing: Iterable[str] = (), rejects: Iterable[str] = ()
    ) -> None:
        self.commands: list[str] = []
        self.heard: list[str] = []
        self.spelled: list[str] = []
        self.variables: dict[str, str] = {"RECORDING_ID": "mix-1"}
        self.subroutines: dict[str, dict[str, str]] = {}
        self.recorded = ""
        self.muted = False
        self.gone = False
        self.says_hangup = True
        self.missing = set(missing)
        self.rejects = set(rejects)
        self._script = deque(script)
        self._typing: deque[str] = deque()
        self._keys = ""
        self._quiet = False

    def press(self, keys: str) -> None:
        """Press keys while no command runs."""
        for key in keys:
            self._store(key)

    def types(self, keys: str) -> None:
        """Press a key in each of the next commands that take keys."""
        self._typing.extend(keys)

    def hang_up(self) -> list[str]:
        """Put the receiver down; return what Asterisk says to the daemon."""
        self.gone = True
        return ["HANGUP"] if self.says_hangup else []

    def answer(self, line: str) -> list[str]:
        """Return the lines that come back for one command."""
        self.commands.append(line)
        if self.gone and line.startswith(_NEEDS_A_CALLER):
            return [_DEAD]
        verb = line.split(' "')[0]
        arguments = [re.sub(r"\\(.)", r"\1", word) for word in _WORD.findall(line)]
        if verb in self.rejects:
            return ["510 Invalid or unknown command"]
        return (
            self._media(verb, arguments)
            or self._variable(verb, arguments)
            or self._other(verb, arguments)
        )

    def _media(self, verb: str, arguments: list[str]) -> list[str]:
        match verb, arguments:
            case "STREAM FILE", [sound, _, start] if not sound.startswith(SILENCE):
                return self._stream_from(sound, int(start))
            case "STREAM FILE", [sound, escape, *_]:
                return self._stream(sound, escape)
            case "WAIT FOR DIGIT", _:
                return self._result(self._wait())
            case "GET DATA", _:
                return self._get_data()
            case "RECORD FILE", [file, *_]:
                return self._record(file)
            case _:
                return []

    def _variable(self, verb: str, arguments: list[str]) -> list[str]:
        match verb, arguments:
            case "GET FULL VARIABLE", [name] if name == TAKE_KEYS:
                keys, self._keys = self._keys, ""
                return [f"200 result=1 ({keys})"]
            case "GET FULL VARIABLE", [expression]:
                return [f"200 result=1 ({self._expanded(expression)})"]
            case "GET VARIABLE", [name]:
                found = self.variables.get(name)
                return ["200 result=0" if found is None else f"200 result=1 ({found})"]
            case "SET VARIABLE", [name, value]:
                self.variables[name] = value
                return ["200 result=1"]
            case _:
                return []

    def _other(self, verb: str, arguments: list[str]) -> list[str]:
        match verb, arguments:
            case "GOSUB", [context, *_]:
                return self._gosub(context)
            case "SAY DIGITS", [digits, _]:
                self.spelled.append(digits)
            case "EXEC", ["StopMixMonitor", _]:
                self.muted = True
            case "EXEC", ["MixMonitor", _]:
                self.muted = False
            case "EXEC", ["TapeSilence", on]:
                self.muted = on == "on"
            case "CHANNEL STATUS", _:
                return ["200 result=6"]
            case _:
                pass
        return ["200 result=0"]

    def _expanded(self, expression: str) -> str:
        return re.sub(r"\$\{(\w+)\}", lambda name: self.variables.get(name[1], ""), expression)

    def _gosub(self, context: str) -> list[str]:
        left = self.subroutines.get(context)
        if left is None:
            return ["200 result=-1 Gosub label not found"]
        self.variables |= left
        if left.get("HANGUP"):
            return [*self.hang_up(), "200 result=-1 Gosub failed"]
        return ["200 result=0 Gosub complete"]

    def _stream(self, sound: str, escape: str) -> list[str]:
        if sound in self.missing:
            return ["200 result=-1 endpos=0"]
        if sound.startswith(SILENCE):
            return self._result(self._typed() if escape else "")
        self.heard.append(sound)
        self._quiet = False
        return self._result(self._typed())

    def _stream_from(self, sound: str, start: int) -> list[str]:
        if sound in self.missing:
            return ["200 result=-1 endpos=0"]
        self.heard.append(sound)
        self._quiet = False
        pressed = self._timed("@")
        if pressed is None:
            return [f"200 result=0 endpos={max(start, round(_LASTING_S * SAMPLES_PER_S))}"]
        endpos = round(float(pressed["seconds"]) * SAMPLES_PER_S)
        if not pressed["keys"]:
            return [f"200 result=-1 endpos={endpos}", *self.hang_up()]
        self._typing.extend(pressed["keys"])
        return [f"200 result={ord(self._typed())} endpos={endpos}"]

    def _record(self, file: str) -> list[str]:
        if file in self.missing:
            return ["200 result=-1 (writefile)"]
        if not self._script:
            return ["200 result=-1 (hangup) endpos=0", *self.hang_up()]
        spoken = self._timed("s")
        seconds = float(spoken["seconds"]) if spoken else 0.0
        keys = spoken["keys"] if spoken else self._script.popleft()
        endpos = round(seconds * SAMPLES_PER_S)
        if spoken and not keys and not self._script:
            return [f"200 result=-1 (hangup) endpos={endpos}", *self.hang_up()]
        self.press(keys)
        if "#" in keys:
            return [f"200 result=35 (dtmf) endpos={endpos}"]
        # What the result is then, nobody should look at: it is not 0.
        return [f"200 result=7980 (timeout) endpos={endpos + SAMPLES_PER_S}"]

    def _timed(self, how: str) -> re.Match[str] | None:
        """Return what is done next, if it is of this kind."""
        found = _TIMED.fullmatch(self._script[0]) if self._script else None
        if found is None or found["how"] != how:
            return None
        self._script.popleft()
        return found

    def _get_data(self) -> list[str]:
        keys = ""
        while self._typing and not keys.endswith("#"):
            keys += self._typed()
        return [f"200 result={keys.rstrip('#')}" + ("" if keys.endswith("#") else " (timeout)")]

    def _wait(self) -> str | None:
        if not self._typing and not self._quiet:
            if not self._script:
                return None
            group = self._script.popleft()
            self._quiet = group == QUIET
            self._typing.extend(group)
        return self._typed()

    def _typed(self) -> str:
        if not self._typing:
            return ""
        self._store(self._typing[0])
        return self._typing.popleft()

    def _store(self, key: str) -> None:
        self._keys += key
        if not self.muted:
            self.recorded += key

    def _result(self, key: str | None) -> list[str]:
        if key is None:
            # The reply comes first: the line HANGUP stands before the one after it.
            return ["200 result=-1 endpos=0", *self.hang_up()]
        return [f"200 result={ord(key) if key else 0} endpos=0"]

    async def call(self, port: int, *arguments: str, **variables: str) -> None:
        """Ring a FastAGI server and answer it until it closes."""
        line = await FakeCall.connect(port)
        try:
            line.send(agi_header(*arguments, **variables))
            with suppress(ConnectionError):
                while command := await line.hear():
                    line.send("".join(f"{reply}\n" for reply in self.answer(command)).encode())
        finally:
            line.reset()


class _Wire(asyncio.WriteTransport):
    """Hands commands to the channel, and its answers to the session, in their own time."""

    def __init__(self, channel: FakeChannel) -> None:
        super().__init__()
        self.session: AgiSession | None = None
        self.closed = False
        self._channel = channel
        self._parser = AgiParser()
        self._items = list(self._parser.feed(agi_header()))

    def write(self, data: bytes | bytearray | memoryview) -> None:
        for line in bytes(data).decode().splitlines():
            answer = "".join(f"{reply}\n" for reply in self._channel.answer(line))
            asyncio.get_running_loop().call_soon(self.hear, answer)

    def hear(self, answer: str) -> None:
        assert self.session is not None
        for item in self._parser.feed(answer.encode()):
            match item:
                case AgiReply():
                    self.session.take_reply(item)
                case Hangup():
                    self.session.take_hangup()
                case AgiRequest():
                    raise AssertionError("a second header")

    def abort(self) -> None:
        self.closed = True


def session_on(channel: FakeChannel, *arguments: str, **variables: str) -> AgiSession:
    """Return a session with this channel, without a socket."""
    [request] = _requests(agi_header(*arguments, **variables))
    wire = _Wire(channel)
    wire.session = AgiSession(request, wire, reply_deadline_s=5.0)
    return wire.session


def _requests(header: bytes) -> Iterator[AgiRequest]:
    for item in AgiParser().feed(header):
        assert isinstance(item, AgiRequest)
        yield item


class FakeAmi(AmiClient):
    """
    The manager of the Asterisk that these channels are on.

    `down` leaves every action without a link, `refuses` has each named one refused; `lists` are
    the rows of an action's answer. Remembers the `actions`.
    """

    def __init__(self, *channels: FakeChannel, living: Iterable[str] = ()) -> None:
        super().__init__("127.0.0.1", 0, "callcenter", "unused")
        self.down = False
        self.refuses: set[str] = set()
        self.living = list(living)
        self.actions: list[tuple[str, Fields]] = []
        self.lists: dict[str, list[AmiMessage]] = {}
        self._channels = channels

    def tell(self, event: str, **fields: str) -> None:
        """Tell whoever listens of an event."""
        self._publish(AmiMessage((("Event", event), *fields.items())))

    async def action(
        self, action: str, fields: Fields | None = None, *, deadline_s: float = 5.0
    ) -> AmiResponse:
        self.actions.append((action, fields or {}))
        if self.down:
            raise AmiDisconnected(action, sent=False)
        if action in self.refuses:
            raise AmiRefused(action, "no such channel")
        if action == "MixMonitorMute":
            for channel in self._channels:
                channel.muted = (fields or {})["State"] == "1"
        rows = [AmiMessage((("Uniqueid", call),)) for call in self.living]
        listed = self.lists.get(action, rows)
        return AmiResponse(AmiMessage((("Response", "Success"),)), tuple(listed))
