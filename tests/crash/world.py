"""The broker's house of the harness: two servers, the link, and one driver after another."""

import asyncio
import json
import os
import random
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Final, Self

import asyncpg
import psutil

from callcenter.gateways.paper.seed import seed_demo
from callcenter.storage import migrate
from callcenter.storage.embedded import EmbeddedPostgres
from tests.crash import market
from tests.crash.cells import MovedClock, Setup, Spoken, Step, line, told_of
from tests.crash.judge import Booked
from tests.crash.relay import Relay

PROMISE_S: Final = 10.0
ANSWER_WITHIN_S: Final = 0.8

_READY_S: Final = 60.0
_OUR_LOCK: Final = "LOCK TABLE audit_trail IN SHARE MODE"
_OUR_FILLS_LOCK: Final = "LOCK TABLE fills IN SHARE MODE"
# A lock on a table would stop a statement of the counter before it is even prepared.
_COUNTERS_LOCK: Final = "SELECT pg_advisory_xact_lock(1)"
_COUNTERS_GATE: Final = (
    """
    CREATE FUNCTION paper.stand_at_the_gate() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM pg_advisory_xact_lock_shared(1);
        RETURN NEW;
    END
    $$
    """,
    """
    CREATE TRIGGER gate BEFORE INSERT ON paper.orders
    FOR EACH ROW EXECUTE FUNCTION paper.stand_at_the_gate()
    """,
)
_COUNT: Final = "SELECT count(*) FROM paper.orders"
_BOOKED: Final = """
    SELECT facts->>'number' AS number, facts->>'caller' AS caller, filled,
        COALESCE(cancelled, 0) AS cancelled
    FROM paper.orders
    WHERE state = 'accepted' AND facts->>'caller' = ANY($1)
"""
_WAITERS: Final = """
    SELECT count(*) FROM pg_stat_activity
    WHERE wait_event_type = 'Lock' AND datname = current_database()
"""
_ALL_STAND_S: Final = 0.3


class Server:
    """A PostgreSQL that can be killed and started again."""

    def __init__(self, home: Path, name: str) -> None:
        self._postgres = EmbeddedPostgres(home / name / "data", sockets=home / name / "run")
        self.socket = str(home / name / "run" / ".s.PGSQL.5432")

    @property
    def dsn(self) -> str:
        return self._postgres.libpq_dsn

    async def start(self) -> None:
        await asyncio.to_thread(self._postgres.start)

    async def stop(self) -> None:
        await asyncio.to_thread(self._postgres.stop)

    async def kill(self) -> None:
        """End all its processes by SIGKILL, at once."""
        pid = self._postgres.pid
        if pid is None:
            raise RuntimeError("the server does not run")
        main = psutil.Process(pid)
        ended = [_kill(process.pid) for process in (main, *main.children(recursive=True))]
        await asyncio.gather(*ended)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
        connection = await asyncpg.connect(self.dsn)
        try:
            yield connection
        finally:
            connection.terminate()


async def _kill(pid: int) -> None:
    """End a process, whoever's child it is, and return when it has ended."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(handle, ended.set)
    try:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(handle, signal.SIGKILL)
        await ended.wait()
    finally:
        loop.remove_reader(handle)
        os.close(handle)


class DriverProcess:
    """One daemon of ours, and what it has told so far."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._changed = asyncio.Condition()
        self.ready = False
        self.at_gate = 0
        self.settled = 0
        self.told: list[Spoken] = []
        self.defects: list[str] = []
        self._listening = asyncio.create_task(self._listen())

    @classmethod
    async def spawn(cls, log: Path) -> Self:
        """Start one that has read all its modules and waits for its setup."""
        with log.open("ab") as log_file:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "tests.crash.driver",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log_file,
            )
        return cls(process)

    def say(self, kind: str, what: object = None) -> None:
        if self._process.stdin is None:
            raise RuntimeError("the driver has no ears")
        self._process.stdin.write(line(kind, what))

    async def until(self, so: Callable[[], bool], what: str, *, within_s: float) -> None:
        """Return once it is so by what the driver has told; raise TimeoutError if it never is."""
        try:
            async with asyncio.timeout(within_s), self._changed:
                await self._changed.wait_for(lambda: so() or bool(self.defects))
        except TimeoutError:
            raise TimeoutError(f"not within {within_s:g} s: {what}") from None
        if self.defects:
            raise RuntimeError(self.defects[0])

    async def kill(self) -> None:
        with suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGKILL)
        await self._process.wait()
        await self._listening

    async def _listen(self) -> None:
        if self._process.stdout is None:
            raise RuntimeError("the driver has no mouth")
        while said := await self._process.stdout.readline():
            ((what, value),) = json.loads(said).items()
            async with self._changed:
                match what:
                    case "ready":
                        self.ready = True
                    case "at":
                        self.at_gate += 1
                    case "settled":
                        self.settled += 1
                    case "told":
                        self.told.append(told_of(value))
                    case "defect":
                        self.defects.append(value)
                    case _:
                        raise ValueError(what)
                self._changed.notify_all()


