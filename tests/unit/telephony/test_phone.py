"""The phone on Asterisk: sounds, pauses and words. What it shares with others is in contract/."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from callcenter.domain.calls import Call, Language
from callcenter.domain.errors import CannotRecord, LineLost, SoundMissing
from callcenter.ivr.phone import Halt, Spoken, Utterance
from callcenter.telephony.channel import Channel
from callcenter.telephony.meter import NoMeter
from callcenter.telephony.phone import AgiPhone
from callcenter.telephony.recording import Recordings
from tests import make
from tests.fakes.agi import QUIET, FakeAmi, FakeChannel, session_on
from tests.fakes.speech import FakeSpeech

WELCOME = Utterance(language=Language.ZH, phrases=("欢迎",))
PRICE = Utterance(language=Language.ZH, phrases=("十元零五分",), figures=("10.05", "100"))
HELLO = Utterance(language=Language.EN, phrases=("Hello", "world"))


@dataclass
class Prompts(NoMeter):
    """Remembers how long after a key each prompt began."""

    after_key_s: list[float | None] = field(default_factory=list)

    def prompt_began(self, after_key_s: float | None) -> None:
        self.after_key_s.append(after_key_s)


def phone_on(
    line: FakeChannel,
    speech: FakeSpeech | None = None,
    meter: Prompts | None = None,
    *,
    call: Call | None = None,
    reads_words: bool = False,
) -> AgiPhone:
    return AgiPhone(
        call or make.call(),
        Channel(session_on(line)),
        speech or FakeSpeech(),
        Recordings(FakeAmi(line)),
        meter or Prompts(),
        reads_words=reads_words,
    )


# Keys


async def test_a_key_ends_a_prompt_and_waits() -> None:
    line = FakeChannel("1")
    phone = phone_on(line)
    line.types("5")

    await phone.play(WELCOME)

    assert await phone.key(within_s=1) == "5"


async def test_keys_pressed_while_nothing_runs_wait_too() -> None:
    line = FakeChannel("1")
    phone = phone_on(line)

    line.press("12")
    first = await phone.key(within_s=1)
    line.press("34")

    assert [first, *[await phone.key(within_s=1) for _ in range(3)]] == ["1", "2", "3", "4"]


async def test_keys_pressed_while_nothing_runs_leave_the_prompt_unsaid() -> None:
    line = FakeChannel("1")
    phone = phone_on(line)
    line.press("5")

    await phone.play(WELCOME)

    assert line.heard == []
    assert await phone.key(within_s=1) == "5"


async def test_a_fresh_prompt_drops_what_was_pressed_before_it() -> None:
    line = FakeChannel("1")
    phone = phone_on(line)
    line.press("5")

    await phone.play(WELCOME, fresh=True)

    assert len(line.heard) == 1
    assert await phone.key(within_s=1) == "1"


async def test_a_fresh_prompt_keeps_the_key_that_ends_it() -> None:
    line = FakeChannel("1")
    phone = phone_on(line)
    line.types("5")

    await phone.play(WELCOME, fresh=True)

    assert await phone.key(within_s=1) == "5"


async def test_a_field_begun_in_the_prompt_is_taken_in_one_command() -> None:
    line = FakeChannel("1")
    phone = phone_on(line)
    line.types("60#")

    await phone.play(WELCOME)
    keys = [await phone.key(within_s=5, of_field=True) for _ in range(3)]

    asked = [command.split(' "')[0] for command in line.commands]
    assert keys == ["6", "0", "#"]
    assert asked == ["GET FULL VARIABLE", "STREAM FILE", "GET DATA", "GET FULL VARIABLE"]


@pytest.mark.parametrize("key", ["*", "#"])
async def test_a_key_that_begins_no_field_comes_at_once(key: str) -> None:
    line = FakeChannel(key)

    assert await phone_on(line).key(within_s=5, of_field=True) == key
    assert not any(command.startswith("GET DATA") for command in line.commands)


async def test_a_key_is_waited_for_as_long_as_was_asked() -> None:
    line = FakeChannel(QUIET)

    assert await phone_on(line).key(within_s=3) is None
    assert sum(command.startswith("WAIT FOR DIGIT") for command in line.commands) == 3


async def test_the_pause_that_ended_a_field_counts_as_waiting() -> None:
    line = FakeChannel("6", QUIET)
    phone = phone_on(line)

    await phone.key(within_s=3, of_field=True)
    before = len(line.commands)
    await phone.key(within_s=3, of_field=True)

    waited = [c for c in line.commands[before:] if c.startswith("WAIT FOR DIGIT")]
    assert len(waited) == 2


# Sounds


async def test_a_sound_that_is_missing_is_made_again() -> None:
    line, speech = Renewed("1", missing=["spoken/1"]), FakeSpeech()
    line.speech = speech

    await phone_on(line, speech).play(PRICE)

    assert speech.renewed == [PRICE]
    assert line.heard == ["spoken/1"]
    assert line.spelled == []


async def test_a_sound_that_stays_missing_leaves_the_figures() -> None:
    line = FakeChannel("1", missing=["spoken/1"])

    await phone_on(line).play(PRICE)

    assert line.spelled == ["10*05", "100"]


async def test_without_a_voice_there_is_a_beep_and_the_figures() -> None:
    line = FakeChannel("1")

    await phone_on(line, FakeSpeech(mute=True)).play(PRICE)

    assert line.heard == ["beep"]
    assert line.spelled == ["10*05", "100"]


async def test_without_any_sound_the_figures_are_said_still() -> None:
    line = FakeChannel("1", missing=["beep"])

    await phone_on(line, FakeSpeech(mute=True)).play(PRICE)

    assert line.spelled == ["10*05", "100"]


async def test_a_voice_that_is_back_is_heard_again() -> None:
    line, speech = FakeChannel("1"), FakeSpeech(mute=True)
    phone = phone_on(line, speech)

    await phone.play(WELCOME)
    speech.mute = False
    await phone.play(WELCOME)

    assert line.heard == ["beep", "spoken/1"]


# Words and languages


async def test_a_line_that_reads_is_shown_the_words_before_the_sound() -> None:
    line = FakeChannel("1")

    await phone_on(line, reads_words=True).play(HELLO)

    shown = line.commands.index('NOOP "Hello world"')
    assert shown < line.commands.index('STREAM FILE "spoken/1" "0123456789*#"')


async def test_a_line_that_hears_is_shown_no_words() -> None:
    line = FakeChannel("1")

    await phone_on(line).play(WELCOME)

    assert not any("欢迎" in command for command in line.commands)


async def test_the_channel_follows_the_language() -> None:
    line = FakeChannel("1")
    phone = phone_on(line)

    await phone.play(WELCOME)
    assert "CHANNEL(language)" not in line.variables
    await phone.play(HELLO)
    assert line.variables["CHANNEL(language)"] == "en"
    await phone.play(WELCOME)
    assert line.variables["CHANNEL(language)"] == "zh"


# Sounds that can be gone back and forth in, and messages


async def test_a_sound_is_played_from_where_it_is_wanted() -> None:
    line = FakeChannel("12@4", "1")

    await phone_on(line).play_from("/news/1.wav", 2.5)

    assert 'STREAM FILE "/news/1" "0123456789*#" "20000"' in line.commands


async def test_a_recording_that_is_not_there_is_not_passed_over() -> None:
    line = FakeChannel("1", missing=["/news/1"])

    with pytest.raises(SoundMissing, match="/news/1"):
        await phone_on(line).play_from("/news/1", 0.0)


async def test_words_that_have_gone_are_made_again_also_where_one_can_go_back_in_them() -> None:
    line = Renewed("1", missing=["spoken/1"])
    line.speech = FakeSpeech()

    stop = await phone_on(line, line.speech).play_from(WELCOME, 0.0)

    assert stop.by is Halt.END
    assert line.speech.renewed == [WELCOME]


async def test_a_message_lies_beside_the_recording_of_its_call() -> None:
    line = FakeChannel("3s#", "1")
    phone = phone_on(line, call=make.call(recording="/rec/2026/11/20/pbx-1.1.wav"))

    message = await phone.record("80000001", most_s=60, silence_s=8)

    assert message.file == "/rec/2026/11/20/pbx-1.1-80000001.wav"
    assert line.commands[-2] == (
        'RECORD FILE "/rec/2026/11/20/pbx-1.1-80000001" "wav" "#" "60000" "BEEP" "s=8"'
    )


async def test_a_message_that_filled_its_time_was_not_ended_by_silence() -> None:
    line = FakeChannel("60s", "1")

    message = await phone_on(line).record("a", most_s=60, silence_s=8)

    assert message.ending is Spoken.FULL


async def test_a_message_that_cannot_be_written_is_not_passed_over() -> None:
    line = FakeChannel("1", missing=["a"])

    with pytest.raises(CannotRecord, match="writefile"):
        await phone_on(line).record("a", most_s=60, silence_s=8)


# The meter and the end


async def test_only_the_first_prompt_after_a_key_is_timed() -> None:
    meter = Prompts()
    phone = phone_on(FakeChannel("1"), meter=meter)

    await phone.play(WELCOME)
    await phone.key(within_s=1)
    await phone.play(WELCOME)
    await phone.play(WELCOME)

    first, second, third = meter.after_key_s
    assert (first, third) == (None, None)
    assert second is not None
    assert 0 <= second < 5


async def test_a_prompt_that_is_left_unsaid_is_not_counted() -> None:
    line, meter = FakeChannel("1"), Prompts()
    phone = phone_on(line, meter=meter)
    line.press("5")

    await phone.play(WELCOME)

    assert meter.after_key_s == []


async def test_a_pbx_that_is_gone_is_told_from_a_caller_who_is() -> None:
    session = session_on(FakeChannel("1"))
    phone = AgiPhone(make.call(), Channel(session), FakeSpeech(), Recordings(FakeAmi()), Prompts())
    session.take_loss("Asterisk closed the connection")

    with pytest.raises(LineLost):
        await phone.play(WELCOME)


class Renewed(FakeChannel):
    """Has the missing sounds once the speech has made them again."""

    speech = FakeSpeech()

    def answer(self, line: str) -> list[str]:
        if self.speech.renewed:
            self.missing.clear()
        return super().answer(line)


async def test_a_message_to_a_daemon_that_died_is_found_beside_the_recording(
    tmp_path: Path,
) -> None:
    line = FakeChannel()
    phone = phone_on(line, call=make.call(recording=f"{tmp_path}/pbx-1.1.wav"))
    (tmp_path / "pbx-1.1-80000001.wav").write_bytes(bytes(44 + 3 * 16_000))
    line.press("5#2")

    found = await phone.kept("80000001")

    assert await phone.key(within_s=1) == "2"

    assert found is not None
    assert (found.file, found.seconds) == (f"{tmp_path}/pbx-1.1-80000001.wav", 3)
    assert await phone.kept("80000002") is None


async def test_a_line_without_sound_has_kept_no_message() -> None:
    assert await phone_on(FakeChannel()).kept("80000001") is None
