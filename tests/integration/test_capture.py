"""A capture of what really goes over this machine's loopback, where we may capture."""

import asyncio
import socket
from datetime import UTC, datetime
from pathlib import Path

import pytest

from callcenter.load.wire.capture import CannotCapture, Capture, interface_to
from callcenter.load.wire.filter import Ports
from tests.unit.load.wire.line import A_LAW, LOUD, rtp

PACKETS = 300


def may_capture() -> bool:
    try:
        socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0).close()
    except PermissionError:
        return False
    return True


needs_rights = pytest.mark.skipif(not may_capture(), reason="needs CAP_NET_RAW")


@needs_rights
async def test_every_packet_on_loopback_is_counted_once_and_the_file_is_removed(
    tmp_path: Path,
) -> None:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as pbx,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone,
    ):
        pbx_port = _bound_to_even(pbx)
        phone.bind(("127.0.0.1", 0))
        ports = Ports(first=pbx_port, last=pbx_port + 1)
        file = tmp_path / "capture"

        async with await Capture.start(interface_to("127.0.0.1"), ports, file) as capture:
            for number in range(PACKETS):
                pbx.sendto(rtp(A_LAW, number, 160 * number, 7, LOUD), phone.getsockname())
            await capture.stop()
            wire = await capture.analyse((), datetime.now(UTC))

    assert (wire.calls, wire.packets_received, wire.packets_lost) == (1, PACKETS, 0)
    assert wire.dropped_by_capture == 0
    assert not file.exists()


@needs_rights
async def test_an_interface_that_is_not_there_is_told(tmp_path: Path) -> None:
    ports = Ports(first=10_000, last=20_000)

    with pytest.raises(CannotCapture, match="nowhere0"):
        await Capture.start("nowhere0", ports, tmp_path / "capture")


async def test_packets_to_ourselves_go_over_loopback() -> None:
    assert await asyncio.to_thread(interface_to, "127.0.0.1") == "lo"


def _bound_to_even(one: socket.socket) -> int:
    for port in range(20_000, 25_000, 2):
        try:
            one.bind(("127.0.0.1", port))
        except OSError:
            continue
        return port
    raise RuntimeError("no free port")
