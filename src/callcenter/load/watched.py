"""What was seen of the programs of a load run while calls went on; see `model` for the units."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessSample:
    """One look at a part ("asterisk", "daemon", "postgresql", "sipp", …), children included."""

    at: float
    name: str
    cpu_s: float  # used so far
    memory: int  # resident
    files: int | None  # open, sockets included; None: we may not look
    threads: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauge:
    """One reading of a number that goes up and down, as "asterisk channels", "daemon tasks"."""

    at: float
    name: str
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitSample:
    """How many PostgreSQL sessions waited for an event ("LWLock:WALWrite") at one look."""

    at: float
    event: str
    sessions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What was seen of the programs while calls went on."""

    processes: tuple[ProcessSample, ...] = ()
    gauges: tuple[Gauge, ...] = ()
    waits: tuple[WaitSample, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """
    Whether something grew while the load was steady, or was left behind. The rules are those of
    `watch.trends`; None is what cannot be told.
    """

    name: str  # as in "daemon memory", "asterisk channels"
    mean: float | None
    per_hour: float | None  # slope of the least-squares line
    flat: bool | None
    first: float  # before the first call
    last: float  # after the last call
    leaks: bool | None
