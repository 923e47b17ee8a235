"""One Asterisk channel, in memory."""

import asyncio

import pytest

from callcenter.domain.errors import CallerHungUp, LineLost
from callcenter.telephony.channel import ALL_KEYS, Channel
from tests.fakes.agi import QUIET, FakeChannel, session_on

PATIENCE_S = 5.0


# Playing


async def test_a_sound_is_played_to_its_end() -> None:
    line = FakeChannel("1")

    assert await Channel(session_on(line)).stream("welcome") == ""
    assert line.heard == ["welcome"]


async def test_a_key_ends_a_sound_and_waits_to_be_taken() -> None:
    line = FakeChannel("1")
    channel = Channel(session_on(line))
    line.types("5")

    assert await channel.stream("welcome") == "5"
    assert await channel.take_keys() == "5"


async def test_a_sound_that_is_missing_is_not_a_hang_up() -> None:
    line = FakeChannel("1", missing=["welcome"])

    assert await Channel(session_on(line)).stream("welcome") is None


async def test_a_hang_up_is_not_a_sound_that_is_missing() -> None:
    line = FakeChannel("1", missing=["welcome"])
    line.gone = True

    with pytest.raises(CallerHungUp):
        await Channel(session_on(line)).stream("welcome")


async def test_digits_may_be_said() -> None:
    line = FakeChannel("1")

    await Channel(session_on(line)).say_digits("10*05")

    assert line.spelled == ["10*05"]


# Keys


async def test_keys_are_taken_once_and_in_order() -> None:
    line = FakeChannel("1")
    channel = Channel(session_on(line))
    line.press("12*#")

    assert await channel.take_keys() == "12*#"
    assert await channel.take_keys() == ""


async def test_a_key_that_is_waited_for_is_returned_and_waits() -> None:
    channel = Channel(session_on(FakeChannel("7")))

    assert await channel.wait_for_key(1) == "7"
    assert await channel.take_keys() == "7"


async def test_no_key_comes_of_silence() -> None:
    assert await Channel(session_on(FakeChannel(QUIET))).wait_for_key(1) == ""


async def test_a_field_is_taken_in_one_command() -> None:
    line = FakeChannel("600000#1")
    channel = Channel(session_on(line))

    await channel.wait_for_key(1)
    await channel.wait_for_field()

    assert await channel.take_keys() == "600000#"
    assert [command.split()[0] for command in line.commands] == ["WAIT", "GET", "GET"]


# Variables


async def test_a_variable_that_was_set_is_read_back() -> None:
    channel = Channel(session_on(FakeChannel("1")))

    await channel.set("CHANNEL(language)", "en")

    assert await channel.get("CHANNEL(language)") == "en"


async def test_a_variable_that_nobody_set_is_empty() -> None:
    assert await Channel(session_on(FakeChannel("1"))).get("NOTHING") == ""


# The end


@pytest.mark.parametrize("says_hangup", [True, False], ids=["with-HANGUP", "without"])
async def test_a_hang_up_while_a_key_is_waited_for(says_hangup: bool) -> None:
    line = FakeChannel()
    line.says_hangup = says_hangup

    with pytest.raises(CallerHungUp):
        await Channel(session_on(line)).wait_for_key(1)


async def test_a_hang_up_is_noticed_by_what_needs_no_caller() -> None:
    session = session_on(FakeChannel("1"))
    session.take_hangup()

    with pytest.raises(CallerHungUp):
        await Channel(session).set("AGI_DONE", "1")


async def test_a_pbx_that_lets_go_without_a_word_is_no_hang_up_of_the_caller() -> None:
    session = session_on(FakeChannel("1"))
    session.take_loss("Asterisk closed the connection")

    with pytest.raises(LineLost):
        await Channel(session).stream("welcome")


# Pauses


async def test_a_pause_of_ours_is_filled_with_silence() -> None:
    line = Watched("1")
    channel = Channel(session_on(line), fills_pauses=True)

    await channel.stream("welcome")
    await line.filled()
    channel.close()

    assert line.heard == ["welcome"]


async def test_silence_in_a_pause_ends_at_no_key() -> None:
    line = Watched("1")
    channel = Channel(session_on(line), fills_pauses=True)
    line.press("12")

    await channel.stream("welcome")
    await line.filled()

    assert await channel.take_keys() == "12"
    channel.close()


async def test_a_command_in_a_filled_pause_gets_its_own_reply() -> None:
    line = Watched("1")
    channel = Channel(session_on(line), fills_pauses=True)
    line.variables["RECORDING"] = "/r.wav"

    await channel.stream("welcome")
    await line.filled()

    assert await channel.get("RECORDING") == "/r.wav"
    channel.close()


async def test_a_line_that_goes_in_a_pause_is_found_by_the_next_command() -> None:
    line = Watched("1")
    channel = Channel(session_on(line), fills_pauses=True)

    await channel.stream("welcome")
    line.gone = True
    await line.filled()

    with pytest.raises(CallerHungUp):
        await channel.stream("sorry")
    channel.close()


class Watched(FakeChannel):
    """Tells when silence was played that no key ends."""

    def __init__(self, *script: str) -> None:
        super().__init__(*script)
        self._silence = asyncio.Event()

    async def filled(self) -> None:
        async with asyncio.timeout(PATIENCE_S):
            await self._silence.wait()

    def answer(self, line: str) -> list[str]:
        if line.startswith('STREAM FILE "silence/') and ALL_KEYS not in line:
            self._silence.set()
        return super().answer(line)
