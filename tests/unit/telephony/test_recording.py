"""Passwords stay out of recordings, whatever Asterisk's manager says."""

import asyncio

import pytest
from structlog.testing import capture_logs

from callcenter.domain.calls import Language
from callcenter.domain.errors import CallerHungUp
from callcenter.ivr.phone import Utterance
from callcenter.telephony.channel import Channel
from callcenter.telephony.meter import NoMeter
from callcenter.telephony.phone import AgiPhone
from callcenter.telephony.recording import TAPE, Recordings
from tests import make
from tests.fakes.agi import FakeAmi, FakeChannel, session_on
from tests.fakes.speech import FakeSpeech

FILE = "/rec/2026/11/22/1.wav"
WELCOME = Utterance(language=Language.ZH, phrases=("欢迎",))


async def test_the_callers_side_is_muted_over_ami() -> None:
    line = FakeChannel("1")
    ami = FakeAmi(line)

    async with Recordings(ami).paused(Channel(session_on(line)), FILE):
        muted = line.muted

    assert muted
    assert not line.muted
    channel = "PJSIP/trunk-0000002a"
    assert ami.actions == [
        ("MixMonitorMute", {"Channel": channel, "Direction": "read", "State": "1"}),
        ("MixMonitorMute", {"Channel": channel, "Direction": "read", "State": "0"}),
    ]
    assert line.commands == []


async def test_on_tape_the_call_itself_is_told() -> None:
    line = FakeChannel("1")
    ami = FakeAmi(line)
    on_tape = Recordings(ami).made_by(TAPE)

    async with on_tape.paused(Channel(session_on(line)), FILE):
        muted = line.muted

    assert muted
    assert not line.muted
    assert line.commands == ['EXEC "TapeSilence" "on"', 'EXEC "TapeSilence" "off"']
    assert ami.actions == []


async def test_on_tape_a_caller_who_hangs_up_at_a_password_has_just_hung_up() -> None:
    line = FakeChannel()
    channel = Channel(session_on(line))

    with pytest.raises(CallerHungUp):
        async with Recordings(FakeAmi(line)).made_by(TAPE).paused(channel, FILE):
            await channel.wait_for_key(1)


async def test_whatever_else_records_is_told_over_ami() -> None:
    line = FakeChannel("1")
    ami = FakeAmi(line)

    async with Recordings(ami).made_by("mixmonitor").paused(Channel(session_on(line)), FILE):
        pass

    assert [action for action, _ in ami.actions] == ["MixMonitorMute"] * 2


@pytest.mark.parametrize("down", [True, False], ids=["down", "refuses"])
async def test_without_ami_the_recording_is_stopped_and_goes_on_in_its_file(down: bool) -> None:
    line = FakeChannel("1")
    ami = FakeAmi(line)
    ami.down, ami.refuses = down, {"MixMonitorMute"}

    async with Recordings(ami).paused(Channel(session_on(line)), FILE):
        muted = line.muted

    assert muted
    assert line.commands == [
        'GET VARIABLE "RECORDING_ID"',
        'EXEC "StopMixMonitor" "mix-1"',
        f'EXEC "MixMonitor" "{FILE},ai(RECORDING_ID)"',
    ]


@pytest.mark.parametrize("ends_with", [CallerHungUp, asyncio.CancelledError, ZeroDivisionError])
async def test_however_the_password_ends_the_recording_goes_on(
    ends_with: type[BaseException],
) -> None:
    line = FakeChannel("1")

    with pytest.raises(ends_with):
        async with Recordings(FakeAmi(line)).paused(Channel(session_on(line)), FILE):
            raise ends_with

    assert not line.muted


@pytest.mark.parametrize("ends_with", [asyncio.CancelledError, ZeroDivisionError])
async def test_a_recording_that_was_stopped_goes_on_while_the_caller_is_there(
    ends_with: type[BaseException],
) -> None:
    line = FakeChannel("1")
    ami = FakeAmi(line)
    ami.down = True

    with pytest.raises(ends_with):
        async with Recordings(ami).paused(Channel(session_on(line)), FILE):
            raise ends_with

    assert not line.muted


async def test_nothing_is_silenced_where_only_agents_are_recorded() -> None:
    line = FakeChannel("1")
    ami = FakeAmi(line)
    recordings = Recordings(ami, whole_calls=False).made_by(TAPE)
    channel = Channel(session_on(line))

    async with recordings.paused(channel, FILE):
        pass
    await recordings.hear_again(channel)

    assert ami.actions == []
    assert line.commands == []


async def test_a_message_has_its_folder_where_only_agents_are_recorded() -> None:
    line = FakeChannel("1")
    line.variables["MESSAGE_RECORDING_ID"] = "mix-2"

    await Recordings(FakeAmi(line), whole_calls=False).make_room(Channel(session_on(line)), FILE)

    assert line.commands == [
        f'EXEC "MixMonitor" "{FILE},i(MESSAGE_RECORDING_ID)"',
        'GET VARIABLE "MESSAGE_RECORDING_ID"',
        'EXEC "StopMixMonitor" "mix-2"',
    ]


async def test_a_hang_up_is_not_hidden_by_a_recording_that_cannot_go_on() -> None:
    line = FakeChannel()
    ami = FakeAmi(line)
    ami.down = True
    channel = Channel(session_on(line))

    with pytest.raises(CallerHungUp):
        async with Recordings(ami).paused(channel, FILE):
            await channel.wait_for_key(1)


async def test_operations_are_told_of_a_recording_that_stays_mute() -> None:
    line = FakeChannel("1")
    ami = FakeAmi(line)

    with capture_logs() as logs:
        async with Recordings(ami).paused(Channel(session_on(line)), FILE):
            ami.down = True

    assert [entry["event"] for entry in logs if entry["log_level"] == "error"] == [
        "recording.left_muted"
    ]


async def test_a_call_that_is_not_recorded_asks_nobody() -> None:
    line = FakeChannel("1")
    ami = FakeAmi(line)
    phone = AgiPhone(
        make.call(recording=None),
        Channel(session_on(line)),
        FakeSpeech(),
        Recordings(ami),
        NoMeter(),
    )

    async with phone.unrecorded():
        await phone.play(WELCOME)

    assert ami.actions == []
