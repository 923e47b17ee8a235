"""Wherever a caller hangs up, what was confirmed is done once and what was not is not done."""

from dataclasses import dataclass

import pytest

from callcenter.domain.calls import CallEnd
from callcenter.domain.orders import OrderState
from tests import make
from tests.unit.ivr.hotline_of import LOGIN, Hotline

TRADE = ("1", *LOGIN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a call has sent."""

    applied: int
    cancelled: int


async def prepared() -> Hotline:
    """Return a hotline whose caller has bought twice."""
    hotline = Hotline()
    for at, quantity in enumerate(("200#", "300#")):
        keys = (*TRADE, "1", "600000#", "10*05#", quantity, "1")
        await hotline.dial(*keys, call=make.call(id=f"pbx-0.{at}"))
    return hotline


def done(hotline: Hotline) -> Done:
    return Done(
        applied=len(hotline.desk.applied),
        cancelled=sum(order.state is OrderState.CANCELLED for order in hotline.booked),
    )


@pytest.mark.parametrize(
    ("script", "whole"),
    [
        pytest.param(("3", "1"), Done(applied=0, cancelled=1), id="cancel"),
        pytest.param(("3", "3", "1"), Done(applied=0, cancelled=2), id="cancel-all"),
        pytest.param(("3", "60000001#", "1"), Done(applied=0, cancelled=1), id="number"),
        pytest.param(("4", "1", "500#", "1"), Done(applied=1, cancelled=0), id="issue"),
        pytest.param(("6", "1", "110011#", "5000#", "1"), Done(applied=1, cancelled=0), id="fund"),
        pytest.param(("6", "2", "#", "1", "#", "1"), Done(applied=1, cancelled=0), id="redeem"),
    ],
)
async def test_wherever_a_caller_hangs_up_all_or_nothing_is_done(
    script: tuple[str, ...], whole: Done
) -> None:
    keys = (*TRADE, *script)
    hotline = await prepared()
    steps = (await hotline.dial(*keys)).phone.step
    assert done(hotline) == whole

    for step in range(1, steps):
        hotline = await prepared()
        call = await hotline.dial(*keys, hangs_up_at=step)

        confirmed = not call.phone.left
        assert call.end is CallEnd.HUNG_UP
        assert done(hotline) == (whole if confirmed else Done(applied=0, cancelled=0)), step
        assert len(hotline.counter.wishes) == len(set(hotline.counter.wishes)), step
