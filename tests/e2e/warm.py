"""
`callcenter` in a process that has imported it already: commands for whoever types many of them.

A command is a fork of a process that waits, with the arguments, the folder, the streams and the
exit code of what was typed. Only the start of a Python and its imports are left out.
"""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, NoReturn

from callcenter.__main__ import main
from callcenter.cli.commands import command_line

_MOST: Final = 65_536  # bytes of a command
_TYPED: Final = """\
#!{python} -IS
import json, os, socket, sys
line = socket.socket(socket.AF_UNIX)
line.connect({at!r})
socket.send_fds(line, [json.dumps([os.getcwd(), sys.argv]).encode()], [0, 1, 2])
sys.exit(line.recv(1)[0])
"""


@contextmanager
def warm_command(command: Path, environment: dict[str, str]) -> Iterator[None]:
    """Have this file be `callcenter` for as long as the block lasts."""
    name = f"callcenter-{os.getpid()}"
    waiting = [sys.executable, "-m", "tests.e2e.warm", name]
    with subprocess.Popen(waiting, env=environment, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline(), "the commands cannot be imported"
            command.write_text(_TYPED.format(python=sys.executable, at=_address(name)))
            command.chmod(0o755)
            yield
        finally:
            process.terminate()


def _address(name: str) -> str:
    return f"\0{name}"  # in no folder, whose path may be too long for a socket


def _wait(name: str) -> NoReturn:
    command_line()
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(_address(name))
        listening.listen()
        os.write(1, b"ready\n")
        while True:
            line, _ = listening.accept()
            if os.fork() == 0:
                _run(line)
            line.close()
            with suppress(ChildProcessError):
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass


def _run(line: socket.socket) -> NoReturn:
    code = 1
    try:
        asked, streams, *_ = socket.recv_fds(line, _MOST, 3)
        for stream, received in enumerate(streams):
            os.dup2(received, stream)
        folder, sys.argv = json.loads(asked)
        os.chdir(folder)
        code = _exit_code()
    finally:
        line.send(bytes([code]))
        os._exit(code)


def _exit_code() -> int:
    code: object = 0
    try:
        main()
    except SystemExit as end:
        code = end.code
    sys.stdout.flush()
    sys.stderr.flush()
    return code if isinstance(code, int) else int(code is not None)


if __name__ == "__main__":
    _wait(sys.argv[1])
