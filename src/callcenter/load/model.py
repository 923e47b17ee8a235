"""
What a load run is asked to do, and what came of it.

Runner, capture, watchers and report share these values; `result.json` is a `LoadResult`. Every
moment called `at` is in seconds since `LoadResult.began`, every other time is in seconds, sizes
are in bytes. A figure that was not measured is None, never 0.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from pydantic import TypeAdapter

from callcenter.load.spread import Spread
from callcenter.load.watched import Trend, Watched

Clock = Callable[[], float]  # seconds since the run began


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Whom we call: the PBX's SIP address over UDP, and the number to dial."""

    host: str
    port: int
    number: str

    def __str__(self) -> str:
        return f"sip:{self.number}@{self.host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How often a scenario is drawn, in proportion to the weights of the others."""

    scenario: str
    weight: int

    def __post_init__(self) -> None:
        if self.weight < 1:
            raise ValueError(f"the weight of {self.scenario} is less than 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """The thresholds of a run. One that is None is not applied."""

    failed_calls: int | None = 0
    key_to_prompt_p99_s: float | None = 0.25
    post_dial_p99_s: float | None = 1.0
    rtp_lost_share: float | None = 0.001  # of the packets that were due, 0 to 1
    orders_agree: bool = True  # placed = found = heard, none twice, none wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """
    What to run.

    New calls begin at `calls_per_s`, reached in `ramp_s` from the first call on, as long as fewer
    than `calls_at_once` are up. After `lasts_s` (ramp and plateau together) no call begins, and
    those that are up are seen to their end.
    """

    profile: str
    target: Target
    mix: tuple[Share, ...]
    calls_at_once: int
    calls_per_s: float
    ramp_s: float
    lasts_s: float
    callers: int  # different caller numbers, each with an account of its own
    pace: float = 1.0  # how much faster than usual the callers answer and key
    bars: Bars = field(default_factory=Bars)
    seed: int | None = None  # of everything that is drawn; None: another run, other draws


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyed:
    """An entry that a caller keyed; what the keys were is not told."""

    turn: str  # what it answered, as in "account", "password", "quantity", "confirmation"
    began_at: float  # first key down
    at: float  # last key up


@dataclass(frozen=True, slots=True, kw_only=True)
class CallTrace:
    """One call as the telephone saw it. `media_port` is our own RTP port, reused by later calls."""

    scenario: str
    caller: str
    media_port: int
    dialled_at: float
    answered_at: float | None = None
    ended_at: float | None = None
    keyed: tuple[Keyed, ...] = ()
    failure: str | None = None  # its cause, as in `ScenarioCount.failures`


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioCount:
    """What became of the calls of one scenario: attempted = succeeded + all failures."""

    scenario: str
    attempted: int
    succeeded: int
    failures: Mapping[str, int] = field(default_factory=dict)  # by cause

    @property
    def failed(self) -> int:
        return sum(self.failures.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Second:
    """What happened in one second of the run; `calls_up` is as at its end."""

    at: float
    calls_up: int
    begun: int
    answered: int
    ended: int
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """How a delay was in the seconds from `at` to the next moment."""

    at: float
    count: int
    p50: float
    p99: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnDelay:
    """How long callers waited for an answer to one kind of entry (`Keyed.turn`)."""

    turn: str
    delay: Spread


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """What a capture showed of the packets between the telephones and the PBX."""

    key_to_prompt: Spread | None  # last packet of the last key to first audible packet
    by_turn: tuple[TurnDelay, ...]
    over_time: tuple[Moment, ...]
    prompt_gaps: Spread | None  # pauses inside a prompt beyond the packet clock
    packets_received: int
    packets_lost: int
    jitter: Spread | None  # per call, RFC 3550 section 6.4.1
    dropped_by_capture: int  # packets that the capture missed: figures above are then a lower bound
    heard_after_confirmation: int | None  # confirming keys after which a prompt was heard
    packets_repeated: int = 0
    packets_reordered: int = 0
    calls: int = 0  # streams of the PBX that were looked at
    one_in: int = 1  # of so many calls one was captured
    turns_untold: int = 0  # answered while the prompt before was heard, with no break between
    turns_unanswered: int = 0  # nothing was heard until the next entry or the end of the call

    @property
    def lost_share(self) -> float:
        due = self.packets_received + self.packets_lost
        return self.packets_lost / due if due else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """Orders counted in three places. What was not compared is None."""

    placed: int  # a confirming key was pressed after a read-back
    found: int | None  # in the store, of these accounts since the run began
    heard: int | None  # something was said after the confirming key
    left: int = 0  # callers who hung up at once after the confirming key, so heard nothing
    found_twice: int | None = None  # orders beyond the one that a call placed
    wrong: int | None = None  # other security, price, quantity or side; or nobody placed it

    @property
    def agree(self) -> bool:
        """
        Whether every count that there is fits the others.

        Who hung up at once after the confirming key may have been quicker than the key: such an
        order was written down or not, and nobody heard of it.
        """
        stayed = self.placed - self.left
        found = self.found is None or stayed <= self.found <= self.placed
        heard = self.heard is None or self.heard == stayed
        return found and heard and not self.found_twice and not self.wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One threshold, and whether it was met; None: it could not be measured."""

    name: str
    bar: str  # with its unit, as it is shown: "at most 250 ms"
    measured: str
    met: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """Where it ran, so that figures can be compared, or known not to be comparable."""

    commit: str | None
    machine: str  # processor, cores, memory
    cores: int | None = None  # of the machine whose programs were watched
    versions: Mapping[str, str]  # by program


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadResult:
    """All that is known of a run."""

    plan: Plan
    environment: Environment
    began: datetime
    lasted_s: float
    stopped_early: bool
    scenarios: tuple[ScenarioCount, ...]
    seconds: tuple[Second, ...]
    post_dial: Spread | None  # INVITE sent to 200 received
    orders: Orders
    wire: Wire | None
    watched: Watched
    trends: tuple[Trend, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    notes: tuple[str, ...] = ()  # for people: what was not measured and why

    @property
    def attempted(self) -> int:
        return sum(one.attempted for one in self.scenarios)

    @property
    def failed(self) -> int:
        return sum(one.failed for one in self.scenarios)

    @property
    def met(self) -> bool:
        """Whether nothing that was measured missed its bar."""
        return all(one.met is not False for one in self.verdicts)

    def to_json(self) -> str:
        return _RESULT.dump_json(self, indent=1).decode()

    @classmethod
    def from_json(cls, text: str) -> "LoadResult":
        """Return what `to_json` wrote. Raise ValueError if it is something else."""
        return _RESULT.validate_json(text)


_RESULT: Final = TypeAdapter(LoadResult)
