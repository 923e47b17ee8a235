"""How proofs, differences and activations of menus are told."""

from collections.abc import Iterator, Sequence
from typing import Final

from callcenter.cli.records import Record
from callcenter.domain.calls import Language
from callcenter.domain.menus import Activation
from callcenter.ivr.menus.activating import SHIPPED
from callcenter.ivr.menus.checking import Proof
from callcenter.ivr.menus.difference import Change, Kind
from callcenter.ivr.menus.faults import Fault, Where

_SIGNS: Final = {Kind.APPEARS: "+", Kind.VANISHES: "-", Kind.CHANGES: "~"}


def proof_record(proof: Proof | None, faults: Sequence[Fault]) -> Record:
    return {
        "can_go_live": not any(not fault.is_warning for fault in faults),
        "numbers": None if proof is None else proof.numbers,
        "ways": None if proof is None else proof.ways,
        "sending_ways": None if proof is None else proof.sending_ways,
        "most_failures": None if proof is None else proof.most_failures,
        "faults": [_fault_record(fault) for fault in faults],
    }


def _fault_record(fault: Fault) -> Record:
    return {
        "rule": fault.rule.value,
        "severity": "warning" if fault.is_warning else "error",
        "line": fault.line,
        "place": place_of(fault.where),
        "what": fault.what,
        "example": fault.way,
    }


def place_of(where: Where) -> str:
    """Return a place of the file as people count: from 1."""
    return " → ".join(str(step + 1) if isinstance(step, int) else step for step in where)


def fault_lines(menu: str, faults: Sequence[Fault]) -> Iterator[str]:
    for fault in faults:
        line = "" if fault.line is None else f", line {fault.line}"
        kind = "warning" if fault.is_warning else "error"
        yield f"{kind}: {menu}{line}: {fault.what}"
        place = f"in {place_of(fault.where)}" if fault.where else ""
        example = f"callers of {fault.way}" if fault.way else ""
        if told := "; ".join(part for part in (place, example) if part):
            yield f"    {told}"


def proof_lines(proof: Proof) -> Iterator[str]:
    """Say what was proved, or that it was not."""
    if proof.errors:
        yield f"{len(proof.errors)} errors: this menu cannot go live."
        return
    yield f"Each of the {proof.numbers} numbers leads to a menu, in both languages."
    yield f"{proof.ways} ways lead through it; each has a way out, and no key has two meanings."
    yield f"{proof.sending_ways} of them can send something, all of it read back before key 1."
    yield f"A call ends after at most {proof.most_failures} wrong keys and silences in a row."
    yield "The menu can go live."


def change_records(changes: Sequence[Change]) -> list[Record]:
    return [
        {
            "kind": change.kind.value,
            "place": change.place,
            "before": change.before or None,
            "after": change.after or None,
            "callers": [
                {"did": did, "language": language.value} for did, language in change.callers
            ],
        }
        for change in changes
    ]


def change_lines(changes: Sequence[Change]) -> Iterator[str]:
    if not changes:
        yield "Callers would notice nothing."
    for change in changes:
        yield f"{_SIGNS[change.kind]} {change.place}   ({_who(change.callers)})"
        if change.before:
            yield f"    before  {change.before}"
        if change.after:
            yield f"    after   {change.after}"


def _who(callers: Sequence[tuple[str, Language]]) -> str:
    numbers = list(dict.fromkeys(did for did, _ in callers))
    languages = ", ".join(dict.fromkeys(language.value for _, language in callers))
    some = ", ".join(numbers[:4]) + (f" and {len(numbers) - 4} more" if len(numbers) > 4 else "")
    return f"{some}; {languages}"


def activation_records(activations: Sequence[Activation]) -> list[Record]:
    return [
        {
            "number": one.number,
            "version": SHIPPED if one.version is None else one.version,
            "undoes": one.undoes,
            "at": one.at,
            "by": one.by,
            "why": one.why,
            "in_force": one is activations[-1],
        }
        for one in activations
    ]
