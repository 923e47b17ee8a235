"""The AMI link comes and goes: what is lost, what is not, and what never happens twice."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from structlog.testing import capture_logs

from callcenter.telephony.ami import (
    LINK_UP,
    AmiClient,
    AmiDisconnected,
    AmiTimeout,
    Application,
)
from callcenter.telephony.ami_link import AmiLink
from tests.fakes.asterisk import SECRET, USERNAME, FakeManager

SOON_S = 10.0  # only to end a test that fails


@asynccontextmanager
async def managing() -> AsyncIterator[FakeManager]:
    manager = FakeManager()
    await manager.start()
    try:
        yield manager
    finally:
        await manager.stop()


@asynccontextmanager
async def client_of(
    manager: FakeManager, secret: str = SECRET, **knobs: Any
) -> AsyncIterator[AmiClient]:
    """A client that tries again at once, and need not be connected."""
    knobs = {"first_pause_s": 0.01, "longest_pause_s": 0.02} | knobs
    client = AmiClient("127.0.0.1", manager.port, USERNAME, secret, **knobs)
    await client.start()
    try:
        async with asyncio.timeout(SOON_S):
            yield client
    finally:
        await client.stop()


async def links_of(client: AmiClient, *, least: int) -> None:
    with client.events(LINK_UP) as ups:
        while client.links < least:
            await anext(ups)


async def test_the_client_is_connected_once_it_is_logged_in() -> None:
    async with managing() as manager, client_of(manager) as client:
        assert not client.connected
        await client.wait_connected()
        assert client.connected


async def test_without_a_link_an_action_fails_at_once_and_was_not_sent() -> None:
    async with managing() as manager:
        await manager.stop()
        async with client_of(manager) as client:
            with pytest.raises(AmiDisconnected) as caught:
                await client.action("Ping")

    assert not caught.value.sent


async def test_a_broken_link_fails_every_action_and_sends_none_of_them_again() -> None:
    async with managing() as manager, client_of(manager) as client:
        await client.wait_connected()
        manager.answers["Originate"] = lambda _: []
        calls = [
            asyncio.create_task(client.originate("PJSIP/1", Application(name="Echo")))
            for _ in range(3)
        ]
        await manager.until(lambda: len(manager.named("Originate")) == 3)
        manager.break_links()
        failures = await asyncio.gather(*calls, return_exceptions=True)
        await links_of(client, least=2)
        await client.action("Ping")

        assert len(manager.named("Originate")) == 3
    assert [isinstance(e, AmiDisconnected) and e.sent for e in failures] == [True] * 3


async def test_the_client_comes_back_when_asterisk_does() -> None:
    async with managing() as manager, client_of(manager) as client:
        await client.wait_connected()
        await manager.stop()
        while client.connected:  # noqa: ASYNC110 - the product needs no such event
            await asyncio.sleep(0.001)

        await manager.start(manager.port)
        await links_of(client, least=2)

        assert (await client.action("Ping")).message.get("Ping") == "Pong"


async def test_a_subscriber_survives_the_gap_and_knows_of_it() -> None:
    async with managing() as manager, client_of(manager) as client:
        with client.events(LINK_UP, "Hangup") as events:
            assert (await anext(events)).event == LINK_UP
            manager.emit("Event: Hangup")
            assert (await anext(events)).event == "Hangup"
            manager.break_links()
            assert (await anext(events)).event == LINK_UP
            manager.emit("Event: Hangup")
            assert (await anext(events)).event == "Hangup"


async def test_a_peer_that_answers_no_ping_is_left() -> None:
    async with managing() as manager:
        manager.answers["Ping"] = lambda _: []
        async with client_of(manager, ping_interval_s=0.01, ping_deadline_s=0.01) as client:
            await links_of(client, least=2)

    assert manager.named("Ping")


async def test_a_peer_that_answers_pings_is_kept() -> None:
    async with managing() as manager, client_of(manager, ping_interval_s=0.005) as client:
        await client.wait_connected()
        await manager.until(lambda: len(manager.named("Ping")) >= 5)

        assert client.links == 1


async def test_an_answered_login_is_needed_in_time() -> None:
    async with managing() as manager:
        manager.answers["Login"] = lambda _: []
        async with client_of(manager, connect_deadline_s=0.01) as client:
            await manager.until(lambda: len(manager.named("Login")) >= 2)

            assert not client.connected


async def test_a_link_that_breaks_during_the_login_is_made_anew_at_once() -> None:
    async with managing() as manager:
        accepts = manager.answers["Login"]

        def breaks_the_first(action: dict[str, str]) -> Any:
            if manager.links > 1:
                return accepts(action)
            manager.break_links()
            return []

        manager.answers["Login"] = breaks_the_first
        async with client_of(manager, connect_deadline_s=2 * SOON_S) as client:
            await client.wait_connected()

    assert manager.links == 2


async def test_an_ended_link_sends_nothing_and_remembers_nothing() -> None:
    async with managing() as manager:
        reader, writer = await asyncio.open_connection("127.0.0.1", manager.port)
        link = AmiLink(reader, writer, id_prefix="x", on_event=lambda _: None)
        with pytest.raises(AmiTimeout):
            await link.action("Slow", {}, 0.01)
        link.end()

        with pytest.raises(AmiDisconnected) as caught:
            await link.action("Ping", {}, SOON_S)

    assert not caught.value.sent
    assert not link._pending


async def test_a_wrong_secret_is_said_without_telling_any_secret() -> None:
    with capture_logs() as logs:
        async with managing() as manager, client_of(manager, secret="s3cret-guess") as client:
            await manager.until(lambda: len(manager.named("Login")) >= 2)

            assert not client.connected
            assert "s3cret-guess" not in repr(vars(client))
    assert "Login refused: Authentication failed" in {entry.get("reason") for entry in logs}
    assert "s3cret-guess" not in repr(logs)


async def test_a_peer_that_is_no_manager_is_left() -> None:
    async def ssh(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH_9.2\r\n")
        await reader.read()
        writer.close()

    manager = FakeManager()
    server = await asyncio.start_server(ssh, "127.0.0.1", 0)
    manager.port = server.sockets[0].getsockname()[1]
    with capture_logs() as logs:
        async with client_of(manager) as client:
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(client.wait_connected(), 0.05)
    server.close()

    assert "the peer is not an Asterisk manager" in {entry.get("reason") for entry in logs}


async def test_pauses_grow_to_a_limit_and_are_never_alike() -> None:
    client = AmiClient("127.0.0.1", 1, USERNAME, SECRET, first_pause_s=0.5, longest_pause_s=30)

    pauses = [client._pause_s(failures) for failures in range(100)]

    for failures, pause in enumerate(pauses):
        longest = min(0.5 * 2**failures, 30)
        assert longest / 2 <= pause <= longest
    assert len(set(pauses)) > 90


async def test_stopping_ends_links_actions_streams_and_tasks() -> None:
    before = asyncio.all_tasks()
    async with managing() as manager, client_of(manager) as client:
        await client.wait_connected()
        manager.answers["Slow"] = lambda _: []
        events = client.events("Hangup")
        slow = asyncio.create_task(client.action("Slow"))
        await manager.until(lambda: bool(manager.named("Slow")))

        await client.stop()

        with pytest.raises(AmiDisconnected):
            await slow
        assert [got async for got in events] == []
        assert not client.connected
    left = {task for task in asyncio.all_tasks() - before if "_serve" not in repr(task)}
    assert left == set()


async def test_a_client_that_never_connected_stops_at_once() -> None:
    client = AmiClient("127.0.0.1", 1, USERNAME, SECRET)
    await client.stop()
    await client.start()
    await client.start()

    async with asyncio.timeout(0.5):
        await client.stop()
