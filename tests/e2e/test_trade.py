"""Real calls to the trade menu: cancel an order, apply for an issue, go on after a dropped call."""

from collections.abc import Sequence
from decimal import Decimal

import pytest

from callcenter.cli.records import Record
from callcenter.domain.accounts import AccountId
from callcenter.domain.applications import Application, ApplicationState
from callcenter.gateways.paper.demo import LISTINGS
from callcenter.ivr.catalogue import say
from callcenter.ivr.prompts import Prompt
from tests.e2e import said
from tests.e2e.installation import Installation
from tests.e2e.lines import Evidence, Lines
from tests.e2e.together import Played, Together

NAME = next(one.security.name for one in LISTINGS if one.security.id == "SH600000")
ISSUE = {"name": "华夏新材", "code": "730001", "price": Decimal("10.05")}

together = Together()


@pytest.fixture(scope="module")
def played(hotline: Installation) -> Played:
    return together.play(hotline)


def burst(account: str) -> str:
    return f"1{account}#246810#1600000#10*05#100#"


@together.scenario
async def cancels_an_order(lines: Lines) -> Evidence:
    """Buy in one call, and cancel that in another."""
    number, account = "13900000591", "20000591"
    async with lines.call(number) as caller:
        await caller.hears(said.GREETING)
        await caller.bursts(burst(account))
        await caller.hears(said.read_back())
        await caller.keys("1")
        [order] = await lines.orders(account, at_least=1)
        await caller.hears_out(said.accepted(order["order_number"]))
        await caller.hears(said.TRADE_MENU)
    async with lines.call(number) as caller:
        await caller.answers(*said.log_in(account), (said.TRADE_MENU, "3"))
        about = said.order_today(order["order_number"])
        await caller.answers(([*about, say(Prompt.CANCEL_CHOICES)], "1"))
        await caller.hears_out([say(Prompt.CANCEL_DONE, number=order["order_number"])])
        await caller.hears([say(Prompt.CANCEL_NO_MORE)])
    return await lines.evidence(number)


def test_an_order_is_cancelled_with_one_key_and_told_to_be(played: Played) -> None:
    evidence = played.of(cancels_an_order)

    assert [row["action"] for row in evidence.audit if "cancel" in row["action"]]
    assert evidence.orders == []  # it belongs to the call before


@together.scenario
async def the_order_that_was_cancelled(lines: Lines) -> Sequence[Record]:
    """Look at what a caller has cancelled who waits for nothing."""
    number, account = "13900000592", "20000592"
    async with lines.call(number) as caller:
        await caller.hears(said.GREETING)
        await caller.bursts(burst(account))
        await caller.hears(said.read_back())
        await caller.keys("1")
        [order] = await lines.orders(account, at_least=1)
        await caller.hears_out(said.accepted(order["order_number"]))
        await caller.hears(said.TRADE_MENU)
        await caller.bursts("31")
        await caller.hears([say(Prompt.CANCEL_DONE, number=order["order_number"])])
    return await lines.orders(account)


def test_a_practised_caller_cancels_without_listening(played: Played) -> None:
    [order] = played.of(the_order_that_was_cancelled)

    assert order["state"] == "cancelled"


@together.scenario
async def applies_for_an_issue(lines: Lines) -> tuple[Sequence[Application], Evidence]:
    number, account = "13900000593", "20000593"
    offered = [
        say(Prompt.ISSUE_COUNT, count=2),
        say(Prompt.ISSUE_OFFER, **ISSUE, most=9_500),
        say(Prompt.ISSUE_CHOICES),
    ]
    read_back = [say(Prompt.READ_BACK_ISSUE, **ISSUE, quantity=9_500), say(Prompt.CONFIRM)]
    async with lines.call(number) as caller:
        await caller.answers(*said.log_in(account), (said.TRADE_MENU, "4"))
        await caller.hears(offered[:1])
        await caller.hears(offered[1:2])
        await caller.keys("1")
        await caller.answers(([say(Prompt.ASK_ISSUE_QUANTITY, most=9_500)], "#"), (read_back, "1"))
        await caller.hears_one_of({"told": [say(Prompt.ISSUE_CHOICES)]})
    made = await lines.reports.applications.newest(last=10, account=AccountId(account))
    return made, await lines.evidence(number)


def test_an_issue_is_applied_for_with_the_most_that_the_quota_allows(played: Played) -> None:
    [application], evidence = played.of(applies_for_an_issue)

    assert (application.draft.code, application.draft.quantity) == ("730001", Decimal(9_500))
    assert application.state is ApplicationState.ACCEPTED
    assert application.station.call == evidence.call["call_id"]
    assert "application-accepted" in evidence.prompts


@together.scenario
async def goes_on_after_a_dropped_call(lines: Lines) -> tuple[Sequence[Record], Evidence]:
    """Hang up at the read-back, dial in again, and confirm it then."""
    number, account = "13900000594", "20000594"
    async with lines.call(number) as caller:
        await caller.hears(said.GREETING)
        await caller.bursts(burst(account))
        await caller.hears(said.read_back())
    await lines.evidence(number)  # the call is over
    left_off = say(Prompt.LEFT_OFF_BUY, name=NAME, quantity=100, price=Decimal("10.05"))
    async with lines.call(number) as caller:
        await caller.answers(*said.log_in(account))
        await caller.hears([say(Prompt.LEFT_OFF)], [left_off])
        await caller.keys("1")
        await caller.hears(said.read_back())
        await caller.keys("1")
        [order] = await lines.orders(account, at_least=1)
        await caller.hears(said.accepted(order["order_number"]))
    return await lines.orders(account), await lines.evidence(number)


def test_what_was_dropped_at_the_read_back_is_confirmed_in_the_next_call(played: Played) -> None:
    [order], evidence = played.of(goes_on_after_a_dropped_call)

    assert order["state"] == "accepted"
    assert order["call_id"] == evidence.call["call_id"]
    assert "left-off-buy" in evidence.prompts
