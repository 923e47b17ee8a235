"""Lines of the log."""

import json

import pytest
import structlog
from structlog.contextvars import bound_contextvars

from callcenter import logs
from callcenter.domain.secret import Secret
from callcenter.telephony.ami_words import Secret as AmiSecret

PASSWORD = "246810"


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().err.splitlines()


def test_a_line_is_one_json_object(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up("json", "INFO")

    structlog.get_logger().info("call.began", did="4008", words="欢迎\n致电")

    [line] = lines(capsys)
    assert "欢迎" in line
    told = json.loads(line)
    assert (told["event"], told["level"], told["did"]) == ("call.began", "info", "4008")
    assert told["timestamp"].endswith("Z")


def test_the_calls_id_is_on_every_line(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up("json", "INFO")
    log = structlog.get_logger()

    with bound_contextvars(call_id="pbx-1.1"):
        log.info("order.placed")
        log.warning("recording.mute_failed")
    log.info("daemon.stopping")

    ids = [json.loads(line).get("call_id") for line in lines(capsys)]
    assert ids == ["pbx-1.1", "pbx-1.1", None]


@pytest.mark.parametrize("style", ["json", "console"])
@pytest.mark.parametrize("secret", [Secret(PASSWORD), AmiSecret(PASSWORD)], ids=["pin", "ami"])
def test_no_secret_is_printed(
    capsys: pytest.CaptureFixture[str], style: logs.Style, secret: object
) -> None:
    logs.set_up(style, "INFO")

    structlog.get_logger().info("login", password=secret, inside={"password": [secret]})

    [line] = lines(capsys)
    assert "login" in line
    assert PASSWORD not in line


def test_a_trace_stays_on_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up("json", "INFO")

    try:
        _ = 1 // 0
    except ZeroDivisionError:
        structlog.get_logger().exception("agi.handler_failed")

    [line] = lines(capsys)
    assert "ZeroDivisionError" in json.loads(line)["exception"]


@pytest.mark.parametrize("style", ["json", "console"])
def test_a_trace_shows_no_values(capsys: pytest.CaptureFixture[str], style: logs.Style) -> None:
    logs.set_up(style, "INFO")

    def fail(password: str) -> None:
        raise ZeroDivisionError

    try:
        fail("".join(reversed("018642")))
    except ZeroDivisionError:
        structlog.get_logger().exception("agi.handler_failed")

    written = "\n".join(lines(capsys))
    assert "ZeroDivisionError" in written
    assert PASSWORD not in written


def test_a_level_leaves_out_what_is_below_it(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up("console", "WARNING")

    structlog.get_logger().info("call.began")
    structlog.get_logger().warning("agi.full")

    [line] = lines(capsys)
    assert "agi.full" in line
