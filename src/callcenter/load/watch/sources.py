"""Who can be asked how things are: the daemon's metrics, Asterisk, PostgreSQL."""

import asyncio
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from callcenter.domain.errors import StoreUnavailable
from callcenter.storage.activity import activity
from callcenter.storage.database import Database
from callcenter.telephony.ami import AmiClient, AmiError

_PATIENCE_S: Final = 2.0

# What of the page we show, and under which name.
_METRICS: Final = {
    "callcenter_calls_in_progress": "daemon calls",
    "callcenter_agi_connections": "daemon connections",
    "callcenter_asyncio_tasks": "daemon tasks",
    "callcenter_event_loop_lag_seconds": "daemon lag",
}


class CannotSee(Exception):
    """The source does not answer; the message says who and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Numbers by name, and PostgreSQL sessions by what they wait for."""

    gauges: Mapping[str, float]
    waits: Mapping[str, int] = field(default_factory=dict)


class Source(Protocol):
    async def look(self) -> Seen:
        """Return how things are now. Raise `CannotSee`."""
        ...


class MetricsPage:
    """The daemon, by its /metrics."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def look(self) -> Seen:
        try:
            page = await asyncio.to_thread(self._read)
        except (OSError, ValueError) as error:
            raise CannotSee(f"the daemon's metrics: {error}") from error
        return Seen(gauges=_gauges(page))

    def _read(self) -> str:
        with urllib.request.urlopen(self._url, timeout=_PATIENCE_S) as answer:  # noqa: S310 - http
            body: bytes = answer.read()
        return body.decode()


def _gauges(page: str) -> Mapping[str, float]:
    found = {}
    for line in page.splitlines():
        name, _, value = line.partition(" ")
        if name in _METRICS:
            found[_METRICS[name]] = float(value)
    return found


class Pbx:
    """Asterisk, by AMI."""

    def __init__(self, ami: AmiClient) -> None:
        self._ami = ami

    async def look(self) -> Seen:
        try:
            status = await self._ami.action("CoreStatus", deadline_s=_PATIENCE_S)
            # What is called calls there is the number of channels (manager.c, action_corestatus).
            channels = float(status.message.get("CoreCurrentCalls"))
        except (AmiError, ValueError) as error:
            raise CannotSee(f"Asterisk: {error}") from error
        return Seen(gauges={"asterisk channels": channels})


class DatabaseServer:
    """PostgreSQL, by its statistics. What we cost there ourselves is one commit a look."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def look(self) -> Seen:
        try:
            seen = await activity(self._database)
        except StoreUnavailable as error:
            raise CannotSee(str(error)) from error
        gauges = {
            "postgresql connections": float(seen.connections),
            "postgresql commits": float(seen.commits),
        }
        return Seen(gauges=gauges, waits=seen.waits)
