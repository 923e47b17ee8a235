"""A far end of our own on loopback, and our scripted telephone."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from callcenter.telephony.sipcaller import (
    SipCaller,
)
from tests.integration.sipcaller.dialling import TIMERS
from tests.unit.telephony.sipcaller.far_end import Ear, FarEnd


@pytest.fixture
async def far_end() -> AsyncIterator[FarEnd]:
    loop = asyncio.get_running_loop()
    local = ("127.0.0.1", 0)
    media, ear = await loop.create_datagram_endpoint(Ear, local_addr=local)
    sip, far = await loop.create_datagram_endpoint(lambda: FarEnd(ear), local_addr=local)
    yield far
    for transport in (media, sip):
        transport.close()


@pytest.fixture
async def phone(far_end: FarEnd) -> AsyncIterator[SipCaller]:
    # After `far_end`, so that it is still there to be said goodbye to.
    async with SipCaller(timers=TIMERS) as caller:
        yield caller
    others = asyncio.all_tasks() - {asyncio.current_task()}
    assert not {task.get_name() for task in others if "sipcaller" in task.get_name()}
