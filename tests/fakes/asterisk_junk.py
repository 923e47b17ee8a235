"""Ten kinds of connection that are no call. Each returns when it is over."""

import asyncio

from tests.fakes.asterisk import FakeCall, agi_header, connected, dialled


async def connect_and_close(port: int) -> None:
    await _junk(port, b"")


async def half_a_header(port: int) -> None:
    await _junk(port, agi_header()[:200])


async def an_endless_line(port: int) -> None:
    await _junk(port, b"agi_network: " + b"y" * 100_000, stays=True)


async def endless_lines(port: int) -> None:
    lines = "".join(f"agi_{n}: on and on\n" for n in range(10_000))
    await _junk(port, lines.encode(), stays=True)


async def noise(port: int) -> None:
    await _junk(port, bytes(range(255, -1, -1)) * 16, stays=True)


async def a_tls_hello(port: int) -> None:
    hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(502)
    await _junk(port, hello, stays=True)


async def an_http_get(port: int) -> None:
    await _junk(port, b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n", stays=True)


async def a_silent_call(port: int) -> None:
    await _junk(port, agi_header(network_script="junk"), stays=True)


async def a_crashing_call(port: int) -> None:
    async with dialled(port, network_script="junk") as call:
        await call.hear()


async def a_slow_drip(port: int) -> None:
    async with connected(port) as peer:
        for byte in agi_header():
            if peer.transport.is_closing():
                break
            peer.send(bytes([byte]))
            await asyncio.sleep(0.02)


JUNK = (
    connect_and_close,
    half_a_header,
    an_endless_line,
    endless_lines,
    noise,
    a_tls_hello,
    an_http_get,
    a_silent_call,
    a_crashing_call,
    a_slow_drip,
)


async def _junk(port: int, data: bytes, *, stays: bool = False) -> None:
    peer = await FakeCall.connect(port)
    peer.send(data)
    if stays:
        await peer.closed()
    peer.hang_up()
