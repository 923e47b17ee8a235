from decimal import Decimal

from callcenter.domain.securities import Market
from tests import make


def test_a_security_is_named_by_market_and_code() -> None:
    assert make.security().id == "SH600000"
    assert make.security(market=Market.SZ).id != make.security().id


def test_a_change_is_measured_from_the_previous_close() -> None:
    quote = make.quote(last=Decimal("9.67"), previous_close=Decimal("10.00"))

    assert quote.change == Decimal("-0.33")
    assert quote.change_percent == Decimal("-3.30")


def test_a_change_has_two_places() -> None:
    quote = make.quote(last=Decimal("10.01"), previous_close=Decimal("3.00"))

    assert quote.change_percent == Decimal("233.67")
