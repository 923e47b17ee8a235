"""A subscriber of events who is slow, picky or gone."""

import asyncio

from callcenter.telephony.ami_events import EventStream
from callcenter.telephony.ami_words import AmiMessage


def event(name: str, n: int = 0) -> AmiMessage:
    return AmiMessage((("Event", name), ("N", str(n))))


def stream_of(*names: str, size: int = 10) -> EventStream:
    return EventStream(frozenset(names), size, lambda _: None)


async def all_of(stream: EventStream) -> list[AmiMessage]:
    return [got async for got in stream]


async def rest_of(stream: EventStream) -> list[AmiMessage]:
    stream.close()
    return await all_of(stream)


async def test_events_come_in_order() -> None:
    stream = stream_of()

    for n in range(3):
        stream.push(event("Hangup", n))

    assert await rest_of(stream) == [event("Hangup", n) for n in range(3)]


async def test_only_the_named_events_come() -> None:
    stream = stream_of("Hangup", "Newchannel")

    for name in ("VarSet", "Hangup", "NoSuchEvent"):
        stream.push(event(name))

    assert await rest_of(stream) == [event("Hangup")]


async def test_a_slow_reader_loses_the_oldest_and_knows_how_many() -> None:
    stream = stream_of(size=2)

    for n in range(5):
        stream.push(event("Hangup", n))

    assert stream.dropped == 3
    assert await rest_of(stream) == [event("Hangup", 3), event("Hangup", 4)]


async def test_a_reader_waits_for_the_next_event() -> None:
    stream = stream_of()
    reading = asyncio.create_task(anext(stream))
    await asyncio.sleep(0)

    stream.push(event("Hangup"))

    assert await reading == event("Hangup")


async def test_closing_ends_a_waiting_reader() -> None:
    gone: list[EventStream] = []
    stream = EventStream(frozenset(), 1, gone.append)
    with stream:
        reading = asyncio.create_task(all_of(stream))
        await asyncio.sleep(0)

    assert await reading == []
    assert stream in gone
