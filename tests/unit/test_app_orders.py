"""Where orders go is a setting."""

from datetime import time
from pathlib import Path

import pytest
from pydantic import ValidationError

from callcenter.app.orders import OrderCounter, fix_terms, market_hours
from callcenter.app.parts import paper_counter
from callcenter.domain.clock import SystemClock
from callcenter.gateways.combined import CombinedCounter
from callcenter.settings import Settings
from callcenter.trading.hours import ExchangeHours
from tests import rules

FIX = {"gateway": "fix", "fix_host": "counter", "fix_sender": "US", "fix_target": "THEM"}


def settings(folder: Path, **values: object) -> Settings:
    return Settings.model_validate({"state_dir": folder, **values})


def test_orders_go_to_the_paper_counter_unless_it_is_said(tmp_path: Path) -> None:
    clock, by_default = SystemClock(), settings(tmp_path)
    paper = paper_counter(by_default, clock)

    assert OrderCounter(by_default, clock, paper).gateway is paper
    over_fix = OrderCounter(settings(tmp_path, **FIX), clock, paper).gateway
    assert isinstance(over_fix, CombinedCounter)


@pytest.mark.parametrize(
    ("said", "keeps"),
    [
        pytest.param({}, False, id="paper-always-open"),
        pytest.param({"paper_clock": "calendar"}, True, id="paper-calendar"),
        pytest.param(FIX, True, id="another-counter"),
        pytest.param({**FIX, "paper_clock": "always-open"}, True, id="not-by-the-paper-clock"),
        pytest.param({**FIX, "hours": "always-open"}, False, id="another-counter-for-a-test"),
        pytest.param({"hours": "calendar"}, True, id="paper-as-said"),
        pytest.param({"paper_clock": "calendar", "hours": "always-open"}, False, id="none-as-said"),
    ],
)
def test_the_hours_of_the_exchange_hold_for_every_counter_but_one_on_paper(
    tmp_path: Path, said: dict[str, str], keeps: bool
) -> None:
    hours = market_hours(settings(tmp_path, **said), rules.book())

    assert isinstance(hours, ExchangeHours) is keeps


def test_what_is_set_reaches_the_session(tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text("tell-nobody\n")

    terms = fix_terms(
        settings(
            tmp_path,
            **FIX,
            fix_port=7001,
            fix_session_start="08:30",
            fix_session_end="16:30",
            fix_heartbeat_s=10,
            fix_username="us",
            fix_password_file=password,
            counter_answer_within_s=3,
        )
    )

    assert (terms.address.host, terms.address.port, terms.address.tls) == ("counter", 7001, None)
    assert (terms.session.sender, terms.session.target) == ("US", "THEM")
    assert (terms.session.hours, terms.session.heartbeat_s) == ((time(8, 30), time(16, 30)), 10)
    assert terms.session.password is not None
    assert terms.session.password.reveal() == "tell-nobody"
    assert "tell-nobody" not in repr(terms)
    assert (terms.answer_within_s, terms.folder) == (3.0, tmp_path / "fix")


@pytest.mark.parametrize("missing", ["fix_host", "fix_sender", "fix_target"])
def test_a_fix_counter_needs_an_address_and_names(tmp_path: Path, missing: str) -> None:
    with pytest.raises(ValidationError, match=f"CALLCENTER_{missing.upper()}"):
        settings(tmp_path, **{**FIX, missing: None})


@pytest.mark.parametrize("end", ["fix_session_start", "fix_session_end"])
def test_hours_have_two_ends(tmp_path: Path, end: str) -> None:
    with pytest.raises(ValidationError, match="neither"):
        settings(tmp_path, **{end: "08:30"})
