"""
The process that captures, until SIGTERM.

    python -m callcenter.load.wire INTERFACE FIRST-PORT LAST-PORT ONE-IN FILE
"""

import json
import signal
import sys
import time
from pathlib import Path
from typing import BinaryIO, Final

from callcenter.load.wire.filter import Ports
from callcenter.load.wire.packets import packets_of
from callcenter.load.wire.ring import Ring

_EVERY_S: Final = 0.05


def main() -> None:
    interface, first, last, one_in, file = sys.argv[1:]
    ports = Ports(first=int(first), last=int(last), one_in=int(one_in))
    with Ring(interface, ports) as ring:
        captured = _capture(ring, ports, Path(file))
        told = {"captured": captured, "dropped": ring.dropped()}
    sys.stdout.write(json.dumps(told))


def _capture(ring: Ring, ports: Ports, file: Path) -> int:
    """Write what comes until we are told to stop; return how many packets that were."""
    stopped = False

    def stop(*_: object) -> None:
        nonlocal stopped
        stopped = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal's: whoever started us ends us
    captured = 0
    with file.open("wb") as written:
        sys.stdout.write("capturing\n")
        sys.stdout.flush()
        while not stopped:
            time.sleep(_EVERY_S)
            captured += _kept(ring, ports, written)
        captured += _kept(ring, ports, written)  # we may have been told before our first look
    return captured


def _kept(ring: Ring, ports: Ports, written: BinaryIO) -> int:
    captured = 0
    for frames in ring.read():
        packets_of(frames, ports.first, ports.last).tofile(written)
        captured += len(frames)
    return captured


main()
