"""Outside trading hours an order is a reservation (预约委托), and the caller hears so in time."""

from datetime import date, datetime, time, timedelta

import pytest

from callcenter.domain.accounts import Customer
from callcenter.domain.calls import Language
from callcenter.domain.orders import Draft, OrderState, Station
from callcenter.domain.refusals import Refusal
from callcenter.domain.securities import Security
from callcenter.ivr.prompts import Prompt
from callcenter.trading.hours import ExchangeHours
from callcenter.trading.orders.placing import Outcome
from callcenter.trading.service import Trading
from tests import rules
from tests.fakes.hours import FakeHours
from tests.unit.ivr.hotline_of import LOGIN, Dialled, Hotline

MONDAY = date(2026, 11, 23)
BUY = ("1", *LOGIN, "1", "600000#", "10*05#", "200#", "1")
SELL = ("1", *LOGIN, "2", "600000#", "10*05#", "200#", "1")
NUMBER = "60000001"


class Reserves(Trading):
    """Keeps what it is given for another day, and does nothing else with it."""

    async def place(self, draft: Draft, customer: Customer, station: Station) -> Outcome:
        return Outcome(state=OrderState.RESERVED)


def closed() -> Hotline:
    return Hotline(hours=FakeHours(opens=MONDAY), trades=Reserves)


def turn_with(call: Dialled, prompt: Prompt) -> int:
    return next(at for at, turn in enumerate(call.turns) if prompt in turn.prompts)


@pytest.mark.parametrize("script", [BUY, SELL], ids=["buy", "sell"])
async def test_a_reservation_is_offered_before_the_quantity_is_asked(
    script: tuple[str, ...],
) -> None:
    call = await closed().dial(*script)

    assert call.heard(Prompt.RESERVATION_OFFER, day=MONDAY)
    assert turn_with(call, Prompt.RESERVATION_OFFER) < turn_with(call, Prompt.ASK_QUANTITY)


async def test_a_reservation_is_read_back_and_told_as_one() -> None:
    call = await closed().dial(*BUY)

    assert call.phone.said[6] == (
        "现在不是交易时间，您的委托将作为预约委托，在二零二六年十一月二十三日开市时申报。"
        "浦发银行，最新价十点零五元。"
        "请输入委托价格，小数点请按星号，按井号结束，直接按井号按最新价委托。"
    )
    assert call.phone.said[8].startswith(
        "预约委托，二零二六年十一月二十三日开市时申报。买入浦发银行"
    )
    assert call.phone.said[9] == "预约委托已受理，委托号六零零零零零零幺。"


async def test_a_reservation_is_offered_in_english_too() -> None:
    call = await closed().dial("7", *BUY)

    assert call.heard(Prompt.RESERVATION_OFFER, Language.EN, day=MONDAY)
    assert call.heard(Prompt.ORDER_RESERVED, Language.EN, number=NUMBER)


async def test_while_the_market_is_open_nobody_hears_of_reservations() -> None:
    call = await Hotline(hours=FakeHours()).dial(*BUY)

    assert Prompt.RESERVATION_OFFER not in call.prompts
    assert Prompt.READ_BACK_RESERVATION not in call.prompts
    assert call.heard(Prompt.ORDER_ACCEPTED, number=NUMBER)


async def test_who_wants_no_reservation_goes_back_to_the_code() -> None:
    call = await closed().dial(*BUY[:5], "*#")

    assert call.turns[-1].prompts == (Prompt.ASK_BUY_CODE,)


@pytest.mark.parametrize("script", [[], ["*"]], ids=["hangs-up", "gives-up"])
async def test_a_reservation_that_is_not_confirmed_is_none(script: list[str]) -> None:
    hotline = Hotline(hours=FakeHours(opens=MONDAY))

    await hotline.dial(*BUY[:7], *script)

    assert hotline.booked == hotline.counter.placed == []


async def test_when_not_even_a_reservation_is_taken_it_is_said_before_the_price() -> None:
    hotline = Hotline(hours=FakeHours(refuses=Refusal.RESERVATIONS_CLOSED))

    call = await hotline.dial(*BUY[:5])

    assert call.heard(Prompt.MESSAGE_NUMBER, number=8020)
    assert call.turns[-1].prompts[-1] == Prompt.ASK_BUY_CODE


async def test_a_call_from_another_daemon_hears_again_that_it_is_a_reservation() -> None:
    hotline = closed()
    await hotline.dial_and_die(*BUY[:7])

    call = await hotline.dial("1")

    assert call.turns[0].prompts[0] == Prompt.READ_BACK_RESERVATION
    assert call.heard(Prompt.ORDER_RESERVED, number=NUMBER)


async def test_a_market_that_opened_meanwhile_is_no_reservation_any_more() -> None:
    hotline = Hotline(hours=FakeHours(opens=MONDAY))
    await hotline.dial_and_die(*BUY[:7])
    hotline.hours = FakeHours()

    call = await hotline.dial("1")

    assert call.turns[0].prompts[0] == Prompt.READ_BACK_BUY
    assert call.heard(Prompt.ORDER_ACCEPTED, number=NUMBER)


class ClosesMeanwhile(FakeHours):
    """A market that is open when the security is chosen and when the order is read back."""

    def reserved_for(self, security: Security, at: datetime) -> date | None:
        self.opens = MONDAY if self.asked >= 2 else None
        return super().reserved_for(security, at)


async def test_a_market_that_closes_during_the_read_back_makes_nobody_reserve_unasked() -> None:
    hotline = Hotline(hours=ClosesMeanwhile(), trades=Reserves)

    call = await hotline.dial(*BUY, "1")

    first, second = (turn for turn in call.turns if Prompt.READ_BACK_BUY in turn.prompts)
    assert Prompt.READ_BACK_RESERVATION not in first.prompts
    assert Prompt.READ_BACK_RESERVATION in second.prompts
    assert call.prompts.count(Prompt.ORDER_RESERVED) == 1


async def test_a_market_that_closes_for_good_takes_nothing_that_was_read_back() -> None:
    hotline = Hotline(hours=FakeHours())
    await hotline.dial_and_die(*BUY[:7])
    hotline.hours = FakeHours(refuses=Refusal.RESERVATIONS_CLOSED)

    call = await hotline.dial("1")

    assert call.heard(Prompt.MESSAGE_NUMBER, number=8020)
    assert hotline.booked == []


async def test_outside_the_hours_of_reservations_it_is_said_when_they_are_taken() -> None:
    hotline = Hotline(hours=ExchangeHours(rules.book()))
    hotline.clock.forward(timedelta(hours=5))  # five in the afternoon

    call = await hotline.dial(*BUY[:5])

    assert call.heard(Prompt.MESSAGE_NUMBER, number=8020)
    assert call.heard(Prompt.INSTEAD_HOURS, start=time(19), end=time(23, 59))
