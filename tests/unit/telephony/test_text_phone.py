"""The telephone in a terminal, and the keyboard that is a script."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from callcenter.domain.calls import Call, CallEnd, Language
from callcenter.domain.errors import CallerHungUp
from callcenter.ivr.phone import Phone, Utterance
from callcenter.telephony.fastagi import FastAgiServer
from callcenter.telephony.hotline import HotlineScript, TakesCalls
from callcenter.telephony.meter import NoMeter
from callcenter.telephony.recording import Recordings
from callcenter.telephony.text_phone import Keyboard, ScriptedKeyboard, TextPhone
from tests.fakes.agi import FakeAmi
from tests.fakes.clock import FakeClock
from tests.fakes.speech import FakeSpeech

WELCOME = Utterance(language=Language.EN, phrases=('Say "hello"', "C:\\ drive"))


class Echo(TakesCalls):
    """Welcomes the caller and takes so many keys."""

    def __init__(self, keys: int) -> None:
        self.calls: list[Call] = []
        self.keys: list[str | None] = []
        self._wanted = keys

    async def take(self, phone: Phone) -> CallEnd:
        self.calls.append(phone.call)
        try:
            await phone.play(WELCOME)
            for _ in range(self._wanted):
                self.keys.append(await phone.key(within_s=1))
        except CallerHungUp:
            return CallEnd.HUNG_UP
        return CallEnd.GOODBYE


@asynccontextmanager
async def serving(reception: TakesCalls) -> AsyncIterator[int]:
    script = HotlineScript(
        reception, FakeSpeech(), Recordings(FakeAmi()), NoMeter(), FakeClock(), {}
    )
    server = FastAgiServer("127.0.0.1", 0, script.lead)
    await server.start()
    try:
        yield server.port
    finally:
        await server.stop(drain_s=5)


async def ring(reception: TakesCalls, keyboard: Keyboard) -> tuple[bool, list[str]]:
    """Call; return whether the hotline ended it, and what was shown."""
    shown: list[str] = []
    async with serving(reception) as port:
        phone = TextPhone(shown.append, keyboard)
        ended = await phone.run("127.0.0.1", port, call_id="text-1", caller="139", did="6003")
    return ended, shown


async def test_a_call_is_an_ordinary_call_without_a_recording() -> None:
    reception = Echo(keys=0)

    await ring(reception, ScriptedKeyboard(""))

    [call] = reception.calls
    assert (call.id, call.caller, call.did, call.recording) == ("text-1", "139", "6003", None)


async def test_the_words_are_shown_as_they_are_said() -> None:
    _, shown = await ring(Echo(keys=0), ScriptedKeyboard(""))

    assert shown == ['Say "hello" C:\\ drive']


async def test_a_hotline_that_hangs_up_is_told_from_a_caller_who_does() -> None:
    by_hotline, _ = await ring(Echo(keys=1), ScriptedKeyboard("1"))
    by_caller, _ = await ring(Echo(keys=2), ScriptedKeyboard("1"))

    assert (by_hotline, by_caller) == (True, False)


async def test_keys_come_in_groups_and_silence() -> None:
    reception = Echo(keys=3)

    await ring(reception, ScriptedKeyboard("12 _ 3"))

    assert reception.keys == ["1", "2", None]


async def test_keys_typed_while_it_speaks_are_heard() -> None:
    reception = Echo(keys=2)

    await ring(reception, Interrupting("*9"))

    assert reception.keys == ["*", "9"]


def test_a_keyboard_is_finished_when_all_is_pressed() -> None:
    assert ScriptedKeyboard("").finished
    assert not ScriptedKeyboard("1").finished


async def test_silence_lasts_until_something_is_said() -> None:
    keyboard = ScriptedKeyboard("_ 1")

    before = [await keyboard.waiting(1), await keyboard.waiting(1)]
    keyboard.words_came()

    assert before == ["", ""]
    assert await keyboard.waiting(1) == "1"


class Interrupting(ScriptedKeyboard):
    """Presses its keys while the first words are said."""

    async def listening(self, words: str) -> str:
        return await self.waiting(0) or ""


async def test_what_cannot_be_heard_here_is_shown_as_a_recording() -> None:
    class Plays(TakesCalls):
        async def take(self, phone: Phone) -> CallEnd:
            await phone.play_from("/news/1", 0.0)
            await phone.record("a", most_s=60, silence_s=8)
            return CallEnd.GOODBYE

    _, shown = await ring(Plays(), ScriptedKeyboard("3s#"))

    assert shown == ["[recording]", "[recording]"]
