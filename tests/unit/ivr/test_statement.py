"""A statement by telephone: which period, which way, read back, queued."""

from datetime import date
from typing import Final

import pytest

from callcenter.domain.calls import CallerNumber, Place
from callcenter.domain.periods import Period
from callcenter.domain.statements import Statement, StatementState
from callcenter.domain.subscriptions import Channel, Delivery
from callcenter.ivr.prompts import Prompt
from tests import make
from tests.fakes.phone import SILENCE
from tests.unit.ivr.hotline_of import LOGIN, Hotline

MENU: Final = ("2", *LOGIN, "8")
MAIL: Final = (*MENU, "1", "1", "1")
THIS_MONTH: Final = Period(first=date(2026, 11, 1), last=date(2026, 11, 20))
LAST_MONTH: Final = Period(first=date(2026, 10, 1), last=date(2026, 10, 31))


def kept(hotline: Hotline) -> list[Statement]:
    return list(hotline.statements.kept.values())


@pytest.mark.parametrize(
    ("keys", "period"),
    [
        pytest.param(["1"], THIS_MONTH, id="this-month"),
        pytest.param(["2"], LAST_MONTH, id="last-month"),
        pytest.param(
            ["3", "1101#", "1102#"],
            Period(first=date(2026, 11, 1), last=date(2026, 11, 2)),
            id="dates",
        ),
        pytest.param(
            ["3", "#"],
            Period(first=date(2026, 11, 14), last=date(2026, 11, 20)),
            id="seven-days",
        ),
    ],
)
async def test_a_statement_of_the_period_is_queued(keys: list[str], period: Period) -> None:
    hotline = Hotline()

    call = await hotline.dial(*MENU, *keys, "1", "1")

    [statement] = kept(hotline)
    assert (statement.period, statement.state) == (period, StatementState.QUEUED)
    assert statement.account == "10000001"
    assert call.heard(Prompt.READ_BACK_STATEMENT, first=period.first, last=period.last)
    assert call.heard(Prompt.STATEMENT_QUEUED, number="85000001")
    assert call.heard(Prompt.STATEMENT_BY_EMAIL)
    assert [entry.action for entry in hotline.statements.trail] == ["statement"]


@pytest.mark.parametrize(
    ("keyed", "number"), [("#", "+8613800138000"), ("02161208888#", "+862161208888")]
)
async def test_a_fax_goes_to_this_number_or_to_another(keyed: str, number: str) -> None:
    hotline = Hotline()

    await hotline.dial(*MENU, "1", "2", keyed, "1")

    [statement] = kept(hotline)
    assert statement.delivery == Delivery(channel=Channel.FAX, number=CallerNumber(number))


async def test_a_whole_wish_may_be_keyed_in_a_burst() -> None:
    hotline = Hotline()

    await hotline.dial(*MAIL, burst=True)

    assert len(kept(hotline)) == 1


async def test_enter_again_starts_with_the_period() -> None:
    hotline = Hotline()

    call = await hotline.dial(*MAIL[:-1], "2", "2", "1", "1")

    assert call.prompts.count(Prompt.CHOOSE_PERIOD) == 2
    assert [one.period for one in kept(hotline)] == [LAST_MONTH]


@pytest.mark.parametrize("keys", [["*"], [SILENCE] * 3, ["9", "9", "9"]])
async def test_what_is_not_confirmed_is_not_queued(keys: list[str]) -> None:
    hotline = Hotline()

    call = await hotline.dial(*MAIL[:-1], *keys)

    assert kept(hotline) == []
    assert call.heard(Prompt.STATEMENT_DROPPED)


async def test_back_goes_one_question_back() -> None:
    call = await Hotline().dial(*MENU, "3", "*", "1", "2", "*", "*", "*")

    assert call.prompts.count(Prompt.CHOOSE_PERIOD) == 3
    assert call.prompts.count(Prompt.CHOOSE_STATEMENT_DELIVERY) == 2
    assert call.place.dialogue == "account"


async def test_wherever_a_daemon_dies_one_statement_is_queued_and_told() -> None:
    script = (*MENU, "2", "2", "#", "1")
    steps = (await Hotline().dial(*script)).phone.step

    for step in range(1, steps):
        hotline = Hotline()
        first = await hotline.dial_and_die(*script, at=step)
        at = len(script) - first.phone.left
        if not hotline.calls.places.get(make.call().id, Place()).account:
            at = min(at, 1)
        if at == 6 and "fax" not in first.place.draft:
            at = 5  # half an answer starts again
        second = await hotline.dial(*script[at:])

        assert [one.period for one in kept(hotline)] == [LAST_MONTH], step
        heard = [one.heard(Prompt.STATEMENT_QUEUED, number="85000001") for one in (first, second)]
        assert any(heard), step
