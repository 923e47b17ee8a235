"""Words about an order come late, twice and in any order; in the end the same is known."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callcenter.domain.clock import trade_date
from callcenter.domain.fills import Fill, FillKey, FillNumber
from callcenter.domain.orders import OVER, Order, OrderState
from callcenter.domain.progress import (
    Contradiction,
    Word,
    add_fill,
    cancel_reserved,
    learn,
    send_reserved,
)
from callcenter.domain.securities import Market
from tests import make

QUANTITY = 1_000
ORDER = make.order(quantity=QUANTITY)
S = OrderState
ACCEPTED = Word(answer=S.ACCEPTED)
WISH = Word(cancel_asked=1)


def after(*heard: Word | int, order: Order = ORDER) -> Order:
    """Return what is known when these have been heard: words, and fills of so many shares."""
    for one in heard:
        order = add_fill(order, one) if isinstance(one, int) else learn(order, one)
    return order


@pytest.mark.parametrize(
    ("heard", "state"),
    [
        pytest.param([], S.PENDING, id="nothing"),
        pytest.param([Word(answer=S.UNKNOWN)], S.UNKNOWN, id="no-answer"),
        pytest.param([ACCEPTED], S.ACCEPTED, id="accepted"),
        pytest.param([Word(answer=S.UNKNOWN), ACCEPTED], S.ACCEPTED, id="found-later"),
        pytest.param([Word(answer=S.REJECTED, message=3002)], S.REJECTED, id="rejected"),
        pytest.param([Word(answer=S.WITHDRAWN)], S.WITHDRAWN, id="withdrawn"),
        pytest.param([ACCEPTED, 300], S.PARTIALLY_FILLED, id="a-fill"),
        pytest.param([ACCEPTED, 300, 700], S.FILLED, id="all-fills"),
        pytest.param([ACCEPTED, WISH], S.CANCELLING, id="wish"),
        pytest.param([ACCEPTED, 300, WISH], S.CANCELLING, id="wish-after-a-fill"),
        pytest.param([ACCEPTED, WISH, Word(cancelled=QUANTITY)], S.CANCELLED, id="cancelled"),
        pytest.param(
            [ACCEPTED, 300, WISH, Word(cancelled=700)], S.PARTIALLY_CANCELLED, id="rest-cancelled"
        ),
        pytest.param(
            [ACCEPTED, WISH, Word(cancel_refused=1)], S.ACCEPTED, id="wish-that-was-refused"
        ),
        pytest.param(
            [ACCEPTED, WISH, Word(cancel_refused=1), Word(cancel_asked=2)],
            S.CANCELLING,
            id="wish-after-a-refused-one",
        ),
        pytest.param([ACCEPTED, Word(cancelled=QUANTITY, expired=True)], S.EXPIRED, id="day-over"),
        # the odd rows
        pytest.param([300], S.PARTIALLY_FILLED, id="fill-before-the-accept"),
        pytest.param([300, ACCEPTED], S.PARTIALLY_FILLED, id="accept-after-a-fill"),
        pytest.param([ACCEPTED, WISH, 1_000], S.FILLED, id="fill-overtakes-the-cancel"),
        pytest.param([ACCEPTED, 1_000, Word(cancel_asked=1)], S.FILLED, id="wish-too-late"),
        pytest.param(
            [ACCEPTED, WISH, Word(cancelled=700)], S.FILLS_OUTSTANDING, id="cancelled-fills-missing"
        ),
        pytest.param(
            [ACCEPTED, WISH, Word(cancelled=700), 100], S.FILLS_OUTSTANDING, id="some-still-missing"
        ),
        pytest.param(
            [ACCEPTED, WISH, Word(cancelled=700), 300], S.PARTIALLY_CANCELLED, id="none-missing"
        ),
        pytest.param([Word(filled=QUANTITY)], S.FILLS_OUTSTANDING, id="filled-it-says"),
        pytest.param([Word(filled=300)], S.PARTIALLY_FILLED, id="partly-filled-it-says"),
        pytest.param([300, Word(answer=S.UNKNOWN)], S.PARTIALLY_FILLED, id="late-unknown"),
        pytest.param([Word(cancelled=700, filled=0), 300], S.PARTIALLY_CANCELLED, id="lagging"),
    ],
)
def test_the_state_follows_from_what_is_known(heard: list[Word | int], state: OrderState) -> None:
    assert after(*heard).state is state


@pytest.mark.parametrize(
    ("heard", "last"),
    [
        pytest.param([ACCEPTED, 600], 500, id="overfill"),
        pytest.param([ACCEPTED], Word(filled=1_001), id="overfill-it-says"),
        pytest.param([Word(answer=S.REJECTED)], 100, id="fill-of-a-rejected-order"),
        pytest.param([Word(answer=S.WITHDRAWN)], 100, id="fill-of-a-withdrawn-order"),
        pytest.param([Word(answer=S.WITHDRAWN)], ACCEPTED, id="accepted-though-withdrawn"),
        pytest.param([ACCEPTED], Word(answer=S.REJECTED), id="rejected-though-accepted"),
        pytest.param([ACCEPTED, 100], Word(answer=S.WITHDRAWN), id="withdrawn-though-filled"),
        pytest.param([ACCEPTED, 600], Word(cancelled=500), id="more-cancelled-than-left"),
        pytest.param([Word(cancelled=700)], 400, id="filled-though-cancelled"),
        pytest.param([Word(cancelled=700)], Word(cancelled=600), id="two-ends"),
    ],
)
def test_what_cannot_be_true_is_a_contradiction(heard: list[Word | int], last: Word | int) -> None:
    known = after(*heard)

    with pytest.raises(Contradiction):
        after(last, order=known)


def test_what_is_heard_again_changes_nothing() -> None:
    known = after(ACCEPTED, 300, WISH, Word(cancelled=700))

    for word in (ACCEPTED, WISH, Word(cancelled=700), Word(filled=200), Word(answer=S.UNKNOWN)):
        assert learn(known, word) is known


def test_a_message_stays_with_its_answer() -> None:
    rejected = after(Word(answer=S.REJECTED, message=3002))

    assert rejected.message == 3002
    assert learn(rejected, Word(answer=S.UNKNOWN)).message == 3002


def test_a_reservation_is_sent_on_its_day_only() -> None:
    day = trade_date(make.NOON)
    reserved = make.order(state=S.RESERVED, reserved_for=day)

    assert send_reserved(reserved, day, make.NOON).state is S.PENDING
    with pytest.raises(Contradiction):
        send_reserved(reserved, day.replace(day=day.day + 1), make.NOON)
    with pytest.raises(Contradiction):
        send_reserved(cancel_reserved(reserved), day, make.NOON)


def test_a_reservation_is_cancelled_rejected_or_sent_and_nothing_else() -> None:
    reserved = make.order(state=S.RESERVED, reserved_for=trade_date(make.NOON))

    assert cancel_reserved(reserved).state is S.CANCELLED
    assert after(Word(answer=S.REJECTED, message=3002), order=reserved).state is S.REJECTED
    for heard in (ACCEPTED, Word(answer=S.UNKNOWN), 100):
        with pytest.raises(Contradiction):
            after(heard, order=reserved)


@dataclass(frozen=True, kw_only=True)
class History:
    """What really happened to an order, and all that was said of it."""

    said: tuple[Word | Fill, ...]
    filled: int
    cancelled: int


@st.composite
def histories(draw: st.DrawFn) -> History:
    """Make up the life of an order that was sent, as a counter that is honest but late tells it."""
    shape = draw(st.sampled_from(["rejected", "withdrawn", "stands"]))
    said: list[Word | Fill] = [Word(answer=S.UNKNOWN)] if draw(st.booleans()) else []
    if shape == "rejected":
        return History(said=(*said, Word(answer=S.REJECTED, message=3002)), filled=0, cancelled=0)
    if shape == "withdrawn":
        return History(said=(*said, Word(answer=S.WITHDRAWN)), filled=0, cancelled=0)
    sizes = draw(st.lists(st.integers(min_value=1, max_value=400), max_size=6))
    filled = 0
    said.append(Word(answer=S.ACCEPTED, counter_number="42"))
    for at, size in enumerate(sizes):
        shares = min(size, QUANTITY - filled)
        if shares:
            filled += shares
            said.append(fill(at, shares))
            said.append(Word(answer=S.ACCEPTED, filled=filled))
    if draw(st.booleans()):
        said.append(Word(cancel_asked=1))
    cancelled = 0
    if filled < QUANTITY and draw(st.booleans()):
        cancelled = QUANTITY - filled
        lags = draw(st.integers(min_value=0, max_value=filled))
        expired = draw(st.booleans())
        said.append(Word(filled=lags, cancelled=cancelled, expired=expired))
    return History(said=tuple(said), filled=filled, cancelled=cancelled)


def fill(number: int, shares: int) -> Fill:
    key = FillKey(trade_date=ORDER.trade_date, market=Market.SH, number=FillNumber(str(number)))
    return Fill(
        key=key,
        client_id=ORDER.client_id,
        quantity=shares,
        price=Decimal("10.05") + number,
        at=make.NOON,
    )


def tell(said: Sequence[Word | Fill]) -> tuple[Order, dict[FillKey, Fill]]:
    """Tell an order all of it, and return what is known in the end, with the fills kept."""
    order, kept = ORDER, dict[FillKey, Fill]()
    for one in said:
        if isinstance(one, Word):
            order = learn(order, one)
        elif one.key not in kept:
            order = add_fill(order, one.quantity)
            kept[one.key] = one
    return order, kept


@settings(deadline=None)  # machines are busy at times
@given(histories(), st.data())
def test_any_order_of_words_and_any_repeats_lead_to_the_same_end(
    history: History, data: st.DataObject
) -> None:
    expected, fills = tell(history.said)

    repeats = data.draw(st.lists(st.sampled_from(history.said), max_size=8))
    shuffled = data.draw(st.permutations([*history.said, *repeats]))
    order, kept = tell(shuffled)

    assert order == expected
    assert kept == fills
    assert order.filled == sum(one.quantity for one in kept.values()) == history.filled
    assert order.filled + order.cancelled <= QUANTITY
    spent = sum((one.price * one.quantity for one in kept.values()), Decimal(0))
    assert spent == sum((one.price * one.quantity for one in fills.values()), Decimal(0))


@settings(deadline=None)  # machines are busy at times
@given(histories(), st.data())
def test_what_has_ended_stays_as_it_is(history: History, data: st.DataObject) -> None:
    ended, _ = tell(history.said)
    if ended.state not in OVER:
        return

    late = data.draw(st.lists(st.sampled_from([w for w in history.said if isinstance(w, Word)])))

    for word in late:
        assert learn(ended, word) is ended


@settings(deadline=None)  # machines are busy at times
@given(histories(), st.data())
def test_whatever_is_said_on_the_way_nothing_known_is_lost(
    history: History, data: st.DataObject
) -> None:
    order = ORDER
    for one in data.draw(st.permutations(list(history.said))):
        before = order
        order = learn(order, one) if isinstance(one, Word) else add_fill(order, one.quantity)
        assert order.filled >= before.filled
        assert order.told_filled >= before.told_filled
        assert order.cancelled >= before.cancelled
        assert max(order.filled, order.told_filled) + order.cancelled <= QUANTITY
        assert order.open_quantity <= before.open_quantity
