"""One FastAGI session against a scripted Asterisk over a real socket."""

import asyncio
import socket

import pytest
from structlog.testing import capture_logs

from callcenter.telephony.agi import (
    AgiReply,
    AgiRequest,
    AgiTimeout,
    CommandRejected,
    DeadChannel,
    SessionLost,
)
from callcenter.telephony.fastagi import AgiSession
from tests.fakes.asterisk import dialled
from tests.fakes.led import noop, serving


async def two_noops(session: AgiSession) -> list[AgiReply]:
    return [await session.command("NOOP"), await session.command("NOOP")]


# One call


async def test_a_call_is_handed_over_with_what_asterisk_knows() -> None:
    async def script(session: AgiSession) -> AgiRequest:
        return session.request

    async with serving(script) as (server, led), dialled(server.port, "a", callerid="139"):
        request = await led.ended.get()

    assert (request.caller_number, request.arguments) == ("139", ("a",))
    assert server.accepted == 1


async def test_each_command_gets_its_own_reply() -> None:
    async def script(session: AgiSession) -> list[AgiReply]:
        return [
            await session.command("STREAM FILE", "p/acct", "0123456789*#"),
            await session.command("GET DATA", "p/pin", 4000, 8),
        ]

    async with serving(script) as (server, led), dialled(server.port) as call:
        await call.answer("200 result=53 endpos=12960", "200 result= (timeout)")
        replies = await led.ended.get()

    assert call.heard == ['STREAM FILE "p/acct" "0123456789*#"', 'GET DATA "p/pin" "4000" "8"']
    assert replies == [AgiReply(200, "53", endpos=12960), AgiReply(200, "", "timeout")]


async def test_the_call_goes_back_to_the_dialplan_when_the_script_ends() -> None:
    async with serving(noop) as (server, _), dialled(server.port) as call:
        await call.answer("200 result=0")

        assert await call.hear() == ""


async def test_minus_1_is_returned_as_it_is() -> None:
    async with serving(noop) as (server, led), dialled(server.port) as call:
        await call.answer("200 result=-1 endpos=0")

        assert await led.ended.get() == AgiReply(200, "-1", endpos=0)


async def test_a_reply_may_be_announced() -> None:
    async with serving(noop) as (server, led), dialled(server.port) as call:
        await call.answer("100 result=0 Trying...\n200 result=0 Gosub complete")

        assert await led.ended.get() == AgiReply(200, "0", "Gosub complete")


async def test_a_hangup_line_before_a_reply_shifts_nothing() -> None:
    async def script(session: AgiSession) -> tuple[list[AgiReply], bool]:
        return await two_noops(session), session.hung_up

    async with serving(script) as (server, led), dialled(server.port) as call:
        await call.answer("200 result=-1 endpos=0", "HANGUP\n200 result=1")
        replies, hung_up = await led.ended.get()

    assert replies == [AgiReply(200, "-1", endpos=0), AgiReply(200, "1")]
    assert hung_up


async def test_a_hangup_is_known_before_the_next_command() -> None:
    async def script(session: AgiSession) -> tuple[bool, AgiReply]:
        await session.command("NOOP")
        return session.hung_up, await session.command("GET VARIABLE", "UNIQUEID")

    async with serving(script) as (server, led), dialled(server.port) as call:
        await call.answer("200 result=0\nHANGUP", "200 result=1 (17.1)")

        assert await led.ended.get() == (True, AgiReply(200, "1", "17.1"))


async def test_a_hangup_out_of_band_is_a_whole_line() -> None:
    async with serving(noop) as (server, led), dialled(server.port) as call:
        raw: socket.socket = call.transport.get_extra_info("socket")
        await call.hear()
        with socket.socket(fileno=socket.dup(raw.fileno())) as urgent:
            urgent.send(b"HANGUP\n", socket.MSG_OOB)
        call.send(b"200 result=4\n")

        assert await led.ended.get() == AgiReply(200, "4")


async def test_a_dead_channel_is_an_error_of_its_own_and_the_session_lives() -> None:
    async def script(session: AgiSession) -> AgiReply:
        with pytest.raises(DeadChannel):
            await session.command("STREAM FILE", "beep", "")
        return await session.command("GET VARIABLE", "X")

    async with serving(script) as (server, led), dialled(server.port) as call:
        await call.answer("511 Command Not Permitted on a dead channel", "200 result=1 (y)")

        assert await led.ended.get() == AgiReply(200, "1", "y")