class World:
    def __init__(self, home: Path, seed: int) -> None:
        self._home = home
        self.ours = Server(home, "ours")
        self.counters = Server(home, "counter")
        self.relay = Relay(partial(asyncio.open_unix_connection, self.counters.socket))
        self.random = random.Random(seed)  # noqa: S311  a test may be repeated
        self._ahead_s = 0.0
        self._driver: DriverProcess | None = None
        self._spare: asyncio.Task[DriverProcess] | None = None

    @classmethod
    @asynccontextmanager
    async def built(cls, seed: int) -> AsyncIterator[Self]:
        """Make one with nothing in it but the demo's accounts. Nothing of it is left."""
        with tempfile.TemporaryDirectory(prefix="callcenter-crash-") as folder:
            world = cls(Path(folder), seed)
            try:
                await world._start()
                yield world
            finally:
                await world._stop()

    async def driver(self) -> DriverProcess:
        """Return the daemon that serves; if there is none, the next one, ready for orders."""
        if self._driver is None:
            self._driver = await (self._spare or self._spawn())
            self._spare = self._spawn()
            self._driver.say("start", asdict(self._setup()))
            driver = self._driver
            await driver.until(lambda: driver.ready, "a driver", within_s=_READY_S)
        return self._driver

    def _spawn(self) -> asyncio.Task[DriverProcess]:
        return asyncio.create_task(DriverProcess.spawn(self._home / "drivers.log"))

    async def kill_driver(self) -> None:
        if self._driver is not None:
            driver, self._driver = self._driver, None
            await driver.kill()

    async def move_market(self, callers: Collection[str]) -> None:
        """Let the counter cancel and fill orders of these callers."""
        await market.move(self.counters.dsn, MovedClock(self._ahead_s), callers)

    async def kill_counter(self) -> None:
        await self.counters.kill()
        self.relay.drop()

    async def start_counter(self) -> None:
        await self.counters.start()

    async def booked(self, callers: Collection[str]) -> Sequence[tuple[str, Booked]]:
        """Return what the counter has taken of these callers, by its books: caller and order."""
        async with self.counters.connection() as looking:
            rows = await looking.fetch(_BOOKED, list(callers))
        return [
            (
                row["caller"],
                Booked(number=row["number"], filled=row["filled"], cancelled=row["cancelled"]),
            )
            for row in rows
        ]

    async def forward(self, seconds: float) -> None:
        self._ahead_s += seconds
        (await self.driver()).say("forward", seconds)

    @asynccontextmanager
    async def hold(self, step: Step, callers: int) -> AsyncIterator[Callable[[], Awaitable[None]]]:
        """
        Keep orders standing in the middle of a step, and yield what waits until they do.

        Whoever holds them lets go with the end of the block.
        """
        match step:
            case Step.ANSWER:
                async with self._answers_held(callers) as standing:
                    yield standing
            case Step.BOOKS:
                async with self._books_held(callers) as standing:
                    yield standing
            case Step.APPLY:  # one statement for all of them
                async with self._locked(self.ours, _OUR_FILLS_LOCK, 1) as standing:
                    yield standing
            case _:
                async with self._locked(self.ours, _OUR_LOCK, callers) as standing:
                    yield standing

    @asynccontextmanager
    async def _books_held(self, callers: int) -> AsyncIterator[Callable[[], Awaitable[None]]]:
        async with self._locked(self.counters, _COUNTERS_LOCK, callers) as standing:
            yield standing

    @asynccontextmanager
    async def _answers_held(self, callers: int) -> AsyncIterator[Callable[[], Awaitable[None]]]:
        async with self.counters.connection() as looking, AsyncExitStack() as until_they_stand:
            before = await looking.fetchval(_COUNT)
            lock = self._locked(self.counters, _COUNTERS_LOCK, callers)
            standing = await until_they_stand.enter_async_context(lock)

            async def booked() -> int:
                return int(await looking.fetchval(_COUNT) - before)

            async def stand() -> None:
                await standing()
                self.relay.hold_answers()
                await until_they_stand.aclose()
                await stand_until(booked, callers)

            try:
                yield stand
            finally:
                self.relay.let_answers()

    @asynccontextmanager
    async def _locked(
        self, server: Server, lock: str, callers: int
    ) -> AsyncIterator[Callable[[], Awaitable[None]]]:
        async with server.connection() as holding, server.connection() as looking:
            await holding.execute("BEGIN")
            await holding.execute(lock)

            async def waiters() -> int:
                return int(await looking.fetchval(_WAITERS))

            yield lambda: stand_until(waiters, callers)

    def _setup(self) -> Setup:
        port = self.relay.port
        return Setup(
            dsn=self.ours.dsn,
            counter_dsn=f"postgresql://callcenter@127.0.0.1:{port}/callcenter?sslmode=disable",
            ahead_s=self._ahead_s,
            promise_s=PROMISE_S,
            answer_within_s=ANSWER_WITHIN_S,
        )

    async def _start(self) -> None:
        await asyncio.gather(self.ours.start(), self.counters.start())
        for server in (self.ours, self.counters):
            await migrate.upgrade(server.dsn)
        await seed_demo(self.counters.dsn, production=False)
        async with self.counters.connection() as making:
            for statement in _COUNTERS_GATE:
                await making.execute(statement)
        await self.relay.start()

    async def _stop(self) -> None:
        await self.kill_driver()
        if self._spare is not None:
            await (await self._spare).kill()
        await self.relay.stop()
        await asyncio.gather(self.ours.stop(), self.counters.stop())


async def stand_until(count: Callable[[], Awaitable[int]], callers: int) -> None:
    """Wait until as many stand as are called, or as many as come at once: a few may share."""
    loop = asyncio.get_running_loop()
    until = loop.time() + _READY_S
    while (standing := await count()) < callers and loop.time() < until:
        if standing:
            until = min(until, loop.time() + _ALL_STAND_S)
        await asyncio.sleep(0.005)
    if not standing:
        raise TimeoutError("no order came to stand at its step")
