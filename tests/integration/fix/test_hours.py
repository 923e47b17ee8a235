"""A session has its hours, in Beijing, and every day its own numbers."""

from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from callcenter.domain.clock import Clock
from callcenter.domain.errors import CounterUnavailable
from tests import make
from tests.fix.counterparty import connected, logged_on, terms
from tests.fix.scripted import Peer, scripted

HOURS = (time(13), time(15))


class Set(Clock):
    def __init__(self) -> None:
        self.time = make.NOON

    def now(self) -> datetime:
        return self.time


async def test_the_line_is_up_within_its_hours_only(tmp_path: Path) -> None:
    clock, logons = Set(), list[str]()

    async def script(peer: Peer) -> None:
        peer.number = 0
        logon = await peer.hear("A")
        logons.append(logon[34])
        peer.say("A", {98: "0", 108: logon[108]})

    async with (
        scripted(script) as port,
        connected(terms(tmp_path, port, hours=HOURS), clock, wait=False) as entry,
    ):
        with pytest.raises(CounterUnavailable):
            await entry.place(make.order())
        assert logons == []

        clock.time += timedelta(hours=1)
        await logged_on(entry)
        clock.time += timedelta(hours=2)
        await logged_on(entry, yes=False)
        clock.time += timedelta(hours=22)
        await logged_on(entry)

    assert logons == ["1", "1"]


async def test_a_daemon_that_starts_on_another_day_counts_anew(tmp_path: Path) -> None:
    clock, logons = Set(), list[str]()
    clock.time += timedelta(hours=1)

    async def script(peer: Peer) -> None:
        peer.number = 0 if clock.time.day != make.NOON.day else peer.number
        logon = await peer.hear("A")
        logons.append(logon[34])
        peer.say("A", {98: "0", 108: logon[108]})

    async with scripted(script) as port:
        for later in (timedelta(), timedelta(minutes=5), timedelta(days=1)):
            clock.time += later
            async with connected(terms(tmp_path, port, hours=HOURS), clock):
                pass

    assert logons == ["1", "3", "1"]
