"""Counting nothing: the meter of whoever does not measure."""

import pytest

from callcenter.api.metrics import Metrics
from callcenter.telephony.meter import Meter, NoMeter
from tests.unit.api.scrape import no_orders


@pytest.mark.parametrize("meter", [NoMeter(), Metrics(no_orders)], ids=["none", "prometheus"])
def test_a_meter_takes_whatever_a_call_does(meter: Meter) -> None:
    meter.call_began()
    meter.prompt_began(None)
    meter.prompt_began(0.012)
    meter.call_ended("hung-up")
