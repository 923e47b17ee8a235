"""The proof that every sentence of a menu can be said, in every language, to everybody."""

from collections.abc import Iterator
from typing import Final

from callcenter.ivr.catalogue import Catalogue, faults_in
from callcenter.ivr.menus.faults import Fault, Rule, Where, nearest
from callcenter.ivr.menus.plan import Line, Plan
from callcenter.ivr.menus.ways import Numbers

_KEY: Final = frozenset({"key"})
_BRANCH: Final = frozenset({"branch"})


def sentence_faults(plan: Plan, shipped: Catalogue, numbers: Numbers) -> Iterator[Fault]:
    """Yield what cannot be said, where it is written or where it is used."""
    own = {**plan.sentences, **plan.instead}
    for sentence in own.values():
        for what in faults_in(sentence.words):
            yield _fault(sentence.where, what)
    for name, sentence in plan.instead.items():
        if name not in shipped.prompts:
            yield _fault(
                sentence.where, f"there is no sentence {name}{nearest(name, shipped.prompts)}"
            )
    if not any(fault for sentence in own.values() for fault in faults_in(sentence.words)):
        yield from _uses(plan, shipped, numbers)


def _uses(plan: Plan, shipped: Catalogue, numbers: Numbers) -> Iterator[Fault]:
    catalogue = shipped.and_(plan.words)
    for name, sentence in plan.instead.items():
        if name in shipped.prompts and catalogue.values(name) != shipped.values(name):
            yield _fault(
                sentence.where, f"must say what it says as shipped: {_slots(shipped, name)}"
            )
    for where, entry in plan.placed():
        yield from _use(catalogue, (*where, "words"), entry.words, _KEY, needs=True)
        if entry.outside is not None:
            yield from _use(catalogue, (*where, "outside"), entry.outside, frozenset())
    for at, line in enumerate(plan.lines):
        may = _BRANCH if _has_branch(line, numbers) else frozenset()
        for greeting in line.greeting:
            yield from _use(catalogue, ("lines", at, "greeting"), greeting, may)


def _use(
    catalogue: Catalogue, where: Where, prompt: str, may: frozenset[str], *, needs: bool = False
) -> Iterator[Fault]:
    if prompt not in catalogue.prompts:
        return (
            yield _fault(
                where, f"there is no sentence {prompt}{nearest(prompt, catalogue.prompts)}"
            )
        )
    says = {f"{name}:{how}" for name, how in catalogue.values(prompt)}
    known = {"key": "key:key", "branch": "branch:number"}
    if not says <= {known[name] for name in may}:
        said = ", ".join(sorted(f"{{{one}}}" for one in says))
        yield _fault(where, f"says {said}, which nobody knows here")
    elif needs and not says:
        yield _fault(where, "must say the key: write {key:key} where it is to be heard")


def _has_branch(line: Line, numbers: Numbers) -> bool:
    """Tell whether every call that the line takes is to the number of a branch."""
    if line.only.branches is not None:
        return True
    return line.only.dids is not None and all(numbers.get(did) for did in line.only.dids)


def _slots(catalogue: Catalogue, prompt: str) -> str:
    return ", ".join(sorted(f"{{{n}:{how}}}" for n, how in catalogue.values(prompt))) or "no value"


def _fault(where: Where, what: str) -> Fault:
    return Fault(rule=Rule.WORDS, where=where, what=what)
