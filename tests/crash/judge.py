"""Holds what every caller was told, and what we wrote down, against the counter's books."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from tests.crash.cells import NOTHING_PLACED, Heard, Told, Wish


class Wrong(Enum):
    LOST = "lost"
    TWICE = "twice"
    LIE = "lie"


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """An order in the counter's books that stands, under our number for it."""

    number: str
    client_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """An order in our own book, with how often each of its states was published."""

    number: str
    state: str
    published: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """All that is known of one wish when everything has come to rest. `told` is in order."""

    wish: Wish
    told: Sequence[Told]
    booked: Sequence[Booked]
    written: Sequence[Written]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What went wrong with the order of one caller."""

    wrong: Wrong
    why: str


def judge(case: Case) -> list[Fault]:
    """Return all that is wrong; nothing if the wish was granted once, or not at all and said so."""
    return [
        *(Fault(wrong=Wrong.LOST, why=why) for why in _lost(case)),
        *(Fault(wrong=Wrong.TWICE, why=why) for why in _twice(case)),
        *(Fault(wrong=Wrong.LIE, why=why) for why in _lies(case)),
    ]


def _lost(case: Case) -> list[str]:
    stands = {order.number for order in case.booked}
    return [
        *(
            f"{order.number} was never resolved: it is still {order.state}"
            for order in case.written
            if order.state in ("pending", "unknown")
        ),
        *(
            f"{order.number} stands by our book and not by the counter's"
            for order in case.written
            if order.state == "accepted" and order.number not in stands
        ),
        *(
            f"{told.number} was promised and is not in the books"
            for told in case.told
            if told.heard is Heard.ACCEPTED and told.number not in stands
        ),
    ]


def _twice(case: Case) -> list[str]:
    faults = []
    if len(case.booked) > 1:
        faults.append(f"the counter has {len(case.booked)} orders for one wish")
    for order in case.written:
        if len(set(order.published)) < len(order.published):
            faults.append(f"{order.number} was published twice as {order.published}")
    return faults


def _lies(case: Case) -> list[str]:
    stands = {order.number for order in case.booked}
    by_number = {order.number: order for order in case.written}
    faults = [
        f"{number} stands, and our book says {_said(by_number.get(number))}"
        for number in sorted(stands)
        if _said(by_number.get(number)) != "accepted"
    ]
    if case.told and case.told[-1].heard in NOTHING_PLACED and stands:
        faults.append(f"told {case.told[-1].heard.value}, and {sorted(stands)} stands")
    unknown = [t for t in case.told if t.heard is Heard.UNKNOWN and t.number not in by_number]
    faults += [
        f"told that we look into {told.number}, which is not written down" for told in unknown
    ]
    return faults


def _said(order: Written | None) -> str:
    return "nothing" if order is None else order.state
