"""The judge of the crash matrix is not asleep."""

from collections.abc import Sequence

import pytest

from tests.crash.cells import Heard, Spoken, Wish
from tests.crash.judge import Booked, Case, Written, Wrong, judge

WISH = Wish(caller="+8613000000001", call="crash-1.1", account="20000001")
ONE, OTHER = "60000001", "60000002"


def booked(*numbers: str) -> list[Booked]:
    return [Booked(number=number) for number in numbers]


def filled(ours: int, *, by_fills: int, counters: int, fills: Sequence[str] = ("1",)) -> Case:
    """Return an order of 100 shares of which so many were filled."""
    order = Written(
        number=ONE,
        state="filled",
        published=["pending", "accepted", "filled"],
        fills_published=fills,
        filled=ours,
        in_fills=by_fills,
    )
    return case(Heard.ACCEPTED, stands=[Booked(number=ONE, filled=counters)], book=[order])


def written(number: str, *states: str) -> Written:
    return Written(number=number, state=states[-1], published=states)


def case(
    *told: Heard, stands: Sequence[Booked] = (), book: Sequence[Written] = (), number: str = ONE
) -> Case:
    heard = [Spoken(caller=WISH.caller, heard=what, number=number) for what in told]
    return Case(wish=WISH, told=heard, booked=stands, written=book)


ACCEPTED = written(ONE, "pending", "accepted")
WITHDRAWN = written(ONE, "pending", "withdrawn")
RESOLVED = written(ONE, "pending", "unknown", "accepted")


@pytest.mark.parametrize(
    "right",
    [
        pytest.param(case(Heard.ACCEPTED, stands=booked(ONE), book=[ACCEPTED]), id="accepted"),
        pytest.param(case(Heard.UNKNOWN, stands=booked(ONE), book=[RESOLVED]), id="resolved"),
        pytest.param(case(Heard.UNKNOWN, book=[WITHDRAWN]), id="unknown-and-withdrawn"),
        pytest.param(case(Heard.MAINTENANCE, book=[WITHDRAWN]), id="written-and-never-sent"),
        pytest.param(case(stands=booked(ONE), book=[ACCEPTED]), id="hung-up"),
        pytest.param(case(Heard.COUNTER_AWAY), id="not-placed"),
        pytest.param(filled(100, by_fills=100, counters=100), id="filled"),
    ],
)
def test_the_truth_passes(right: Case) -> None:
    assert judge(right) == []


@pytest.mark.parametrize(
    ("wrong", "as_what"),
    [
        pytest.param(case(Heard.ACCEPTED, book=[WITHDRAWN]), Wrong.LOST, id="promised"),
        pytest.param(case(Heard.UNKNOWN, book=[written(ONE, "pending")]), Wrong.LOST, id="left"),
        pytest.param(case(book=[written(ONE, "pending", "unknown")]), Wrong.LOST, id="unknown"),
        pytest.param(case(book=[ACCEPTED]), Wrong.LOST, id="only-by-our-book"),
        pytest.param(
            case(stands=booked(ONE, OTHER), book=[ACCEPTED, written(OTHER, "accepted")]),
            Wrong.TWICE,
            id="two-in-the-books",
        ),
        pytest.param(
            case(book=[written(ONE, "pending", "withdrawn", "withdrawn")]),
            Wrong.TWICE,
            id="published-twice",
        ),
        pytest.param(filled(0, by_fills=0, counters=100), Wrong.LOST, id="fill-lost"),
        pytest.param(filled(100, by_fills=0, counters=100), Wrong.LOST, id="fill-not-kept"),
        pytest.param(filled(200, by_fills=200, counters=100), Wrong.TWICE, id="fill-twice"),
        pytest.param(
            filled(100, by_fills=100, counters=100, fills=("1", "1")),
            Wrong.TWICE,
            id="fill-published-twice",
        ),
        pytest.param(
            case(Heard.WITHDRAWN, stands=booked(ONE), book=[ACCEPTED]), Wrong.LIE, id="void"
        ),
        pytest.param(
            case(Heard.MAINTENANCE, stands=booked(ONE), book=[ACCEPTED]), Wrong.LIE, id="not-taken"
        ),
        pytest.param(case(Heard.UNKNOWN), Wrong.LIE, id="nothing-to-look-into"),
        pytest.param(case(Heard.JUST_ORDERED), Wrong.LIE, id="nothing-just-ordered"),
        pytest.param(case(stands=booked(ONE)), Wrong.LIE, id="stands-and-is-not-written"),
        pytest.param(
            case(stands=booked(ONE), book=[WITHDRAWN]), Wrong.LIE, id="stands-and-is-withdrawn"
        ),
    ],
)
def test_what_is_wrong_is_named(wrong: Case, as_what: Wrong) -> None:
    assert as_what in {fault.wrong for fault in judge(wrong)}
