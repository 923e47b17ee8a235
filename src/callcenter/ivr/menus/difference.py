"""What callers would meet differently if one menu took the place of another."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from callcenter.domain.calls import Language
from callcenter.ivr.catalogue import Say
from callcenter.ivr.menus.live import Live
from callcenter.ivr.menus.plan import Dialled, Entry
from callcenter.ivr.menus.ways import Numbers, callers, ways


class Kind(StrEnum):
    APPEARS = "appears"
    VANISHES = "vanishes"
    CHANGES = "changes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """What a caller meets somewhere: each thing by name."""

    facts: tuple[tuple[str, str], ...]

    def told(self, but: "Met | None" = None) -> str:
        """Say all of it, or what is not the same in another one."""
        same = set() if but is None else set(but.facts)
        return "; ".join(f"{name}: {fact}" for name, fact in self.facts if (name, fact) not in same)


_NOTHING: Final = Met(facts=())
_Found = tuple[Kind, str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """
    One difference, and the callers for whom it is one, as (number, language).

    `place` is the way by its keys, such as "1 → 3", or what is said by itself: the greeting, a
    menu's row of entries, a sentence.
    """

    kind: Kind
    place: str
    before: str
    after: str
    callers: tuple[tuple[str, Language], ...]


def difference(before: Live, after: Live, numbers: Numbers) -> list[Change]:
    """Return every difference once, the shorter ways first."""
    found: dict[_Found, list[tuple[str, Language]]] = {}
    for dialled in _callers(before, after, numbers):
        sentences = before.plan.instead.keys() | after.plan.instead.keys()
        was, will = (_met(live, dialled, sorted(sentences)) for live in (before, after))
        for change in _changes(was, will):
            found.setdefault(change, []).append((dialled.did, dialled.language))
    return [
        Change(kind=kind, place=place, before=told_before, after=told_after, callers=tuple(who))
        for (kind, place, told_before, told_after), who in found.items()
    ]


def _callers(before: Live, after: Live, numbers: Numbers) -> list[Dialled]:
    both = [*callers(before.plan, numbers), *callers(after.plan, numbers)]
    return list(dict.fromkeys(dialled for dialled, _ in both))


def _changes(was: Mapping[str, Met], will: Mapping[str, Met]) -> Iterator[_Found]:
    for place in dict.fromkeys([*was, *will]):
        before, after = was.get(place, _NOTHING), will.get(place, _NOTHING)
        if before == _NOTHING:
            yield Kind.APPEARS, place, "", after.told()
        elif after == _NOTHING:
            yield Kind.VANISHES, place, before.told(), ""
        elif before != after:
            yield Kind.CHANGES, place, before.told(but=after), after.told(but=before)


def _met(live: Live, dialled: Dialled, sentences: Sequence[str]) -> dict[str, Met]:
    """Return all that such a caller can meet, by its place."""
    line = live.line_of(dialled)
    greeting = (("says", _words(live, one, dialled)) for one in line.greeting)
    met = {
        "greeting": Met(facts=tuple(greeting)),
        "first language": Met(facts=(("speaks", line.language.value),)),
        "order in the first menu": _order(live, line.menu, dialled),
    }
    for name in sentences:
        own = live.plan.instead.get(name)
        words = "as it ships" if own is None else own.words[dialled.language]
        met[f"sentence {name}"] = Met(facts=(("says", words),))
    for way in ways(live.plan, dialled, line):
        met[way.keys] = _entry(live, way.end, dialled)
        if way.end.menu is not None:
            met[f"order in the menu behind {way.keys}"] = _order(live, way.end.menu, dialled)
    return met


def _order(live: Live, menu: str, dialled: Dialled) -> Met:
    keys = " ".join(entry.key for entry in live.plan.menus[menu].for_(dialled).entries)
    return Met(facts=(("keys", keys),))


def _entry(live: Live, entry: Entry, dialled: Dialled) -> Met:
    opening = entry.opening
    facts = {
        "leads to": entry.goal,
        "says": _words(live, entry.words, dialled, key=entry.key),
        "login": "asked" if entry.login else "",
        "days": "" if opening.days == "all" else opening.days.value,
        "times": ", ".join(str(window) for window in opening.windows),
        "closed on": ", ".join(sorted(day.isoformat() for day in opening.closed)),
        "holidays": ", ".join(sorted(day.isoformat() for day in opening.holidays)),
    }
    if opening.windows or opening.closed or opening.days != "all":
        facts["outside"] = _words(live, entry.outside, dialled) if entry.outside else "not there"
    return Met(facts=tuple((name, fact) for name, fact in facts.items() if fact))


def _words(live: Live, prompt: str, dialled: Dialled, **slots: object) -> str:
    if dialled.branch is not None:
        slots["branch"] = int(dialled.branch)
    return live.catalogue.utterance([Say(prompt, slots)], dialled.language).words
