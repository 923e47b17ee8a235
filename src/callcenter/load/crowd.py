"""Everybody who may call: who is at home, which scenario is drawn, and which telephone is free."""

from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass
from math import gcd
from random import Random
from typing import Final

from callcenter.load.callers import Caller
from callcenter.load.model import CallTrace, Clock, Share
from callcenter.load.person import Person
from callcenter.load.scenarios import LEAVES_OFF
from callcenter.load.telephone import Telephone

# The odd ones between them are where a PBX sends its RTCP, which nobody here needs.
_PORTS: Final = range(34_000, 60_000, 2)
_NTHS: Final = 1_000


class NoPortFree(OSError):
    """No UDP port is left for one more telephone."""


@dataclass(slots=True, kw_only=True)
class Attempt:
    """A call from the moment that somebody lifts the receiver."""

    scenario: str
    caller: Caller
    telephone: Telephone
    person: Person
    dialled_at: float
    answered_at: float | None = None
    ended_at: float | None = None
    failure: str | None = None

    def trace(self) -> CallTrace:
        return CallTrace(
            scenario=self.scenario,
            caller=self.person.caller.number,
            media_port=self.telephone.port,
            dialled_at=self.dialled_at,
            answered_at=self.answered_at,
            ended_at=self.ended_at,
            keyed=tuple(self.person.keyed),
            failure=self.failure,
        )


class Deck:
    """Draws scenarios at random, yet by as many calls as the weights come to, exactly by weight."""

    def __init__(self, mix: Sequence[Share], random: Random) -> None:
        least = gcd(*(share.weight for share in mix))
        self._whole = [share.scenario for share in mix for _ in range(share.weight // least)]
        self._random = random
        self._left: list[str] = []

    def draw(self) -> str:
        if not self._left:
            self._left = self._random.sample(self._whole, len(self._whole))
        return self._left.pop()


class Crowd:
    """`pace` is how much faster than usual the persons are."""

    def __init__(
        self,
        host: str,
        callers: Sequence[Caller],
        mix: Sequence[Share],
        *,
        random: Random,
        clock: Clock,
        pace: float = 1.0,
    ) -> None:
        self._host = host
        self._pace = pace
        self._at_home = deque(callers)
        self._deck = Deck(mix, random)
        self._random = random
        self._clock = clock
        self._ports = deque(_PORTS)
        self._calls_of: Counter[str] = Counter()
        self._first_nth = random.randrange(_NTHS)

    def lift(self) -> Attempt | None:
        """Let whoever is at home longest lift the receiver; None if nobody is."""
        if not self._at_home:
            return None
        caller = self._at_home.popleft()
        scenario = self._deck.draw()
        nth = self._first_nth + self._calls_of[caller.account]
        self._calls_of[caller.account] += 1
        telephone = self._telephone()
        person = Person(
            telephone,
            caller.elsewhere(nth) if scenario in LEAVES_OFF else caller,
            nth_call=nth,
            random=Random(self._random.getrandbits(64)),  # noqa: S311 - it only imitates people
            clock=self._clock,
            pace=self._pace,
        )
        return Attempt(
            scenario=scenario,
            caller=caller,
            telephone=telephone,
            person=person,
            dialled_at=self._clock(),
        )

    def put_down(self, attempt: Attempt) -> None:
        attempt.ended_at = self._clock()
        attempt.telephone.close()
        self._ports.append(attempt.telephone.port)
        self._at_home.append(attempt.caller)

    def _telephone(self) -> Telephone:
        """Return one on a free port. Ports that others have are left out for good."""
        while self._ports:
            try:
                port = self._ports.popleft()
                return Telephone(self._host, port, random=self._random, pace=self._pace)
            except OSError:
                continue
        raise NoPortFree("all UDP ports from 34000 to 59999 are in use")
