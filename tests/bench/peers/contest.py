"""One installation, and the contestants on it: the hotline and its peers, a number each."""

import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from itertools import cycle, islice
from operator import itemgetter
from pathlib import Path
from typing import Final

from callcenter.load.callers import Caller, demo_callers
from callcenter.load.model import Target
from callcenter.load.person import Placed
from callcenter.load.watch import processes
from tests.bench.parts import trees
from tests.bench.peers import dialplan
from tests.bench.peers.caller import Called, call
from tests.bench.peers.cost import Cost
from tests.bench.peers.dialogue import Turn, write
from tests.bench.peers.orders import as_placed, booked, noted
from tests.bench.peers.servers import program, serving
from tests.e2e.installation import Installation

HOTLINE, PLAIN, TAPED = "hotline", "plain", "plain-on-tape"
PANORAMISK, PYSTRIX, PROCESS = "panoramisk", "pystrix", "agi"
NUMBERS: Final = {
    PLAIN: "7000",
    HOTLINE: "4008",
    PANORAMISK: "7001",
    PYSTRIX: "7002",
    PROCESS: "7003",
    TAPED: "7004",
}
SERVERS: Final = {PANORAMISK: "by_panoramisk.py", PYSTRIX: "by_pystrix.py"}
_SEED: Final = 1
_SETTLES_S: Final = 3.0
_IDLES_S: Final = 10.0


class Contest:
    """
    Measures who answers.

    The hotline's callers are others each time, so that their money and what is said of it are the
    same; the peers do not know them.
    """

    def __init__(self, installation: Installation, custom: Path, sipp: Path) -> None:
        """`custom` is the folder of local dialplan, `sipp` the program."""
        self._installation = installation
        self._custom = custom
        self._sipp = sipp
        self._folder = custom.parent
        self._servers: dict[str, int] = {}
        self._idle: Mapping[str, float] = {}
        self._everyone = demo_callers(run=0)
        self._next = cycle(self._everyone)

    @contextmanager
    def ready(self, turns: Sequence[Turn]) -> Iterator[None]:
        """Run the peers' scripts, and have Asterisk know all numbers."""
        write(turns, self._turns)
        with ExitStack() as stack:
            words = (program("by_process.py", self._folder), self._turns, self._file(PROCESS))
            numbers = {
                PLAIN: dialplan.plain(turns),
                TAPED: dialplan.plain(turns, on_tape=True),
                PROCESS: dialplan.led_by(",".join(map(str, words))),
            }
            for name, script in SERVERS.items():
                server = serving(script, self._turns, self._file(name))
                port, self._servers[name] = stack.enter_context(server)
                numbers[name] = dialplan.led_by(f"agi://127.0.0.1:{port}/hotline")
            by_number = {NUMBERS[name]: does for name, does in numbers.items()}
            dialplan.lay(self._installation, self._custom, by_number)
            yield

    async def warm(self, name: str) -> None:
        """Have one call, so that what is done once is done."""
        await self._call(name, self._callers(name, 1))

    async def idle(self) -> None:
        """See what everybody uses when nobody calls."""
        before = self._everybodys_cpu_s()
        await asyncio.sleep(_IDLES_S)
        after = self._everybodys_cpu_s()
        self._idle = {part: (used - before[part]) / _IDLES_S for part, used in after.items()}

    async def measure(self, name: str, calls: int) -> Cost:
        """Let so many call at once, and return what that cost."""
        callers = self._callers(name, calls)
        arrived = len(await self._orders(name))
        before, began = self._cpu_s(name), time.monotonic()
        called = await self._call(name, callers)
        await asyncio.sleep(_SETTLES_S)
        took_s, after = time.monotonic() - began, self._cpu_s(name)
        return Cost(
            calls=called.calls,
            failures=called.failures,
            ordered=as_placed((await self._orders(name))[arrived:], called.placed),
            cpu_s={part: used - before[part] for part, used in after.items()},
            idle_cpu_s={part: self._idle[_idling(part, name)] * took_s for part in after},
            memory_mb=self._memory_mb(name),
        )

    async def _call(self, name: str, callers: Sequence[Caller]) -> Called:
        return await call(
            Target(host="127.0.0.1", port=self._installation.sip_port, number=NUMBERS[name]),
            callers,
            sipp=self._sipp,
            seed=_SEED,
        )

    def _callers(self, name: str, count: int) -> Sequence[Caller]:
        source = self._next if name == HOTLINE else iter(self._everyone)
        return list(islice(source, count))

    def _parts(self, name: str) -> Mapping[str, processes.Tree]:
        """Return the processes that serve a contestant's calls, those below them included."""
        everything = trees(self._installation)
        if name == HOTLINE:
            return everything
        script = processes.trees({"script": self._servers.get(name)})
        return {"asterisk": everything["asterisk"], **script}

    def _cpu_s(self, name: str) -> Mapping[str, float]:
        return {part: processes.cpu_s(tree) for part, tree in self._parts(name).items()}

    def _memory_mb(self, name: str) -> Mapping[str, float]:
        return {part: processes.memory(tree) / 2**20 for part, tree in self._parts(name).items()}

    def _everybodys_cpu_s(self) -> Mapping[str, float]:
        servers = processes.trees(self._servers)
        peers = {name: processes.cpu_s(tree) for name, tree in servers.items()}
        return {**self._cpu_s(HOTLINE), **peers}

    async def _orders(self, name: str) -> Sequence[Placed | None]:
        """Return the orders that a contestant has taken so far, the oldest first."""
        if name == HOTLINE:
            orders = await self._installation.ask("orders", "--last", "100000")
            return [booked(order) for order in sorted(orders, key=itemgetter("order_number"))]
        if name in (PLAIN, TAPED):
            log = self._installation.places.pbx / "log" / "messages.log"
            lines = log.read_text().splitlines()
            return [noted(line) for line in lines if dialplan.ORDERED in line]
        file = self._file(name)
        return [noted(line) for line in file.read_text().splitlines()] if file.exists() else []

    @property
    def _turns(self) -> Path:
        return self._folder / "turns"

    def _file(self, name: str) -> Path:
        """Return where a peer's script writes its orders."""
        return self._folder / f"{name}.orders"


def _idling(part: str, name: str) -> str:
    """Return under which name the idling of a part was measured."""
    return name if part == "script" else part
