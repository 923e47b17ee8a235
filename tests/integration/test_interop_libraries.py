"""
The libraries that could have been taken, as peers of our own code.

They are a second opinion on our fakes: what works with them is not made up by us. The defects
below are the reasons of ADR 0001. A failing test among them is good news: the library was
mended, and the ADR is to be looked at again.
"""

import asyncio
import gc
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from importlib import import_module
from time import perf_counter

import pytest

from tests.fakes.asterisk import FakeManager, dialled
from tests.fakes.asterisk_peers import (
    AgiPeers,
    AmiPeers,
    in_thread,
    our_agi,
    our_ami,
    panoramisk_agi,
    panoramisk_ami,
    pyst2_ami,
    pystrix_agi,
    pystrix_ami,
)

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    # The threads of pyst2 and pystrix end with an exception when their connection does.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

BOUND_S = 15.0
INJECTION = {"CallerID": "x\r\n\r\nAction: Originate\r\nChannel: PJSIP/13800138000@trunk"}


@pytest.fixture
async def manager() -> AsyncIterator[FakeManager]:
    manager = FakeManager()
    await manager.start()
    yield manager
    await manager.stop()
    gc.collect()  # here, where their unclosed sockets may be complained of


# What works everywhere


@pytest.mark.parametrize("peer_of", [our_ami, panoramisk_ami, pyst2_ami, pystrix_ami])
async def test_every_client_logs_in_pings_and_hears_events(
    manager: FakeManager, peer_of: AmiPeers
) -> None:
    async with asyncio.timeout(BOUND_S), peer_of(manager.port) as peer:
        await peer.act("Ping", {})
        manager.emit("Event: Hangup", "Channel: PJSIP/1", "Cause: 16")
        await peer.hangups.get()

    assert [got["Action"] for got in manager.actions][:2] == ["Login", "Ping"]


@pytest.mark.parametrize("peer_of", [our_agi, panoramisk_agi, pystrix_agi])
async def test_every_server_leads_the_same_call(peer_of: AgiPeers) -> None:
    async with asyncio.timeout(BOUND_S), peer_of() as peer, dialled(peer.port) as call:
        await call.answer("200 result=1 (a)", "200 result=1 (b)")

        assert await peer.values.get() == ["a", "b"]


# Where they part


async def test_with_a_hangup_line_we_and_pystrix_read_on_and_panoramisk_is_off_by_one() -> None:
    read = []
    for peer_of in (our_agi, pystrix_agi, panoramisk_agi):
        async with asyncio.timeout(BOUND_S), peer_of() as peer, dialled(peer.port) as call:
            await call.answer("200 result=1 (a)", "HANGUP\n200 result=1 (b)")
            read.append(await peer.values.get())

    assert read == [["a", "b"], ["a", "b"], ["a", ""]]


