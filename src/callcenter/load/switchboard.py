"""
Between SIPp and the persons: SIPp says what its calls do, and we say who calls and when to hang up.

This is the far end of SIPp's "third party call control" (option -3pcc): one TCP connection that
carries messages like SIP headers, each ended by an escape character. call.xml asks who calls
("begin"), tells that the PBX answered and where it wants its RTP ("answered"), waits for our word
to hang up, and tells the end ("ended"). A call that fails is told as an aborted one; why, is in
SIPp's error file.
"""

import asyncio
import re
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from callcenter.load.crowd import Attempt, Crowd
from callcenter.load.model import Clock
from callcenter.load.person import Placed, Stranded
from callcenter.load.scenarios import SCENARIOS, Dialogue

ABORTED: Final = "aborted by SIPp"
_END: Final = b"\x1b"
_HEADER: Final = re.compile(r"^([\w-]+): *(.*?)\r?$", re.MULTILINE)


@dataclass(slots=True)
class Counts:
    """What has happened so far."""

    begun: int = 0
    answered: int = 0
    ended: int = 0
    failed: int = 0
    orders: int = 0  # confirmed

    @property
    def up(self) -> int:
        return self.begun - self.ended

    def copy(self) -> "Counts":
        return replace(self)


class Switchboard:
    """Serves one SIPp. `dialogues` are what a scenario of the crowd is, by name."""

    def __init__(
        self, crowd: Crowd, clock: Clock, dialogues: Mapping[str, Dialogue] = SCENARIOS
    ) -> None:
        self.counts = Counts()
        self.finished: dict[str, Attempt] = {}
        self._crowd = crowd
        self._clock = clock
        self._dialogues = dialogues
        self._calls: dict[str, Attempt] = {}
        self._talking: dict[str, asyncio.Task[None]] = {}
        self._waiting: deque[str] = deque()
        self._writer: asyncio.StreamWriter | None = None
        self._server: asyncio.Server | None = None
        self._stopping = False
        self._connected = asyncio.Event()

    async def open(self) -> int:
        """Listen for SIPp; return on which port."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def connected(self) -> None:
        """Return once SIPp is there."""
        await self._connected.wait()

    async def close(self) -> None:
        """Give up the calls that SIPp has not ended."""
        tasks = list(self._talking.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        for call_id in list(self._calls):
            self._finish(call_id, failure="was still up when the run was over")
        if self._server is not None:
            self._server.close()
        if self._writer is not None:
            self._writer.close()

    def hang_up_all(self) -> None:
        """Let everyone hang up now; what they did until then counts."""
        self._stopping = True
        for task in self._talking.values():
            task.cancel()

    @property
    def placed(self) -> Sequence[Placed]:
        """The orders that were confirmed in calls that are over."""
        return [order for call in self.finished.values() for order in call.person.placed]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._connected.set()
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                self._take(_headers(await reader.readuntil(_END)))

    def _take(self, told: Mapping[str, str]) -> None:
        call_id, now = told.get("call-id", ""), told.get("now")
        if now == "begin":
            self._waiting.append(call_id)
            self._connect_waiting()
        elif call_id not in self._calls:
            return  # it was given up
        elif now == "answered":
            self._answered(call_id, *told["media"].split())
        elif now == "ended":
            self._finish(call_id)
        elif told.get("internal-cmd") == "abort_call":
            self._finish(call_id, failure=ABORTED)

    def _connect_waiting(self) -> None:
        """Let who waits call, as far as there are callers at home."""
        while self._waiting and (attempt := self._crowd.lift()) is not None:
            call_id = self._waiting.popleft()
            self._calls[call_id] = attempt
            self.counts.begun += 1
            person, port = attempt.person, attempt.telephone.port
            self._tell(call_id, f"Caller: {person.caller.number}\r\nPort: {port}\r\n")

    def _answered(self, call_id: str, host: str, port: str) -> None:
        attempt = self._calls[call_id]
        attempt.answered_at = self._clock()
        self.counts.answered += 1
        talk = self._talk(call_id, attempt, host, int(port))
        self._talking[call_id] = asyncio.create_task(talk, name=f"load-{call_id}")

    async def _talk(self, call_id: str, attempt: Attempt, host: str, port: int) -> None:
        """Let the person do what the scenario says, and hang up."""
        try:
            async with attempt.telephone.connected(host, port):
                await self._dialogues[attempt.scenario](attempt.person)
        except Stranded as stranded:
            attempt.failure = stranded.cause
        except asyncio.CancelledError:
            if not self._stopping:
                raise
        self._tell(call_id, "")

    def _finish(self, call_id: str, failure: str | None = None) -> None:
        attempt = self._calls.pop(call_id)
        attempt.failure = attempt.failure or failure
        if (task := self._talking.pop(call_id, None)) is not None:
            task.cancel()
        self._crowd.put_down(attempt)
        self.finished[call_id] = attempt
        self.counts.ended += 1
        self.counts.failed += attempt.failure is not None
        self.counts.orders += len(attempt.person.placed)
        self._connect_waiting()

    def _tell(self, call_id: str, headers: str) -> None:
        if self._writer is not None and not self._writer.is_closing():
            self._writer.write(f"Call-ID: {call_id}\r\n{headers}\r\n".encode() + _END)


def _headers(message: bytes) -> Mapping[str, str]:
    found = _HEADER.findall(message.decode(errors="replace"))
    return {name.lower(): value for name, value in found}