@pytest.mark.parametrize(
    "answer",
    [
        "510 Invalid or unknown command",
        "520-Invalid command syntax.  Proper usage follows:\nUsage: X\n520 End of proper usage.",
    ],
)
async def test_a_rejected_command_is_an_error_and_the_session_lives(answer: str) -> None:
    async def script(session: AgiSession) -> AgiReply:
        with pytest.raises(CommandRejected):
            await session.command("NOSUCH")
        return await session.command("NOOP")

    async with serving(script) as (server, led), dialled(server.port) as call:
        await call.answer(answer, "200 result=0")

        assert await led.ended.get() == AgiReply(200, "0")


async def test_what_cannot_be_sent_changes_nothing() -> None:
    async def script(session: AgiSession) -> AgiReply:
        with pytest.raises(ValueError, match="one line"):
            await session.command("SET VARIABLE", "X", "1\nHANGUP")
        return await session.command("NOOP")

    async with serving(script) as (server, led), dialled(server.port) as call:
        await call.answer("200 result=0")

        assert await led.ended.get() == AgiReply(200, "0")
        assert call.heard == ["NOOP"]


async def test_small_packets_are_not_held_back() -> None:
    async def script(session: AgiSession) -> int:
        sock = session._transport.get_extra_info("socket")
        delay: int = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        return delay

    async with serving(script) as (server, led), dialled(server.port):
        assert await led.ended.get() == 1


# The session ends


@pytest.mark.parametrize("end", ["hang_up", "reset"])
async def test_a_closed_connection_is_a_lost_session(end: str) -> None:
    async with serving(noop) as (server, led), dialled(server.port) as call:
        await call.hear()
        getattr(call, end)()

        assert isinstance(await led.ended.get(), SessionLost)


async def test_after_the_loss_every_command_says_so() -> None:
    async def script(session: AgiSession) -> None:
        for _ in range(2):
            with pytest.raises(SessionLost):
                await session.command("NOOP")
        assert session.lost

    async with serving(script) as (server, led), dialled(server.port) as call:
        call.reset()

        assert await led.ended.get() is None


async def test_a_late_reply_is_a_timeout_and_ends_the_session() -> None:
    async def script(session: AgiSession) -> None:
        with pytest.raises(AgiTimeout):
            await session.command("NOOP", deadline_s=0.02)
        with pytest.raises(SessionLost):
            await session.command("NOOP")

    async with serving(script) as (server, led), dialled(server.port) as call:
        await call.hear()
        await call.closed()

        assert await led.ended.get() is None
    assert server.timed_out == 1


async def test_the_server_has_a_deadline_for_every_reply() -> None:
    async with serving(noop, reply_deadline_s=0.02) as (server, led), dialled(server.port):
        assert isinstance(await led.ended.get(), AgiTimeout)


async def test_a_cancelled_command_ends_the_session() -> None:
    async def script(session: AgiSession) -> None:
        command = asyncio.create_task(session.command("NOOP"))
        await asyncio.sleep(0)
        command.cancel()
        with pytest.raises(asyncio.CancelledError):
            await command
        with pytest.raises(SessionLost):
            await session.command("NOOP")

    async with serving(script) as (server, led), dialled(server.port) as call:
        await call.closed()

        assert await led.ended.get() is None


async def test_two_commands_at_once_are_a_programming_error() -> None:
    async def script(session: AgiSession) -> AgiReply:
        first = asyncio.create_task(session.command("NOOP"))
        await asyncio.sleep(0)
        with pytest.raises(RuntimeError):
            await session.command("ANSWER")
        return await first

    async with serving(script) as (server, led), dialled(server.port) as call:
        await call.answer("200 result=9")

        assert await led.ended.get() == AgiReply(200, "9")


@pytest.mark.parametrize("stray", ["200 result=0\n200 result=0", "200 result=0\nhello"])
async def test_a_reply_to_no_command_ends_the_session(stray: str) -> None:
    async with serving(two_noops) as (server, led), dialled(server.port) as call:
        await call.answer(stray)

        assert isinstance(await led.ended.get(), SessionLost)
    assert server.malformed == 1


async def test_a_failing_handler_ends_its_own_call_only() -> None:
    async def script(session: AgiSession) -> AgiReply:
        if session.request.arguments:
            raise LookupError("a bug")
        return await noop(session)

    with capture_logs() as logs:
        async with (
            serving(script) as (server, led),
            dialled(server.port) as good,
            dialled(server.port, "bad") as bad,
        ):
            assert isinstance(await led.ended.get(), LookupError)
            await bad.closed()
            await good.answer("200 result=0")

            assert await led.ended.get() == AgiReply(200, "0")
    assert [entry["event"] for entry in logs if entry["log_level"] == "error"] == [
        "agi.handler_failed"
    ]
