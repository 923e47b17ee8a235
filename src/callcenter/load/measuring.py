"""What is measured beside the calls: the packets, and the programs of our own installation."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from callcenter.load.model import Plan, Watched, Wire
from callcenter.load.run import Calls
from callcenter.load.wire.capture import CannotCapture, Capture, interface_to
from callcenter.load.wire.filter import Ports

_ANY_PORT: Final = (10_000, 33_998)  # below those of the telephones
_CAPTURED_AT_ONCE: Final = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class Pbx:
    """What is known of a PBX on this machine."""

    rtp_first: int
    rtp_last: int


class Measuring:
    """Measures from the beginning of the `async with` on. What cannot be seen, is in `notes`."""

    def __init__(self, plan: Plan, pbx: Pbx | None, folder: Path) -> None:
        self.notes: list[str] = []
        self.watched = Watched()
        self._plan = plan
        self._pbx = pbx
        self._folder = folder
        self._capture: Capture | None = None

    async def __aenter__(self) -> Self:
        first, last = (self._pbx.rtp_first, self._pbx.rtp_last) if self._pbx else _ANY_PORT
        ports = Ports(first=first, last=last, one_in=_one_in(self._plan.calls_at_once))
        try:
            interface = interface_to(self._plan.target.host)
            self._capture = await Capture.start(interface, ports, self._folder / "wire.packets")
        except CannotCapture as error:
            self.notes.append(f"Nothing is known of the wire: {error}.")
        return self

    async def __aexit__(self, *exc: object) -> None:
        if self._capture is not None:
            await self._capture.__aexit__(*exc)

    async def wire(self, calls: Calls) -> Wire | None:
        """Return what was on the wire, None if we could not look."""
        if self._capture is None:
            return None
        await self._capture.stop()
        return await self._capture.analyse(calls.traces, calls.began)


def _one_in(calls_at_once: int) -> int:
    """Sample large runs, so that capturing costs the machine little: a power of two."""
    one_in = 1
    while calls_at_once / one_in > _CAPTURED_AT_ONCE:
        one_in *= 2
    return one_in
