"""What must be so before anything is started."""

import shutil
import socket
from collections import namedtuple
from collections.abc import Iterator
from pathlib import Path

import pytest

from callcenter.stack.preconditions import CannotStart, Port, check_ports, check_space

Usage = namedtuple("Usage", "total used free")
KINDS = pytest.mark.parametrize("kind", [socket.SOCK_STREAM, socket.SOCK_DGRAM], ids=["tcp", "udp"])


@pytest.fixture
def taken(kind: socket.SocketKind) -> Iterator[int]:
    """A port that something else listens on."""
    with socket.socket(socket.AF_INET, kind) as one:
        one.bind(("127.0.0.1", 0))
        if kind is socket.SOCK_STREAM:
            one.listen()
        number: int = one.getsockname()[1]
        yield number


@KINDS
def test_a_port_in_use_is_told_with_the_setting_that_moves_it(
    kind: socket.SocketKind, taken: int
) -> None:
    port = Port("Asterisk (SIP)", "CALLCENTER_SIP_PORT", "127.0.0.1", taken, kind)

    with pytest.raises(CannotStart) as refused:
        check_ports([port])

    assert str(refused.value) == (
        f"Asterisk (SIP) cannot listen on 127.0.0.1:{taken}: Address already in use. "
        "Stop what uses the port, or set CALLCENTER_SIP_PORT to another one."
    )


@KINDS
def test_a_port_that_is_free_stays_free(kind: socket.SocketKind) -> None:
    with socket.socket(socket.AF_INET, kind) as one:
        one.bind(("127.0.0.1", 0))
        number = one.getsockname()[1]
    port = Port("The daemon", "CALLCENTER_AGI_PORT", "127.0.0.1", number, kind)

    check_ports([port, port])


def test_an_address_of_another_machine_is_told(tmp_path: Path) -> None:
    port = Port("The daemon (HTTP)", "CALLCENTER_HTTP_PORT", "192.0.2.1", 8080)

    with pytest.raises(CannotStart, match=r"cannot listen on 192\.0\.2\.1:8080"):
        check_ports([port])


def test_a_full_disk_is_told_with_what_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(2**30, 2**30, 5 * 2**20))

    with pytest.raises(CannotStart, match=r"Only 5 MB are free at .*, and 300 MB are needed"):
        check_space(tmp_path)


def test_a_disk_with_room_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(2**40, 0, 2**40))

    check_space(tmp_path)
