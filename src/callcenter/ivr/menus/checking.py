"""
The proof that a menu may go live.

Everything that callers can key is walked: for every number dialled, in both languages, whatever the
hour. What is wrong is told with the keys that lead to it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from callcenter.ivr.catalogue import Catalogue
from callcenter.ivr.menus.faults import Fault, Rule
from callcenter.ivr.menus.known import Known
from callcenter.ivr.menus.plan import Plan
from callcenter.ivr.menus.references import goal_faults, number_faults
from callcenter.ivr.menus.sentences import sentence_faults
from callcenter.ivr.menus.voices import HasVoice, voice_faults
from callcenter.ivr.menus.walks import menu_faults, unused_faults, way_faults
from callcenter.ivr.menus.ways import Numbers, Way, callers, ways


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What a menu is checked against: sentences that ship, dialogues, numbers, and tries."""

    catalogue: Catalogue
    dialogues: Mapping[str, Known]
    numbers: Numbers
    tries: int
    has_voice: HasVoice | None = None  # None: nobody looks whether a good voice has the words


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What was found. Without errors the menu may go live, and the figures hold of it."""

    faults: tuple[Fault, ...]
    numbers: int
    ways: int
    sending_ways: int  # that end in a dialogue which sends something
    most_failures: int  # in a row in menus, until the call ends

    @property
    def errors(self) -> tuple[Fault, ...]:
        return tuple(fault for fault in self.faults if not fault.is_warning)

    def placed(self, place: Callable[[Fault], Fault]) -> "Proof":
        """Return it with the lines of the faults, which `place` knows."""
        return replace(self, faults=tuple(place(fault) for fault in self.faults))


def prove(plan: Plan, house: House) -> Proof:
    """Check everything. Each fault is told once, with the first way that shows it."""
    calls = list(callers(plan, house.numbers))
    walked = [way for dialled, line in calls for way in ways(plan, dialled, line)]
    faults = [
        *sentence_faults(plan, house.catalogue, house.numbers),
        *goal_faults(plan, house.dialogues),
        *number_faults(plan, house.numbers),
        *menu_faults(plan, [dialled for dialled, _ in calls]),
        *way_faults(plan, house.dialogues, walked),
        *unused_faults(plan, [line for _, line in calls], walked),
    ]
    if house.has_voice is not None and not any(fault.rule is Rule.WORDS for fault in faults):
        catalogue = house.catalogue.and_(plan.words)
        faults += voice_faults(plan, catalogue, house.has_voice)
    return Proof(
        faults=tuple(_each_once(faults)),
        numbers=len(house.numbers),
        ways=len(walked),
        sending_ways=sum(_sends(house, way) for way in walked),
        most_failures=_most_failures(house.tries, walked),
    )


def _each_once(faults: Iterable[Fault]) -> Iterator[Fault]:
    seen = set()
    for fault in faults:
        if (told := (fault.rule, fault.where, fault.what)) not in seen:
            seen.add(told)
            yield fault


def _sends(house: House, way: Way) -> bool:
    known = house.dialogues.get(way.end.dialogue or "")
    return known is not None and bool(known.sends)


def _most_failures(tries: int, walked: Sequence[Way]) -> int:
    """A menu is left after `tries` of either kind: at the latest after one less than twice that."""
    return max((way.levels for way in walked), default=1) * (2 * tries - 1)
