import re

import pytest

from callcenter.load.model import Share
from callcenter.load.plans import PROFILES, BadPlan, mix_of, parse_mix, profile_named
from callcenter.load.scenarios import SCENARIOS


@pytest.mark.parametrize("name", PROFILES)
def test_every_profile_calls_scenarios_that_there_are(name: str) -> None:
    assert mix_of(profile_named(name).mix)


def test_the_crowd_is_a_thousand_trading_dialogues() -> None:
    assert PROFILES["crowd"].calls_at_once == 1_000
    assert set(PROFILES["crowd"].mix) == {"buy"}


def test_every_scenario_is_in_a_profile() -> None:
    assert {name for profile in PROFILES.values() for name in profile.mix} == set(SCENARIOS)


def test_a_mix_is_read_as_it_is_typed() -> None:
    assert mix_of(parse_mix("buy=3, query,news=0")) == (
        Share(scenario="buy", weight=3),
        Share(scenario="query", weight=1),
    )


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        pytest.param("sell=1", "no scenario is called sell", id="unknown"),
        pytest.param("buy=many", "'buy=many'", id="no-number"),
        pytest.param("buy=-1", "'buy=-1'", id="negative"),
        pytest.param("buy=0", "the mix is empty", id="nothing-left"),
    ],
)
def test_a_mix_that_cannot_be_called_is_refused(typed: str, says: str) -> None:
    with pytest.raises(BadPlan, match=re.escape(says)):
        mix_of(parse_mix(typed))


def test_a_profile_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(BadPlan, match="smoke, day, crowd"):
        profile_named("stampede")
