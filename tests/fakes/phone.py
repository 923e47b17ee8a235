"""A telephone whose caller is a script."""

import re
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from callcenter.domain.agents import AgentOutcome, AgentVisit
from callcenter.domain.calls import Call
from callcenter.domain.errors import CallerHungUp, CannotRecord, SoundMissing
from callcenter.ivr.phone import Halt, Message, Phone, Sound, Spoken, Stop, Utterance
from tests import make

SILENCE: Final = ""
NOBODY: Final = AgentVisit(outcome=AgentOutcome.NOBODY, waited_s=0)
LASTING_S: Final = 30.0  # a sound of which the test says nothing else
_TIMED: Final = re.compile(r"(?P<seconds>\d+(\.\d+)?)(?P<how>[s@])(?P<keys>[0-9*#]*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """Something that was said, or that was not because keys waited."""

    words: str
    skipped: bool
    fresh: bool
    recorded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """A key that was taken: `after` is how much had been heard when it was pressed."""

    key: str
    after: int
    recorded: bool


class FakePhone(Phone):
    """
    The script is a row of keys such as "1" and "600000#", and of `SILENCE`.

    A slow caller presses the next ones only when a key is wanted and none waits. A caller in a
    `burst` has pressed them all before the call begins. When the script is over the caller has
    hung up, so no test can hang: when the next key is wanted, or with `hangs_up_at_once` before
    anything more is said. `hangs_up_at=N` is the N-th thing asked of the phone. `ends_with`
    says what happens instead: a `CancelledError` is a daemon that dies.

    "5s#" is to speak for five seconds after a tone and to press #, "5s" to fall silent then, or
    to hang up if that was the end of the script. "12@4" presses 4 at second 12 of a sound that
    can be gone back and forth in, "12@" hangs up there; else the caller hears it out. Sounds last
    as `lasting` says.

    Remembers what was `heard`, the keys `taken` and `dropped`, whether either was recorded, and
    how long each key was `waited` for; what was `played`, and from which second; the names of the
    `messages`. `step` counts what was asked of it. Waits for an agent end as `visits` tells, and
    without any there is nobody; `introduced` is what agents were told. `untold_visit` is one that
    another daemon began.
    """

    def __init__(
        self,
        *script: str,
        call: Call | None = None,
        burst: bool = False,
        hangs_up_at_once: bool = False,
        hangs_up_at: int | None = None,
        ends_with: type[BaseException] = CallerHungUp,
    ) -> None:
        if burst and SILENCE in script:
            raise ValueError("a burst has no silence in it")
        self.heard: list[Heard] = []
        self.taken: list[Press] = []
        self.dropped = ""
        self.waited: list[float] = []
        self.played: list[tuple[str, float]] = []
        self.lasting: dict[str, float] = {}
        self.missing: set[str] = set()
        self.messages: list[str] = []
        self.listened_before: dict[str, Message] = {}
        self.records = True
        self._gone = False
        self.step = 0
        self.introduced: list[dict[str, str]] = []
        self.visits: deque[AgentVisit | BaseException] = deque()
        self.untold_visit: AgentVisit | None = None
        self._call = call or make.call()
        self._script = deque(script)
        self._waiting: deque[tuple[str, int]] = deque()  # keys, and how much had been heard
        self._recorded = True
        self._hangs_up_at_once = hangs_up_at_once
        self._hangs_up_at = hangs_up_at
        self._ends_with = ends_with
        if burst:
            self._press("".join(script))
            self._script.clear()

    @property
    def call(self) -> Call:
        return self._call

    @property
    def said(self) -> list[str]:
        """The words of all that was heard, or would have been without the keys that waited."""
        return [heard.words for heard in self.heard]

    @property
    def left(self) -> int:
        """How many groups of the script are not pressed, or have keys that still wait."""
        return len(self._script) + bool(self._waiting)

    async def play(self, utterance: Utterance, *, fresh: bool = False) -> None:
        self._do()
        if fresh:
            self.dropped += "".join(key for key, _ in self._waiting)
            self._waiting.clear()
        if self._hangs_up_at_once and self._is_over():
            raise self._ends_with
        self.heard.append(
            Heard(
                words=utterance.words,
                skipped=bool(self._waiting),
                fresh=fresh,
                recorded=self._recorded,
            )
        )

    async def key(self, *, within_s: float, of_field: bool = False) -> str | None:
        self._do()
        if self._is_over():
            raise self._ends_with
        self.waited.append(within_s)
        if not self._waiting:
            self._press(self._script.popleft())
        if not self._waiting:
            return None
        key, after = self._waiting.popleft()
        self.taken.append(Press(key=key, after=after, recorded=self._recorded))
        return key

    def put_back(self, keys: str) -> None:
        back = [self.taken.pop() for _ in keys]
        if "".join(press.key for press in reversed(back)) != keys:
            raise ValueError(f"{keys} are not the last keys that were taken")
        self._waiting.extendleft((press.key, press.after) for press in back)

    async def play_from(self, sound: Sound, start_s: float) -> Stop:
        self._do()
        words = sound.words if isinstance(sound, Utterance) else sound
        if words in self.missing:
            raise SoundMissing(words)
        if self._waiting:
            return Stop(at_s=start_s, by=Halt.KEY)
        self.played.append((words, start_s))
        pressed = self._timed("@")
        if pressed is None:
            return Stop(at_s=max(start_s, self.lasting.get(words, LASTING_S)), by=Halt.END)
        self._press(pressed["keys"])
        self._gone = not pressed["keys"]
        halt = Halt.HUNG_UP if self._gone else Halt.KEY
        return Stop(at_s=float(pressed["seconds"]), by=halt)

    async def record(self, name: str, *, most_s: int, silence_s: int) -> Message:
        self._do()
        if not self.records:
            raise CannotRecord(name)
        self.dropped += "".join(key for key, _ in self._waiting)
        self._waiting.clear()
        if self._is_over():
            raise self._ends_with
        spoken = self._timed("s")
        keys = spoken["keys"] if spoken else self._script.popleft()
        self.messages.append(name)
        if "#" in keys:
            self._press(keys.partition("#")[2])
        ending = self._ending_of(keys, after_words=spoken is not None)
        self._gone = ending is Spoken.HUNG_UP
        return Message(
            file=f"/rec/{name}.wav",
            seconds=min(float(spoken["seconds"]) if spoken else 0.0, most_s),
            ending=ending,
        )

    async def kept(self, name: str) -> Message | None:
        self._do()
        return self.listened_before.get(name)

    def _ending_of(self, keys: str, *, after_words: bool) -> Spoken:
        if "#" in keys:
            return Spoken.KEY
        return Spoken.HUNG_UP if after_words and self._is_over() else Spoken.SILENCE

    def _timed(self, how: str) -> re.Match[str] | None:
        """Return what is done next, if it is of this kind."""
        found = _TIMED.fullmatch(self._script[0]) if self._script else None
        if found is None or found["how"] != how:
            return None
        self._script.popleft()
        return found

    @asynccontextmanager
    async def unrecorded(self) -> AsyncIterator[None]:
        self._do()
        self._recorded = False
        try:
            yield
        finally:
            self._recorded = True

    async def wait_for_agent(self, who: Mapping[str, str]) -> AgentVisit:
        self._do()
        self.introduced.append(dict(who))
        if not self.visits:
            return NOBODY
        self._waiting.clear()
        visit = self.visits.popleft()
        if isinstance(visit, BaseException):
            raise visit
        return visit

    async def agent_visit(self) -> AgentVisit | None:
        self._do()
        visit, self.untold_visit = self.untold_visit, None
        return visit

    def _press(self, keys: str) -> None:
        self._waiting.extend((key, len(self.heard)) for key in keys)

    def _is_over(self) -> bool:
        return not self._waiting and not self._script

    def _do(self) -> None:
        self.step += 1
        if self._gone:
            raise self._ends_with
        if self._hangs_up_at is not None and self.step >= self._hangs_up_at:
            raise self._ends_with
