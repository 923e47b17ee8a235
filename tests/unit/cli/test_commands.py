"""The commands themselves."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from callcenter.domain.errors import StoreUnavailable
from callcenter.places import Places
from callcenter.settings import Settings
from callcenter.stack.preconditions import CannotStart
from callcenter.stack.stack import Stack
from tests.unit.api.scrape import free_port
from tests.unit.cli.typed import type_in

NEED_SETTINGS = [
    ["serve"],
    ["migrate"],
    ["up"],
    ["down"],
    ["status"],
    ["phone"],
    ["demo"],
    ["log-files"],
    ["calls"],
    ["audit", "verify"],
    ["rules", "show"],
]


@pytest.mark.parametrize("command", NEED_SETTINGS, ids=" ".join)
def test_a_wrong_setting_is_a_sentence(monkeypatch: pytest.MonkeyPatch, command: list[str]) -> None:
    monkeypatch.setenv("CALLCENTER_AGI_PORT", "none")

    typed = type_in(*command)

    assert (typed.exit_code, typed.stdout) == (1, "")
    assert typed.stderr.startswith("CALLCENTER_AGI_PORT: Input should be a valid integer")
    assert typed.stderr.endswith("docs/runbook.md lists the settings.\n")
    assert len(typed.stderr.splitlines()) == 1


@pytest.mark.parametrize("time", ["0001-01-01T00:00", "9999-12-31T23:59", "soon"])
def test_a_clock_is_not_set_to_what_no_database_keeps(time: str) -> None:
    typed = type_in("paper", "clock", time)

    assert (typed.exit_code, typed.stdout) == (1, "")
    assert typed.stderr.startswith(f"{time} is n")


@pytest.mark.parametrize("command", ["orders", "fills", "applications", "transfers"])
def test_a_list_is_not_longer_than_anybody_reads(command: str) -> None:
    assert type_in(command, "--last", "99999999999999999999").exit_code == 2


@pytest.mark.parametrize("command", [["--help"], ["calls", "--help"], ["phone", "--help"]])
def test_help_is_there_even_then(monkeypatch: pytest.MonkeyPatch, command: list[str]) -> None:
    monkeypatch.setenv("CALLCENTER_AGI_PORT", "none")

    assert type_in(*command).exit_code == 0


def test_what_keeps_it_from_starting_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def up(_: Stack) -> None:
        raise CannotStart("Stop what uses the port.")

    monkeypatch.setattr(Stack, "up", up)

    typed = type_in("up")

    assert (typed.exit_code, typed.stderr) == (1, "Stop what uses the port.\n")


def test_a_daemon_without_the_secrets_of_up_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CALLCENTER_STATE_DIR", str(tmp_path))

    typed = type_in("serve")

    assert typed.exit_code == 1
    assert typed.stderr.startswith("The daemon cannot start: ")
    assert typed.stderr.endswith("`callcenter up` starts it with all it needs.\n")


def test_a_daemon_whose_port_is_taken_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    Places(tmp_path).make()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setenv("CALLCENTER_STATE_DIR", str(tmp_path))
        monkeypatch.setenv("CALLCENTER_AMI_PORT", str(free_port()))
        monkeypatch.setenv("CALLCENTER_HTTP_PORT", str(taken.getsockname()[1]))

        typed = type_in("serve")

    assert typed.exit_code == 1
    assert "address already in use" in typed.stderr


def test_a_database_that_is_away_cannot_be_migrated(monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(_: Settings) -> None:
        raise StoreUnavailable("the database does not answer")

    monkeypatch.setattr("callcenter.app.prepare_database", away)

    typed = type_in("migrate")

    assert (typed.exit_code, typed.stderr) == (1, "the database does not answer\n")


def test_the_status_fails_unless_all_parts_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CALLCENTER_STATE_DIR", str(tmp_path))

    typed = type_in("status")

    assert typed.exit_code == 1
    assert typed.stdout.splitlines() == [
        "postgresql  does not run",
        "asterisk    does not run",
        "daemon      does not run",
    ]


def test_a_hotline_that_does_not_answer_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    monkeypatch.setenv("CALLCENTER_AGI_PORT", str(port))

    typed = type_in("phone", "--keys", "1")

    assert typed.exit_code == 1
    assert typed.stderr.startswith(f"The hotline does not answer at 127.0.0.1:{port}: ")


def test_without_a_keyboard_keys_must_be_given() -> None:
    typed = type_in("phone")

    assert typed.exit_code == 1
    assert typed.stderr == ("There is no keyboard here. Say which keys to press with --keys.\n")


def test_a_rule_book_that_is_wrong_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    Places(tmp_path).make()
    monkeypatch.setenv("CALLCENTER_STATE_DIR", str(tmp_path))
    monkeypatch.setenv("CALLCENTER_RULE_CHOICES", '{"no-such": "choice"}')

    typed = type_in("serve")

    assert typed.exit_code == 1
    assert "no-such is no choice of the book" in typed.stderr


def test_a_start_waits_for_no_library_that_few_commands_need() -> None:
    few = "{'alembic', 'aiohttp', 'numpy', 'reportlab', 'sqlalchemy'}"

    assert _loaded_of(few, "up") == "set()\n"


def test_a_command_waits_for_no_library_that_only_others_need() -> None:
    others = "{'aiohttp', 'call_center_tools', 'callcenter.stack', 'callcenter.load', 'reportlab'}"

    assert _loaded_of(others, "menu") == "set()\n"


def _loaded_of(modules: str, command: str) -> str:
    """Return which of these modules are loaded once this command can be typed."""
    code = (
        "import sys; from callcenter.cli.commands import command_line; "
        f"command_line({command!r}); print({modules} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout


def test_a_daemon_that_nobody_tells_to_begin_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    def begin(_: Settings) -> None:
        pytest.fail("It began.")

    monkeypatch.setattr("callcenter.app.serve", begin)

    assert type_in("serve", "--when-told").exit_code == 0
