"""The FastAGI server as a whole: its limits, and how it stops."""

import asyncio
import gc
import socket

import pytest

from callcenter.telephony.agi import AgiReply
from tests.fakes.asterisk import agi_header, connected, dialled
from tests.fakes.led import noop, serving


async def test_a_header_must_come_in_time() -> None:
    async with serving(noop, header_deadline_s=0.03) as (server, _), connected(server.port) as peer:
        peer.send(agi_header()[:-1])
        await peer.closed()
    assert (server.timed_out, server.accepted) == (1, 0)


async def test_a_call_may_take_longer_than_its_header() -> None:
    async with serving(noop, header_deadline_s=0.03) as (server, led), dialled(server.port) as call:
        await call.hear()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(call.hear(), 0.05)
        call.send(b"200 result=0\n")

        assert await led.ended.get() == AgiReply(200, "0")


async def test_a_peer_that_says_nothing_is_only_counted() -> None:
    async with serving(noop) as (server, _):
        async with connected(server.port):
            pass
        async with dialled(server.port) as call:
            await call.answer("200 result=0")
            await call.closed()
    assert (server.abandoned, server.accepted) == (1, 1)


async def test_the_newest_is_closed_at_once_when_the_house_is_full() -> None:
    async with (
        serving(noop, max_connections=2) as (server, led),
        dialled(server.port) as first,
        dialled(server.port) as second,
        dialled(server.port) as third,
    ):
        await third.closed()
        for call in (first, second):
            await call.answer("200 result=2")
            assert await led.ended.get() == AgiReply(200, "2")
            await call.closed()

        async with dialled(server.port) as fourth:
            assert await fourth.hear() == "NOOP"
    assert (server.accepted, server.refused) == (3, 1)


async def test_stopping_lets_a_running_call_finish() -> None:
    async with serving(noop) as (server, led), dialled(server.port) as call:
        await call.hear()
        stopping = asyncio.create_task(server.stop(drain_s=10))
        await asyncio.sleep(0)
        call.send(b"200 result=0\n")
        await stopping

        assert await led.ended.get() == AgiReply(200, "0")
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", server.port)


async def test_stopping_cancels_a_call_that_does_not_finish() -> None:
    async with serving(noop) as (server, led), dialled(server.port) as call:
        await call.hear()
        await server.stop(drain_s=0.02)

        assert isinstance(await led.ended.get(), asyncio.CancelledError)
        await call.closed()
    assert server.active == 0


async def test_stopping_does_not_wait_for_half_a_header() -> None:
    async with (
        serving(noop) as (server, _),
        connected(server.port) as peer,
        dialled(server.port) as call,
    ):
        peer.send(agi_header()[:-1])
        await call.hear()
        stopping = asyncio.create_task(server.stop(drain_s=10))

        await peer.closed()

        assert server.active == 1
        call.send(b"200 result=0\n")
        await stopping


# asyncio leaves a socket to the garbage collector that it accepts while its server closes.
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("steps", range(6))
async def test_a_call_that_comes_while_stopping_is_not_left_behind(steps: int) -> None:
    async with serving(noop) as (server, _):
        with socket.create_connection(("127.0.0.1", server.port)) as late:
            late.send(agi_header())
            for _ in range(steps):  # it is accepted in several steps of the loop
                await asyncio.sleep(0)
            await server.stop(drain_s=0)
            for _ in range(10):
                await asyncio.sleep(0)

            assert (server.active, server.connections) == (0, 0)
    gc.collect()


async def test_a_stopped_server_can_start_again() -> None:
    async with serving(noop) as (server, led):
        await server.stop()
        await server.start()
        async with dialled(server.port) as call:
            await call.answer("200 result=0")

            assert await led.ended.get() == AgiReply(200, "0")
