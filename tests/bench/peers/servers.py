"""The peers' scripts: servers that run by themselves, and a program that Asterisk runs."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psutil

from tests.e2e.installation import wait_until

SCRIPTS: Final = Path(__file__).with_name("scripts")


def program(script: str, folder: Path) -> Path:
    """Return a copy that begins with the very interpreter, and not with one that looks for it."""
    interpreter = Path(sys.executable).resolve()
    _, _, below = (SCRIPTS / script).read_text().partition("\n")
    copy = folder / script
    copy.write_text(f"#!{interpreter}\n{below}")
    copy.chmod(0o755)
    return copy


@contextmanager
def serving(script: str, turns: Path, orders: Path) -> Iterator[tuple[int, int]]:
    """Run a FastAGI server until the end of the block; its port and its pid."""
    port = _free_port()
    words = [sys.executable, SCRIPTS / script, port, turns, orders]
    with (
        orders.with_suffix(".log").open("wb") as log,
        subprocess.Popen([*map(str, words)], stdout=log, stderr=log) as process,
    ):
        try:
            server = psutil.Process(process.pid)
            wait_until(lambda: _listens(server), f"the start of {script}")
            yield port, process.pid
        finally:
            process.kill()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _listens(server: psutil.Process) -> bool:
    """Tell it by the system's tables: panoramisk spins for ever when somebody only connects."""
    return any(one.status == psutil.CONN_LISTEN for one in server.net_connections("tcp"))
