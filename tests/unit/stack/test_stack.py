"""PostgreSQL, Asterisk and the daemon: started in order, or not at all."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil
import pytest

import callcenter.app as parts
from callcenter.settings import Settings
from callcenter.stack import stack
from callcenter.stack.preconditions import CannotStart
from callcenter.stack.stack import Stack

ORDERED = ["start daemon", "start postgresql", "prepare", "tell daemon"]
ALL = ["start asterisk", *ORDERED]


class Part:
    """One part. Tells the machine what is done to it, and fails where it is told to."""

    def __init__(self, machine: "Machine", name: str) -> None:
        self.name = name
        self.runs = False
        self.log_file = machine.log_dir / f"{name}.log"
        self._machine = machine

    @property
    def program(self) -> "Part":
        return self

    @property
    def pid(self) -> int | None:
        return 4711 if self.runs else None

    def process(self) -> psutil.Process | None:
        return psutil.Process() if self.runs else None

    def install(self) -> None:
        self._machine.do("install")

    def start(
        self,
        command: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
        *,
        waits: bool = False,
    ) -> None:
        self.runs = True
        self._machine.do(f"start {self.name}")

    def tell(self) -> None:
        self._machine.do(f"tell {self.name}")

    def wait_ready(self) -> None:
        self._machine.do(f"wait {self.name}")

    def stop(self) -> bool:
        ran, self.runs = self.runs, False
        self._machine.did.append(f"stop {self.name}")
        return ran

    def last_words(self) -> str:
        return "no such table"


class Machine:
    """Where the parts run. Remembers what was done, and what the person was told."""

    def __init__(self, state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.did: list[str] = []
        self.said: list[str] = []
        self.fails_at = ""
        self.log_dir = state / "log"
        self.postgresql, self.asterisk, self.daemon = (
            Part(self, name) for name in ("postgresql", "asterisk", "daemon")
        )
        self.settings = Settings(state_dir=state)
        monkeypatch.setattr(parts, "embedded_postgres", lambda _: self.postgresql)
        monkeypatch.setattr(stack, "Pbx", lambda *_: self.asterisk)
        monkeypatch.setattr(stack, "Background", lambda *_, **__: self.daemon)
        monkeypatch.setattr(parts, "prepare_database", self._prepare)
        monkeypatch.setattr(stack, "check_space", lambda _: None)
        monkeypatch.setattr(stack, "check_ports", lambda _: self.do("ports"))
        monkeypatch.setattr(stack, "_not_ready", lambda _: "")

    def stack(self) -> Stack:
        return Stack(self.settings, self.said.append)

    def do(self, step: str) -> None:
        self.did.append(step)
        if step == self.fails_at:
            raise CannotStart(f"{step} failed")

    @property
    def changed(self) -> list[str]:
        """What was started, prepared and stopped."""
        kinds = ("start", "stop", "prepare", "tell")
        return [step for step in self.did if step.startswith(kinds)]

    async def _prepare(self, _: Settings) -> None:
        self.do("prepare")


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(tmp_path, monkeypatch)


def test_all_parts_are_started_in_order(machine: Machine) -> None:
    machine.stack().up()

    assert sorted(machine.changed) == sorted(ALL)  # Asterisk beside the others
    assert [step for step in machine.changed if "asterisk" not in step] == ORDERED
    assert machine.changed[-1] == "tell daemon"
    assert machine.said == ["PostgreSQL is up", "Asterisk is up", "The daemon takes calls"]


def test_what_runs_is_not_started_again(machine: Machine) -> None:
    machine.stack().up()
    machine.did.clear()

    machine.stack().up()

    assert machine.changed == ["prepare"]


def test_only_what_is_missing_is_started(machine: Machine) -> None:
    machine.stack().up()
    machine.daemon.runs = False
    machine.did.clear()

    machine.stack().up()

    assert machine.changed == ["start daemon", "prepare", "tell daemon"]


@pytest.mark.parametrize(
    "step",
    [
        "ports",
        "install",
        "start postgresql",
        "start asterisk",
        "start daemon",
        "prepare",
        "tell daemon",
        "wait asterisk",
    ],
)
def test_a_failure_leaves_nothing_that_was_started(machine: Machine, step: str) -> None:
    machine.fails_at = step

    with pytest.raises(CannotStart, match=f"^{step} failed$"):
        machine.stack().up()

    assert machine.did[-3:] == ["stop daemon", "stop asterisk", "stop postgresql"]


def test_a_failure_leaves_alone_what_ran_before(machine: Machine) -> None:
    machine.postgresql.runs = machine.asterisk.runs = True
    machine.fails_at = "start daemon"

    with pytest.raises(CannotStart):
        machine.stack().up()

    assert machine.changed[-1] == "stop daemon"
    assert machine.postgresql.runs
    assert machine.asterisk.runs


def test_a_daemon_that_ends_at_once_has_the_last_word(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine.daemon, "process", lambda: None)

    with pytest.raises(CannotStart, match=r"^The daemon ended at once:\nno such table$"):
        machine.stack().up()


def test_a_daemon_that_does_not_get_ready_says_why(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stack, "_DAEMON_S", 0.05)
    monkeypatch.setattr(stack, "_not_ready", lambda _: "no link to Asterisk")

    with pytest.raises(CannotStart, match=r"not ready after 0\.05 s: no link to Asterisk"):
        machine.stack().up()


def test_down_stops_the_daemon_first_and_the_database_last(machine: Machine) -> None:
    machine.stack().up()
    machine.did.clear()
    machine.said.clear()

    machine.stack().down()

    assert machine.changed == ["stop daemon", "stop asterisk", "stop postgresql"]
    assert machine.said == ["daemon: stopped", "Asterisk: stopped", "PostgreSQL: stopped"]


def test_down_may_be_said_twice(machine: Machine) -> None:
    machine.stack().down()

    assert machine.said[0] == "daemon: was not running"


def test_the_status_tells_each_part(machine: Machine) -> None:
    machine.postgresql.runs = True

    assert machine.stack().status() == {"postgresql": 4711, "asterisk": None, "daemon": None}


def test_only_logs_that_exist_are_named(machine: Machine) -> None:
    machine.log_dir.mkdir()
    machine.daemon.log_file.touch()

    assert machine.stack().log_files() == [machine.daemon.log_file]


def test_a_database_of_somebody_else_is_neither_started_nor_stopped(
    machine: Machine, tmp_path: Path
) -> None:
    address = tmp_path / "database-url"
    address.write_text("postgresql://elsewhere/callcenter")
    machine.settings = Settings(state_dir=tmp_path, database_url_file=address)

    machine.stack().up()
    assert set(machine.changed) == {step for step in ALL if "postgresql" not in step}
    assert set(machine.stack().status()) == {"asterisk", "daemon"}

    machine.stack().down()
    assert "stop postgresql" not in machine.did
