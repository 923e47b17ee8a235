"""The proof over all ways: keys, exits, read-backs, and that nothing is written in vain."""

from collections.abc import Iterator, Mapping, Sequence

from callcenter.ivr.menus.faults import Fault, Rule, Where
from callcenter.ivr.menus.hours import ALWAYS
from callcenter.ivr.menus.known import Known
from callcenter.ivr.menus.plan import Dialled, Entry, Line, Menu, Plan
from callcenter.ivr.menus.ways import DEEPEST, Way


def menu_faults(plan: Plan, callers: Sequence[Dialled]) -> Iterator[Fault]:
    """Yield what is wrong with a menu by itself: a key or a name twice, or nothing to choose."""
    where = {id(entry): place for place, entry in plan.placed()}
    for dialled in callers:
        for menu in plan.menus.values():
            mine = menu.for_(dialled)
            yield from _twice(mine, dialled, where)
            if not any(_is_always_there(entry) for entry in mine.entries):
                what = f"the menu {menu.name} is empty, or will be outside its hours"
                way = f"{dialled.did} ({dialled.language})"
                yield Fault(rule=Rule.EXITS, where=("menus", menu.name), what=what, way=way)


def _twice(menu: Menu, dialled: Dialled, where: Mapping[int, Where]) -> Iterator[Fault]:
    way = f"{dialled.did} ({dialled.language}), menu {menu.name}"
    keys: dict[str, Entry] = {}
    names: dict[str, Entry] = {}
    for entry in menu.all:
        if (other := keys.setdefault(entry.key, entry)) is not entry:
            what = f"key {entry.key} leads to {other.name} already"
            yield Fault(rule=Rule.KEYS, where=(*where[id(entry)], "key"), what=what, way=way)
        if names.setdefault(entry.name, entry) is not entry:
            what = f"{entry.name} is the name of another entry of this menu"
            yield Fault(rule=Rule.KEYS, where=(*where[id(entry)], "name"), what=what, way=way)


def _is_always_there(entry: Entry) -> bool:
    return entry.opening == ALWAYS or entry.outside is not None


def way_faults(
    plan: Plan, dialogues: Mapping[str, Known], walked: Sequence[Way]
) -> Iterator[Fault]:
    """Yield the ways that must not exist."""
    where = {id(entry): place for place, entry in plan.placed()}
    for way in walked:
        place = where[id(way.end)]
        if way.comes_back:
            what = f"leads back to the menu {way.end.menu}; callers go back with the star key"
            yield Fault(rule=Rule.EXITS, where=(*place, "menu"), what=what, way=way.told)
        elif way.levels > DEEPEST:
            what = f"lies {way.levels} menus deep; more than {DEEPEST} keep a lost caller for long"
            yield Fault(rule=Rule.FAILURES, where=place, what=what, way=way.told)
        known = dialogues.get(way.end.dialogue or "")
        if known is not None and known.sends and not known.reads_back:
            sent = ", ".join(sorted(known.sends))
            what = f"{way.end.dialogue} sends ({sent}) and does not read it back first"
            yield Fault(rule=Rule.READ_BACK, where=(*place, "dialogue"), what=what, way=way.told)


def unused_faults(plan: Plan, lines: Sequence[Line], walked: Sequence[Way]) -> Iterator[Fault]:
    """Warn of what no caller ever gets, where `lines` are those that callers get."""
    taken = {id(line) for line in lines}
    for at, line in enumerate(plan.lines):
        if id(line) not in taken:
            yield _unused(("lines", at), "no call gets to this line: those above take them all")
    led_to = {line.menu for line in plan.lines} | {entry.menu for _, entry in plan.placed()}
    for name in sorted(plan.menus.keys() - led_to):
        yield _unused(("menus", name), f"nothing leads to the menu {name}")
    heard = {id(way.end) for way in walked}
    for where, entry in plan.placed():
        if id(entry) not in heard and (where[0] != "menus" or where[1] in led_to):
            yield _unused(where, f"no caller ever gets {entry.name}")


def _unused(where: Where, what: str) -> Fault:
    return Fault(rule=Rule.USED, where=where, what=what, is_warning=True)
