"""Other people's AMI clients and FastAGI servers, each brought to the same shape as ours."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from callcenter.telephony.ami import AmiClient
from callcenter.telephony.fastagi import AgiSession
from tests.fakes.asterisk import SECRET, USERNAME
from tests.fakes.led import serving

HOST = "127.0.0.1"


async def in_thread(work: Callable[[], Any]) -> Any:
    """Run blocking `work` in a thread that cannot hold the process back."""
    loop = asyncio.get_running_loop()
    result: asyncio.Future[Any] = loop.create_future()

    def settle(value: Any, error: Exception | None) -> None:
        if result.done():
            return
        if error is None:
            result.set_result(value)
        else:
            result.set_exception(error)

    def run() -> None:
        try:
            value, error = work(), None
        except Exception as e:  # noqa: BLE001 - raised again where it is awaited
            value, error = None, e
        with suppress(RuntimeError):  # the test is over
            loop.call_soon_threadsafe(settle, value, error)

    threading.Thread(target=run, daemon=True).start()
    return await result


# AMI clients


@dataclass
class AmiPeer:
    """A client that is logged in. `act` sends an action; `hangups` gets those events."""

    library: Any
    act: Callable[[str, dict[str, str]], Coroutine[Any, Any, Any]]
    hangups: asyncio.Queue[None] = field(default_factory=asyncio.Queue)


@asynccontextmanager
async def our_ami(port: int) -> AsyncIterator[AmiPeer]:
    client = AmiClient(HOST, port, USERNAME, SECRET, first_pause_s=0.01)
    peer = AmiPeer(client, client.action)
    await client.start()
    await client.wait_connected()
    with client.events("Hangup") as events:
        listening = asyncio.create_task(_pass_on(events, peer.hangups))
        yield peer
    await listening
    await client.stop()


async def _pass_on(events: Any, hangups: asyncio.Queue[None]) -> None:
    async for _ in events:
        hangups.put_nowait(None)


@asynccontextmanager
async def panoramisk_ami(port: int) -> AsyncIterator[AmiPeer]:
    manager = import_module("panoramisk").Manager(
        loop=asyncio.get_running_loop(),
        host=HOST,
        port=port,
        username=USERNAME,
        secret=SECRET,
        reconnect_timeout=0,
    )

    async def act(action: str, fields: dict[str, str]) -> Any:
        return await manager.send_action({"Action": action, **fields})

    peer = AmiPeer(manager, act)
    manager.register_event("Hangup", lambda *_: peer.hangups.put_nowait(None))
    await manager.connect()
    await asyncio.sleep(0)  # its callback sends the login
    await manager.authenticated_future
    yield peer
    manager.close()


@asynccontextmanager
async def pyst2_ami(port: int) -> AsyncIterator[AmiPeer]:
    manager = import_module("asterisk.manager").Manager()
    loop = asyncio.get_running_loop()

    async def act(action: str, fields: dict[str, str]) -> Any:
        return await in_thread(lambda: manager.send_action({"Action": action, **fields}))

    peer = AmiPeer(manager, act)
    manager.register_event(
        "Hangup", lambda *_: loop.call_soon_threadsafe(peer.hangups.put_nowait, None)
    )
    await in_thread(lambda: manager.connect(HOST, port))
    await in_thread(lambda: manager.login(USERNAME, SECRET))
    yield peer
    with suppress(Exception):
        await asyncio.wait_for(in_thread(manager.close), 0.5)
    manager.close = lambda: None  # its __del__ would wait for a farewell for ever


@asynccontextmanager
async def pystrix_ami(port: int) -> AsyncIterator[AmiPeer]:
    ami = import_module("pystrix").ami
    manager = ami.Manager()
    loop = asyncio.get_running_loop()

    async def act(action: str, fields: dict[str, str]) -> Any:
        request = ami.ami._Request(action)
        request.update(fields)
        return await in_thread(lambda: manager.send_action(request))

    peer = AmiPeer(manager, act)
    manager.register_callback(
        "Hangup", lambda *_: loop.call_soon_threadsafe(peer.hangups.put_nowait, None)
    )
    await in_thread(lambda: manager.connect(HOST, port))
    await in_thread(lambda: manager.send_action(ami.core.Login(USERNAME, SECRET)))
    yield peer
    with suppress(OSError):
        manager._connection._socket.shutdown(socket.SHUT_RDWR)  # its close waits for its reader
    await in_thread(manager.close)


AmiPeers = Callable[[int], AbstractAsyncContextManager[AmiPeer]]


# FastAGI servers whose handler reads the variables A and B


@dataclass
class AgiPeer:
    """A server on `port`. `values` gets what its handler took for the values of A and B."""

    port: int
    values: asyncio.Queue[list[str]]


@asynccontextmanager
async def our_agi() -> AsyncIterator[AgiPeer]:
    values: asyncio.Queue[list[str]] = asyncio.Queue()

    async def script(session: AgiSession) -> None:
        values.put_nowait([(await session.command("GET VARIABLE", name)).text for name in "AB"])

    async with serving(script) as (server, _):
        yield AgiPeer(server.port, values)


@asynccontextmanager
async def panoramisk_agi() -> AsyncIterator[AgiPeer]:
    values: asyncio.Queue[list[str]] = asyncio.Queue()
    application = import_module("panoramisk.fast_agi").Application(loop=asyncio.get_running_loop())

    async def endpoint(request: Any) -> None:
        replies = [await request.send_command(f"GET VARIABLE {name}") for name in "AB"]
        values.put_nowait([reply.get("result", ("", ""))[1] for reply in replies])

    application.add_route("hotline", endpoint)
    server = await asyncio.start_server(application.handler, HOST, 0)
    yield AgiPeer(server.sockets[0].getsockname()[1], values)
    server.close()


@asynccontextmanager
async def pystrix_agi() -> AsyncIterator[AgiPeer]:
    values: asyncio.Queue[list[str]] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    library = import_module("pystrix").agi
    server = library.FastAGIServer(port=0)

    def handler(agi: Any, *_: Any) -> None:
        got = [agi.execute(library.core.GetVariable(name)) for name in "AB"]
        loop.call_soon_threadsafe(values.put_nowait, got)

    server.register_script_handler(None, handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield AgiPeer(server.server_address[1], values)
    await in_thread(server.shutdown)
    server.server_close()


AgiPeers = Callable[[], AbstractAsyncContextManager[AgiPeer]]
