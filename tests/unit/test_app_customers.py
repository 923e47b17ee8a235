"""Which counters change passwords and bound numbers by telephone."""

import pytest

from callcenter.app.customers import CustomerParts
from callcenter.domain.errors import Refused
from callcenter.domain.refusals import Refusal
from callcenter.gateways.paper.counter import PaperCounter
from callcenter.settings import Settings
from callcenter.storage.database import Database
from tests import make
from tests.fakes.clock import FakeClock

NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"
FIX = {"gateway": "fix", "fix_host": "127.0.0.1", "fix_sender": "US", "fix_target": "THEM"}


def parts(**settings: str) -> CustomerParts:
    clock = FakeClock()
    chosen = Settings.model_validate(settings)
    return CustomerParts(chosen, clock, Database(NOWHERE), PaperCounter(NOWHERE, clock))


def test_the_paper_counter_changes_both() -> None:
    by_paper = parts()

    by_paper.passwords.admit(make.customer(), make.station())
    by_paper.bindings.check_bind(make.customer(), make.station())


def test_a_counter_that_speaks_fix_changes_neither_and_says_so() -> None:
    over_fix = parts(**FIX)

    with pytest.raises(Refused) as passwords:
        over_fix.passwords.admit(make.customer(), make.station())
    with pytest.raises(Refused) as numbers:
        over_fix.bindings.check_bind(make.customer(), make.station())

    assert passwords.value.reason is numbers.value.reason is Refusal.NOT_BY_TELEPHONE
