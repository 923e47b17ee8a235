"""What must be so before anything is started, each with a sentence that says what to do."""

import shutil
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_NEEDED_BYTES: Final = 300 * 1024 * 1024


class CannotStart(Exception):
    """Something is in the way. The message is for the person who started us."""


@dataclass(frozen=True, slots=True)
class Port:
    """A port that a part of ours will listen on."""

    what: str
    setting: str
    host: str
    number: int
    kind: socket.SocketKind = socket.SOCK_STREAM


def check_space(directory: Path) -> None:
    free = shutil.disk_usage(directory).free
    if free < _NEEDED_BYTES:
        raise CannotStart(
            f"Only {free // 2**20} MB are free at {directory}, and {_NEEDED_BYTES // 2**20} MB "
            "are needed. Free some, or set CALLCENTER_STATE_DIR to a larger disk."
        )


def check_ports(ports: Iterable[Port]) -> None:
    for port in ports:
        try:
            _try(port)
        except OSError as error:
            raise CannotStart(
                f"{port.what} cannot listen on {port.host}:{port.number}: {error.strerror}. "
                f"Stop what uses the port, or set {port.setting} to another one."
            ) from error


def _try(port: Port) -> None:
    with socket.socket(socket.AF_INET, port.kind) as one:
        if port.kind is socket.SOCK_STREAM:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        one.bind((port.host, port.number))
