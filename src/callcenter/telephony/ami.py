"""The AMI client: one link to Asterisk, kept up; actions with deadlines; events by subscription."""

import asyncio
import secrets
from collections.abc import Mapping
from random import SystemRandom
from typing import Final
from uuid import uuid4

import structlog

from callcenter.telephony.ami_events import LINK_UP, LINK_UP_MESSAGE, EventStream
from callcenter.telephony.ami_link import AmiLink
from callcenter.telephony.ami_words import (
    AmiDisconnected,
    AmiError,
    AmiMessage,
    AmiProtocolError,
    AmiRefused,
    AmiResponse,
    AmiTimeout,
    Application,
    Extension,
    Field,
    Fields,
    Secret,
)

__all__ = [
    "LINK_UP",
    "AmiClient",
    "AmiDisconnected",
    "AmiError",
    "AmiMessage",
    "AmiProtocolError",
    "AmiRefused",
    "AmiResponse",
    "AmiTimeout",
    "Application",
    "EventStream",
    "Extension",
]

log = structlog.get_logger()

_VARIABLE_MARKS: Final = str.maketrans({mark: f"\\{mark}" for mark in '\\",()[]'})


class AmiClient:
    """
    Talks to one Asterisk over AMI, and connects again, with growing pauses, when the link ends.

    Nothing is sent twice: an action that has no answer when the link ends fails with
    AmiDisconnected, and only its caller knows whether to ask again. `links` counts log-ins.
    """

    def __init__(
        self,
        host: str,
        port: int,
        username: str,
        secret: str,
        *,
        event_classes: str = "on",
        connect_deadline_s: float = 5.0,
        ping_interval_s: float = 10.0,
        ping_deadline_s: float = 5.0,
        first_pause_s: float = 0.5,
        longest_pause_s: float = 30.0,
    ) -> None:
        self._host = host
        self._port = port
        self._login: Fields = {
            "Username": username,
            "Secret": Secret(secret),
            "Events": event_classes,
        }
        self._connect_deadline_s = connect_deadline_s
        self._ping_interval_s = ping_interval_s
        self._ping_deadline_s = ping_deadline_s
        self._first_pause_s = first_pause_s
        self._longest_pause_s = longest_pause_s
        self._link: AmiLink | None = None
        self._up = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None
        self._streams: set[EventStream] = set()
        self.links = 0

    @property
    def connected(self) -> bool:
        """True while logged in."""
        return self._up.is_set()

    async def wait_connected(self) -> None:
        """Return once logged in; put a time-out around it."""
        await self._up.wait()

    async def start(self) -> None:
        """Begin to connect; does not wait for it."""
        if self._keeper is None:
            self._keeper = asyncio.create_task(self._keep_up())

    async def stop(self) -> None:
        """Close the link, fail what waits, end all streams."""
        keeper, self._keeper = self._keeper, None
        if keeper is not None:
            keeper.cancel()
            await asyncio.wait([keeper])
        for stream in list(self._streams):
            stream.close()

    async def action(
        self, action: str, fields: Fields | None = None, *, deadline_s: float = 5.0
    ) -> AmiResponse:
        """
        Send one action and return its answer, with all rows if it is a list.

        Raises AmiRefused, AmiTimeout or AmiDisconnected; ValueError, before anything is
        sent, for a value that is not one line.
        """
        if self._link is None:
            raise AmiDisconnected(action, sent=False)
        return await self._link.action(action, fields or {}, deadline_s)

    async def originate(
        self,
        channel: str,
        to: Extension | Application,
        *,
        channel_id: str | None = None,
        caller_id: str = "",
        variables: Mapping[str, str] | None = None,
        ring_s: float = 30.0,
        deadline_s: float = 5.0,
    ) -> str:
        """
        Have Asterisk call `channel` and connect it `to` somewhere; return the channel's id.

        It only starts the call: how it went comes as OriginateResponse and Hangup events.
        To try again after AmiTimeout or AmiDisconnected, pass the same `channel_id`:
        Asterisk makes no second channel of that id while the first one lives.
        """
        channel_id = channel_id or new_channel_id()
        fields: dict[str, Field] = {
            "Channel": channel,
            "ChannelId": channel_id,
            "Async": "true",
            "Timeout": round(ring_s * 1000),
            "Variable": [_assignment(*pair) for pair in (variables or {}).items()],
            **_destination(to),
        }
        if caller_id:
            fields["CallerID"] = caller_id
        await self.action("Originate", fields, deadline_s=deadline_s)
        return channel_id

    def events(self, *names: str, size: int = 1000) -> EventStream:
        """
        Subscribe from now on to the events of these names, or to all; close it when done.

        `LINK_UP` among the names comes after each log-in: events before it may be missing.
        """
        stream = EventStream(frozenset(names), size, self._streams.discard)
        self._streams.add(stream)
        return stream

    async def _keep_up(self) -> None:
        failures = 0
        while True:
            links = self.links
            try:
                await self._one_link()
            except (OSError, AmiError) as e:
                log.warning("ami.link_failed", reason=str(e) or type(e).__name__)
            except Exception:
                log.exception("ami.link_failed")
            log.info("ami.link_down", host=self._host, port=self._port)
            failures = 0 if self.links > links else failures + 1
            await asyncio.sleep(self._pause_s(failures))

    def _pause_s(self, failures: int) -> float:
        # Several daemons lose one Asterisk at the same moment; they must not come back so.
        longest = min(self._first_pause_s * 2 ** min(failures, 30), self._longest_pause_s)
        return SystemRandom().uniform(longest / 2, longest)

    async def _one_link(self) -> None:
        """Connect, log in, and stay until the link ends."""
        async with asyncio.timeout(self._connect_deadline_s):
            reader, writer = await asyncio.open_connection(self._host, self._port)
        link = AmiLink(reader, writer, id_prefix=secrets.token_hex(6), on_event=self._publish)
        reading = asyncio.create_task(link.read())
        try:
            await link.action("Login", self._login, self._connect_deadline_s)
            self._set_up(link)
            await self._watch(link, reading)
        finally:
            self._up.clear()
            self._link = None
            link.end()
            await _ended(reading)

    def _set_up(self, link: AmiLink) -> None:
        self._link = link
        self.links += 1
        self._up.set()
        log.info("ami.link_up", host=self._host, port=self._port)
        self._publish(LINK_UP_MESSAGE)

    async def _watch(self, link: AmiLink, reading: asyncio.Task[None]) -> None:
        """Ping now and then, since a dead peer closes nothing."""
        while not reading.done():
            done, _ = await asyncio.wait([reading], timeout=self._ping_interval_s)
            if not done:
                await link.action("Ping", {}, self._ping_deadline_s)

    def _publish(self, event: AmiMessage) -> None:
        for stream in self._streams:
            stream.push(event)


async def _ended(reading: asyncio.Task[None]) -> None:
    """Stop reading, and say why it had stopped by itself."""
    reading.cancel()
    await asyncio.wait([reading])
    if not reading.cancelled() and (cause := reading.exception()):
        log.warning("ami.link_broke", reason=str(cause) or type(cause).__name__)


def new_channel_id() -> str:
    """An id for a channel that no other client makes."""
    return f"callcenter-{uuid4().hex}"


def _destination(to: Extension | Application) -> dict[str, Field]:
    match to:
        case Extension():
            return {"Context": to.context, "Exten": to.number, "Priority": to.priority}
        case Application():
            return {"Application": to.name, "Data": to.data}


def _assignment(name: str, value: str) -> str:
    # Asterisk splits the line at commas; escaped, a value cannot become a second variable.
    return f"{name}={value.translate(_VARIABLE_MARKS)}"
