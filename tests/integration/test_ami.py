"""Actions and events over one AMI link, against a scripted Asterisk on a real socket."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from callcenter.telephony.ami import (
    AmiClient,
    AmiMessage,
    AmiRefused,
    AmiTimeout,
    Application,
    Extension,
)
from tests.fakes.asterisk import SECRET, USERNAME, FakeManager


@asynccontextmanager
async def linked() -> AsyncIterator[tuple[FakeManager, AmiClient]]:
    """A manager, and a client that is logged in."""
    manager = FakeManager()
    await manager.start()
    client = AmiClient("127.0.0.1", manager.port, USERNAME, SECRET)
    await client.start()
    try:
        async with asyncio.timeout(10):
            await client.wait_connected()
            yield manager, client
    finally:
        await client.stop()
        await manager.stop()


def event(*fields: tuple[str, str]) -> AmiMessage:
    return AmiMessage(fields)


async def test_an_action_returns_its_answer() -> None:
    async with linked() as (manager, client):
        response = await client.action("Ping")

    assert response.message.get("Ping") == "Pong"
    assert response.events == ()
    assert [got["Action"] for got in manager.actions] == ["Login", "Ping"]


async def test_answers_find_their_actions_in_any_order() -> None:
    async with linked() as (manager, client):
        manager.answers["GetVar"] = lambda _: []
        asked = [asyncio.create_task(client.action("GetVar", {"Variable": v})) for v in "abc"]
        await manager.until(lambda: len(manager.named("GetVar")) == 3)
        for got in reversed(manager.named("GetVar")):
            manager.emit("Response: Success", f"ActionID: {got['ActionID']}", got["Variable"] + ":")

        answers = [(await answer).message.fields[-1][0] for answer in asked]

    assert answers == ["a", "b", "c"]


async def test_a_refusal_tells_why() -> None:
    async with linked() as (_, client):
        with pytest.raises(AmiRefused, match="NoSuchAction refused: Invalid/unknown command"):
            await client.action("NoSuchAction")


async def test_a_list_comes_with_all_its_rows() -> None:
    async with linked() as (_, client):
        response = await client.action("QueueStatus", {"Queue": "broker"})

    assert [row.event for row in response.events] == ["QueueParams", "QueueMember"]
    assert response.events[1].get("Name") == "柜台一"


async def test_an_action_that_only_sounds_like_a_list_is_answered_at_once() -> None:
    async with linked() as (_, client):
        response = await client.action("QueueAdd", {"Queue": "broker", "Interface": "PJSIP/7001"})

    assert response.message.get("Message") == "Added interface to queue"


async def test_a_command_returns_every_line_that_it_printed() -> None:
    async with linked() as (_, client):
        assert (await client.action("Command", {"Command": "core show x"})).output == ("a", "b")


async def test_a_late_answer_is_a_timeout_and_nobody_elses() -> None:
    async with linked() as (manager, client):
        manager.answers["Slow"] = lambda _: []
        with pytest.raises(AmiTimeout):
            await client.action("Slow", deadline_s=0.02)

        manager.emit("Response: Success", f"ActionID: {manager.actions[-1]['ActionID']}")

        assert (await client.action("Ping")).message.get("Ping") == "Pong"


async def test_what_cannot_be_sent_is_not_sent_in_part() -> None:
    async with linked() as (manager, client):
        with pytest.raises(ValueError, match="one line"):
            await client.action("Originate", {"Channel": "PJSIP/1", "CallerID": "x\r\nAction: y"})
        await client.action("Ping")

    assert [got["Action"] for got in manager.actions] == ["Login", "Ping"]


# Events


async def test_a_subscriber_gets_the_events_that_it_named() -> None:
    async with linked() as (manager, client):
        with client.events("Hangup") as events:
            manager.emit("Event: VarSet", "Variable: X")
            manager.emit("Event: Hangup", "Cause: 16")

            assert await anext(events) == event(("Event", "Hangup"), ("Cause", "16"))


async def test_who_names_no_event_gets_all() -> None:
    async with linked() as (manager, client):
        with client.events() as events:
            manager.emit("Event: NoSuchEvent")
            while (await anext(events)).event != "NoSuchEvent":
                pass


async def test_each_subscriber_has_events_of_its_own() -> None:
    async with linked() as (manager, client):
        with client.events("Hangup") as every, client.events("Hangup", size=1) as last:
            manager.emit("Event: Hangup", "N: 1")
            manager.emit("Event: Hangup", "N: 2")
            await client.action("Ping")

            assert [(await anext(every)).get("N") for _ in range(2)] == ["1", "2"]
            assert (await anext(last)).get("N") == "2"
            assert (every.dropped, last.dropped) == (0, 1)


async def test_characters_survive_any_cut() -> None:
    async with linked() as (manager, client):
        with client.events("Newchannel") as events:
            for byte in "Event: Newchannel\r\nCallerIDName: 李雷买入\r\n\r\n".encode():
                manager.send_raw(bytes([byte]))
                await asyncio.sleep(0)

            assert (await anext(events)).get("CallerIDName") == "李雷买入"


async def test_rows_of_a_list_are_not_events() -> None:
    async with linked() as (manager, client):
        with client.events("QueueMember", "Hangup") as events:
            await client.action("QueueStatus")
            manager.emit("Event: Hangup")

            assert (await anext(events)).event == "Hangup"


# Originate


async def test_an_originated_call_is_async_and_has_our_id() -> None:
    async with linked() as (manager, client):
        channel_id = await client.originate(
            "PJSIP/13800138000@trunk",
            Extension(context="callback", number="s"),
            caller_id="95500",
            variables={"ORDER": "1,ADMIN=1", "NAME": '"李" (a)'},
            ring_s=20,
        )

    (got,) = manager.named("Originate")
    assert got == {
        "Action": "Originate",
        "ActionID": got["ActionID"],
        "Channel": "PJSIP/13800138000@trunk",
        "ChannelId": channel_id,
        "Async": "true",
        "Timeout": "20000",
        "Variable": 'ORDER=1\\,ADMIN=1|NAME=\\"李\\" \\(a\\)',
        "Context": "callback",
        "Exten": "s",
        "Priority": "1",
        "CallerID": "95500",
    }


async def test_asking_again_names_the_same_channel() -> None:
    async with linked() as (manager, client):
        for _ in range(2):
            await client.originate("PJSIP/1", Application(name="Echo"), channel_id="mine-1")

    assert {got["ChannelId"] for got in manager.named("Originate")} == {"mine-1"}
    assert manager.named("Originate")[0]["Application"] == "Echo"


async def test_every_originated_call_has_another_id() -> None:
    async with linked() as (_, client):
        ids = [await client.originate("PJSIP/1", Application(name="Echo")) for _ in range(3)]

    assert len(set(ids)) == 3


async def test_the_fate_of_a_call_is_an_event_even_if_it_comes_before_the_answer() -> None:
    async with linked() as (manager, client):
        in_order = manager.answers["Originate"]
        manager.answers["Originate"] = lambda got: reversed(list(in_order(got)))
        with client.events("OriginateResponse") as events:
            await client.originate("PJSIP/1", Application(name="Echo"))

            assert (await anext(events)).get("Reason") == "4"