SERVER_AND_RUDE_CLIENT = """
import asyncio, warnings
warnings.simplefilter("ignore")
from tests.fakes.asterisk_peers import {peer_of}
from tests.fakes.asterisk import FakeCall

async def main():
    async with {peer_of}() as peer:
        call = await FakeCall.connect(peer.port)
        call.send(b"agi_network: yes\\n")
        call.hang_up()
        print("closed", flush=True)
        await asyncio.sleep(0.2)
        print("alive", flush=True)

asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("peer_of", "says"),
    [("our_agi", b"alive"), ("pystrix_agi", b"alive"), ("panoramisk_agi", b"closed")],
)
async def test_a_client_that_leaves_in_the_header_freezes_the_loop_of_panoramisk_only(
    peer_of: str, says: bytes
) -> None:
    program = SERVER_AND_RUDE_CLIENT.format(peer_of=peer_of)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    lines = list[bytes]()
    with suppress(TimeoutError):
        while line := await asyncio.wait_for(process.stdout.readline(), 1.5 if lines else BOUND_S):
            lines.append(line.strip())
    with suppress(ProcessLookupError):
        process.kill()
    await process.communicate()

    assert lines[-1] == says
    assert b"closed" in lines


@pytest.mark.parametrize("peer_of", [panoramisk_ami, pyst2_ami, pystrix_ami])
async def test_a_value_can_start_another_action_with_every_library(
    manager: FakeManager, peer_of: AmiPeers
) -> None:
    async with asyncio.timeout(BOUND_S), peer_of(manager.port) as peer:
        await peer.act("Ping", INJECTION)
        await manager.until(lambda: bool(manager.named("Originate")))

    assert manager.named("Originate")[0]["Channel"].startswith("PJSIP/13800138000@trunk")


async def test_a_value_cannot_start_another_action_with_ours(manager: FakeManager) -> None:
    async with asyncio.timeout(BOUND_S), our_ami(manager.port) as peer:
        with pytest.raises(ValueError, match="one line"):
            await peer.act("Ping", INJECTION)
        await peer.act("Ping", {})

    assert manager.named("Originate") == []


async def test_panoramisk_sends_an_unanswered_originate_again_after_a_reconnect(
    manager: FakeManager,
) -> None:
    manager.answers["Originate"] = lambda _: []
    async with asyncio.timeout(BOUND_S), panoramisk_ami(manager.port) as peer:
        call = asyncio.create_task(peer.act("Originate", {"Channel": "PJSIP/1", "Async": "true"}))
        await manager.until(lambda: len(manager.named("Originate")) == 1)
        manager.break_links()
        await manager.until(lambda: len(manager.named("Originate")) == 2)
        call.cancel()

    assert manager.links == 2


async def test_panoramisk_never_answers_a_queue_add(manager: FakeManager) -> None:
    async with asyncio.timeout(BOUND_S), panoramisk_ami(manager.port) as peer:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(peer.act("QueueAdd", {"Queue": "broker"}), 0.2)

    assert len(manager.named("QueueAdd")) == 1


async def test_panoramisk_loses_characters_that_come_in_two_pieces(manager: FakeManager) -> None:
    async with asyncio.timeout(BOUND_S), panoramisk_ami(manager.port) as peer:
        names: asyncio.Queue[str] = asyncio.Queue()
        peer.library.register_event("Newchannel", lambda _, e: names.put_nowait(e.CallerIDName))
        for piece in (b"Event: Newchannel\r\nCallerIDName: \xe6\x9d", b"\x8e\r\n\r\n"):
            manager.send_raw(piece)
            await asyncio.sleep(0.02)  # so that it is read by itself

        assert await names.get() != "李"


async def test_a_failing_callback_breaks_the_link_of_panoramisk(manager: FakeManager) -> None:
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)  # it is expected
    async with asyncio.timeout(BOUND_S), panoramisk_ami(manager.port) as peer:
        peer.library.register_event("Hangup", lambda *_: 1 / 0)
        manager.emit("Event: Hangup", "Cause: 16")
        await manager.until(lambda: manager.links == 2)


async def test_pystrix_sleeps_50_ms_while_the_answer_is_there(manager: FakeManager) -> None:
    took_s = 0.0
    async with asyncio.timeout(BOUND_S), pystrix_ami(manager.port) as peer:
        # Not always: it looks once before it sleeps, and may be lucky.
        while took_s < 0.045:
            began = perf_counter()
            await peer.act("Ping", {})
            took_s = perf_counter() - began


async def test_pystrix_does_not_connect_again(manager: FakeManager) -> None:
    async with asyncio.timeout(BOUND_S), pystrix_ami(manager.port):
        manager.break_links()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(manager.until(lambda: manager.links > 1), 0.3)


def test_the_fastagi_module_of_pyst2_does_not_import() -> None:
    with pytest.raises(ModuleNotFoundError, match="SocketServer"):
        import_module("asterisk.fastagi")


async def test_a_manager_of_pyst2_cannot_connect_twice(manager: FakeManager) -> None:
    async with asyncio.timeout(BOUND_S), pyst2_ami(manager.port) as peer:
        with suppress(ValueError):  # its threads race for the socket
            await in_thread(peer.library.close)

        with pytest.raises(RuntimeError, match="threads can only be started once"):
            await in_thread(lambda: peer.library.connect("127.0.0.1", manager.port))
