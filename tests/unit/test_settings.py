"""What an operator may set."""

from datetime import timedelta
from pathlib import Path

import pytest

from callcenter.app import load_settings
from callcenter.settings import Settings


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Nothing is set."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"CALLCENTER_{name.upper()}", raising=False)
    return monkeypatch


@pytest.fixture
def production(clean: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, str]:
    """What production must say."""
    secret = tmp_path / "secret"
    secret.touch()
    return {
        "CALLCENTER_ENVIRONMENT": "production",
        "CALLCENTER_DATABASE_URL_FILE": str(secret),
        "CALLCENTER_AMI_SECRET_FILE": str(secret),
        "CALLCENTER_TRUNK_MATCH": "192.0.2.10",
    }


def test_the_demo_needs_no_settings() -> None:
    settings = load_settings()

    assert settings.environment == "demo"
    assert settings.host == settings.ami_host == settings.sip_host == "127.0.0.1"
    assert settings.branches["6003"] == "003"


def test_each_is_read_from_its_variable(clean: pytest.MonkeyPatch) -> None:
    clean.setenv("CALLCENTER_AGI_PORT", "14573")
    clean.setenv("CALLCENTER_STATE_DIR", "/srv/callcenter")
    clean.setenv("CALLCENTER_BRANCHES", '{"6001": "001"}')
    clean.setenv("CALLCENTER_ESPEAK_COMMAND", '["espeak-ng", "-z"]')
    clean.setenv("CALLCENTER_FAILED_LOGINS_WITHIN", "PT2H")

    settings = load_settings()

    assert settings.agi_port == 14573
    assert settings.state_dir == Path("/srv/callcenter")
    assert settings.branches == {"6001": "001"}
    assert settings.espeak_command == ("espeak-ng", "-z")
    assert settings.failed_logins_within == timedelta(hours=2)


def test_production_runs_when_all_is_said(
    clean: pytest.MonkeyPatch, production: dict[str, str]
) -> None:
    for name, value in production.items():
        clean.setenv(name, value)

    assert load_settings().environment == "production"


@pytest.mark.parametrize("name", ["DATABASE_URL_FILE", "AMI_SECRET_FILE", "TRUNK_MATCH"])
def test_production_has_no_default_for_what_keeps_it_safe(
    clean: pytest.MonkeyPatch, production: dict[str, str], name: str
) -> None:
    for each, value in production.items():
        clean.setenv(each, value)
    clean.delenv(f"CALLCENTER_{name}")

    with pytest.raises(ValueError, match=f"^production needs CALLCENTER_{name}$"):
        load_settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AGI_PORT", "none"),
        ("HTTP_PORT", "0"),
        ("TRIES", "-1"),
        ("DRAIN_S", "-0.5"),
        ("LOG_STYLE", "xml"),
        ("ENVIRONMENT", "test"),
        ("FAILED_LOGINS_WITHIN", "a while"),
        ("AMI_SECRET_FILE", "/there/is/no/such/file"),
        ("QUOTES", "elsewhere"),
        ("SINA_ADDRESS", "hq.sinajs.cn"),
        ("TENCENT_ADDRESS", "http://qt.gtimg.cn/q="),
        ("RECORDED_DIR", "/there/is/no/such/folder"),
    ],
)
def test_a_wrong_setting_is_named(clean: pytest.MonkeyPatch, name: str, value: str) -> None:
    clean.setenv(f"CALLCENTER_{name}", value)

    with pytest.raises(ValueError, match=f"^CALLCENTER_{name}: [^\n]+$"):
        load_settings()


def test_all_wrong_settings_are_named_at_once(clean: pytest.MonkeyPatch) -> None:
    clean.setenv("CALLCENTER_TRIES", "0")
    clean.setenv("CALLCENTER_AGI_PORT", "x")

    with pytest.raises(ValueError, match=r"CALLCENTER_AGI_PORT: .*; CALLCENTER_TRIES: "):
        load_settings()


@pytest.mark.parametrize("name", ["QUOTES", "QUOTES_SECOND"])
def test_a_recording_lies_somewhere(clean: pytest.MonkeyPatch, name: str) -> None:
    clean.setenv(f"CALLCENTER_{name}", "recorded")

    with pytest.raises(ValueError, match=r"^recorded quotes need CALLCENTER_RECORDED_DIR$"):
        load_settings()


@pytest.mark.parametrize("promise_s", ["4", "5"])
def test_a_promise_outlasts_an_answer(clean: pytest.MonkeyPatch, promise_s: str) -> None:
    clean.setenv("CALLCENTER_COUNTER_ANSWER_WITHIN_S", "5")
    clean.setenv("CALLCENTER_ORDER_PROMISE_S", promise_s)

    with pytest.raises(ValueError, match="order_promise_s must be longer"):
        load_settings()


@pytest.mark.parametrize("promise_s", ["9", "10"])
def test_a_promise_of_a_transfer_outlasts_its_answer(
    clean: pytest.MonkeyPatch, promise_s: str
) -> None:
    clean.setenv("CALLCENTER_BANK_ANSWER_WITHIN_S", "10")
    clean.setenv("CALLCENTER_TRANSFER_PROMISE_S", promise_s)

    with pytest.raises(ValueError, match="transfer_promise_s must be longer"):
        load_settings()
