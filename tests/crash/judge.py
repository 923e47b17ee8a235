"""Holds what every caller was told, and what we wrote down, against the counter's books."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from tests.crash.cells import NOTHING_PLACED, Heard, Spoken, Wish


class Wrong(Enum):
    LOST = "lost"
    TWICE = "twice"
    LIE = "lie"


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """An order that the counter has taken, under our number for it, and what became of it."""

    number: str
    filled: int = 0
    cancelled: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """
    An order in our own book, and what was published of it: its states, and its fills by number.

    `filled` is what the order says, and `in_fills` the sum of those that we have.
    """

    number: str
    state: str
    published: Sequence[str]
    fills_published: Sequence[str] = ()
    filled: int = 0
    in_fills: int = 0
    cancelled: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """All that is known of one wish when everything has come to rest. `told` is in order."""

    wish: Wish
    told: Sequence[Spoken]
    booked: Sequence[Booked]
    written: Sequence[Written]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What went wrong with the order of one caller."""

    wrong: Wrong
    why: str


_NOT_TAKEN: Final = frozenset({"pending", "unknown", "rejected", "withdrawn"})


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
            if order.state not in _NOT_TAKEN and order.number not in stands
        ),
        *(
            f"{told.number} was promised and is not in the books"
            for told in case.told
            if told.heard is Heard.ACCEPTED and told.number not in stands
        ),
        *_events(case, lost=True),
    ]


def _events(case: Case, *, lost: bool) -> list[str]:
    """Tell of shares that were filled or cancelled, and are too few in our book, or too many."""
    by_number = {order.number: order for order in case.written}
    faults = []
    for booked in case.booked:
        ours = by_number.get(booked.number)
        if ours is None:
            continue
        for what, has, should in (
            ("filled", ours.filled, booked.filled),
            ("filled by the fills", ours.in_fills, booked.filled),
            ("cancelled", ours.cancelled, booked.cancelled),
        ):
            if has < should if lost else has > should:
                faults.append(f"{booked.number} has {has} shares {what}, the counter {should}")
    return faults


def _twice(case: Case) -> list[str]:
    faults = []
    if len(case.booked) > 1:
        faults.append(f"the counter has {len(case.booked)} orders for one wish")
    for order in case.written:
        if len(set(order.published)) < len(order.published):
            faults.append(f"{order.number} was published twice as {order.published}")
        if len(set(order.fills_published)) < len(order.fills_published):
            faults.append(f"a fill of {order.number} was published twice")
    return [*faults, *_events(case, lost=False)]


def _lies(case: Case) -> list[str]:
    stands = {order.number for order in case.booked}
    by_number = {order.number: order for order in case.written}
    faults = [
        f"{number} stands, and our book says {_said(by_number.get(number))}"
        for number in sorted(stands)
        if _said(by_number.get(number)) in {"nothing", *_NOT_TAKEN}
    ]
    if case.told and case.told[-1].heard in NOTHING_PLACED and stands:
        faults.append(f"told {case.told[-1].heard.value}, and {sorted(stands)} stands")
    spoken_of = [told for told in case.told if told.heard in (Heard.UNKNOWN, Heard.JUST_ORDERED)]
    unknown = [told for told in spoken_of if told.number not in by_number]
    faults += [
        f"told that we look into {told.number}, which is not written down" for told in unknown
    ]
    return faults


def _said(order: Written | None) -> str:
    return "nothing" if order is None else order.state
