"""The runs that have a name. Everything in them can be changed by an option."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from callcenter.load.model import Share
from callcenter.load.scenarios import SCENARIOS

_DAY: Final = {
    "query": 30,
    "buy": 35,
    "buy-and-cancel": 10,
    "transfer": 5,
    "news": 10,
    "hang-up": 5,
    "wrong-keys": 5,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A plan without whom to call."""

    about: str
    mix: Mapping[str, int]  # weight by scenario
    calls_at_once: int
    calls_per_s: float
    ramp_s: float
    lasts_s: float


PROFILES: Final[Mapping[str, Profile]] = {
    "smoke": Profile(
        about="a few calls of every scenario: does it work at all?",
        mix=dict.fromkeys(_DAY, 1),
        calls_at_once=20,
        calls_per_s=2,
        ramp_s=2,
        lasts_s=15,
    ),
    "day": Profile(
        about="a busy trading day in small: all scenarios by weight",
        mix=_DAY,
        calls_at_once=100,
        calls_per_s=4,
        ramp_s=20,
        lasts_s=120,
    ),
    "crowd": Profile(
        about="1,000 trading dialogues at once",
        mix={"buy": 1},
        calls_at_once=1_000,
        calls_per_s=40,
        ramp_s=10,
        lasts_s=150,
    ),
    "set-ups": Profile(
        about="100 new calls a second that hear the greeting for a moment",
        mix={"greeting": 1},
        calls_at_once=1_000,
        calls_per_s=100,
        ramp_s=10,
        lasts_s=70,
    ),
    "soak": Profile(
        about="half an hour at 300 lines: does anything grow or leak?",
        mix=_DAY,
        calls_at_once=300,
        calls_per_s=10,
        ramp_s=60,
        lasts_s=1_800,
    ),
}


class BadPlan(ValueError):
    """What was asked for cannot be run; the message says why."""


def mix_of(weights: Mapping[str, int]) -> tuple[Share, ...]:
    """Return the shares, those of weight 0 left out. Raise `BadPlan` for what nobody can call."""
    unknown = set(weights) - set(SCENARIOS)
    if unknown:
        known = ", ".join(SCENARIOS)
        raise BadPlan(f"no scenario is called {', '.join(sorted(unknown))}; there are {known}")
    shares = tuple(Share(scenario=name, weight=n) for name, n in weights.items() if n)
    if not shares:
        raise BadPlan("the mix is empty")
    return shares


def profile_named(name: str) -> Profile:
    """Raise `BadPlan` if there is none."""
    if name not in PROFILES:
        raise BadPlan(f"no profile is called {name}; there are {', '.join(PROFILES)}")
    return PROFILES[name]


def parse_mix(text: str) -> Mapping[str, int]:
    """Read "buy=3,query=1"; a name alone has weight 1. Raise `BadPlan`."""
    weights = {}
    for part in text.split(","):
        name, _, weight = part.strip().partition("=")
        if not (weight or "1").isdecimal():
            raise BadPlan(f"{part.strip()!r}: a weight is a whole number, as in buy=3,query=1")
        weights[name] = int(weight or "1")
    return weights
