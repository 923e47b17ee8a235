"""The proof that what a menu names exists: menus, dialogues, numbers, branches."""

from collections.abc import Collection, Iterator, Mapping

from callcenter.domain.calls import Language
from callcenter.ivr.menus.faults import Fault, Rule, Where, nearest
from callcenter.ivr.menus.plan import EVERYBODY, Dialled, Only, Plan
from callcenter.ivr.menus.ways import Numbers


def goal_faults(plan: Plan, dialogues: Collection[str]) -> Iterator[Fault]:
    """Yield the entries that lead nowhere, or in two directions."""
    for where, entry in plan.placed():
        if (entry.menu is None) == (entry.dialogue is None):
            what = f"{entry.name} must lead to a menu or to a dialogue, one of the two"
            yield Fault(rule=Rule.GOALS, where=where, what=what)
        if entry.menu is not None and entry.menu not in plan.menus:
            what = f"there is no menu {entry.menu}{nearest(entry.menu, plan.menus)}"
            yield Fault(rule=Rule.GOALS, where=(*where, "menu"), what=what)
        if entry.dialogue is not None and entry.dialogue not in dialogues:
            what = f"there is no dialogue {entry.dialogue}{nearest(entry.dialogue, dialogues)}"
            yield Fault(rule=Rule.GOALS, where=(*where, "dialogue"), what=what)


def number_faults(plan: Plan, numbers: Numbers) -> Iterator[Fault]:
    """Yield the numbers that lead nowhere, and conditions on numbers that do not exist."""
    if plan.lines[-1].only != EVERYBODY:
        missed = next(
            (did for did, branch in numbers.items() if not _is_taken(plan, did, branch)), None
        )
        what = "the last line must be without did and branch, so that every call is taken"
        yield Fault(rule=Rule.NUMBERS, where=("lines", len(plan.lines) - 1), what=what, way=missed)
    for at, line in enumerate(plan.lines):
        if line.menu not in plan.menus:
            what = f"there is no menu {line.menu}{nearest(line.menu, plan.menus)}"
            yield Fault(rule=Rule.NUMBERS, where=("lines", at, "menu"), what=what)
    for where, only in _conditions(plan):
        yield from _strangers(where, only, numbers)


def _is_taken(plan: Plan, did: str, branch: str | None) -> bool:
    return plan.line_of(Dialled(did=did, branch=branch, language=Language.ZH)) is not None


def _conditions(plan: Plan) -> Iterator[tuple[Where, Only]]:
    for at, line in enumerate(plan.lines):
        yield ("lines", at), line.only
    for where, entry in plan.placed():
        yield (*where, "only"), entry.only


def _strangers(where: Where, only: Only, numbers: Numbers) -> Iterator[Fault]:
    branches = {branch for branch in numbers.values() if branch is not None}
    asked: Mapping[str, tuple[Collection[str], Collection[str]]] = {
        "did": (only.dids or (), numbers),
        "branch": (only.branches or (), branches),
    }
    for field, (said, known) in asked.items():
        for stranger in sorted(set(said) - set(known)):
            what = f"there is no {field} {stranger}{nearest(stranger, known)}"
            yield Fault(rule=Rule.NUMBERS, where=(*where, field), what=what)
