"""What becomes of a call that Asterisk hands over."""

import asyncio
from dataclasses import dataclass, field

import pytest
import structlog

from callcenter.domain.accounts import BranchCode
from callcenter.domain.calls import CallEnd, CallId, Did, Language
from callcenter.ivr.phone import Phone, Utterance
from callcenter.telephony.hotline import HotlineScript, TakesCalls
from callcenter.telephony.meter import NoMeter
from callcenter.telephony.recording import Recordings
from tests import make
from tests.fakes.agi import FakeAmi, FakeChannel, session_on
from tests.fakes.clock import FakeClock
from tests.fakes.speech import FakeSpeech

BRANCHES = {Did("6003"): BranchCode("003")}
HANDED_OVER = ("pbx-1.7", "/rec/1.wav", "6003", "0")
RESUMED = (*HANDED_OVER[:3], "1")


class Reception(TakesCalls):
    """Remembers the phones it took; each call ends as it was told."""

    def __init__(self, end: CallEnd | BaseException = CallEnd.HUNG_UP) -> None:
        self.taken: list[Phone] = []
        self.logged: list[object] = []
        self._end = end

    async def take(self, phone: Phone) -> CallEnd:
        self.taken.append(phone)
        self.logged.append(structlog.contextvars.get_contextvars().get("call_id"))
        if isinstance(self._end, BaseException):
            raise self._end
        return self._end


@dataclass
class Calls(NoMeter):
    """Remembers what it was told, in order."""

    told: list[str] = field(default_factory=list)

    def call_began(self) -> None:
        self.told.append("began")

    def call_ended(self, how: str) -> None:
        self.told.append(how)


async def lead(
    reception: Reception,
    line: FakeChannel,
    *arguments: str,
    meter: Calls | None = None,
    **variables: str,
) -> None:
    script = HotlineScript(
        reception,
        FakeSpeech(),
        Recordings(FakeAmi(line)),
        meter or Calls(),
        FakeClock(),
        BRANCHES,
    )
    await script.lead(session_on(line, *arguments, **variables))


# The call


async def test_a_call_is_what_the_dialplan_tells() -> None:
    reception = Reception()

    await lead(reception, FakeChannel(), *HANDED_OVER, callerid="13900139000")

    [phone] = reception.taken
    assert phone.call == make.call(
        id=CallId("pbx-1.7"),
        caller="+8613900139000",
        did=Did("6003"),
        branch=BranchCode("003"),
        recording="/rec/1.wav",
    )


async def test_a_number_of_no_branch_is_the_unified_one() -> None:
    reception = Reception()

    await lead(reception, FakeChannel(), "pbx-1.7", "", "4008", "1")

    assert (reception.taken[0].call.did, reception.taken[0].call.branch) == ("4008", None)


async def test_a_call_without_arguments_is_what_asterisk_knows() -> None:
    reception = Reception()

    await lead(reception, FakeChannel(), uniqueid="pbx-9", dnid="6003", callerid="unknown")

    call = reception.taken[0].call
    assert (call.id, call.did, call.branch) == ("pbx-9", "6003", "003")
    assert (call.caller, call.recording) == ("", None)


@pytest.mark.parametrize(
    ("script", "version", "tried"),
    [
        pytest.param("hotline-in-words", "7", 7, id="terminal"),
        pytest.param("hotline-in-words", "", None, id="none"),
        pytest.param("hotline-in-words", "x", None, id="nonsense"),
        pytest.param("hotline", "7", None, id="pbx"),
    ],
)
async def test_only_a_terminal_can_try_a_menu(script: str, version: str, tried: int | None) -> None:
    reception = Reception()

    await lead(reception, FakeChannel(), *HANDED_OVER, "", version, network_script=script)

    assert reception.taken[0].call.tries_menu == tried


async def test_the_calls_id_is_on_every_line_of_its_log() -> None:
    reception = Reception()

    await lead(reception, FakeChannel(), *HANDED_OVER)

    assert reception.logged == ["pbx-1.7"]
    assert "call_id" not in structlog.contextvars.get_contextvars()


async def test_a_call_that_comes_from_a_dead_daemon_is_recorded_again() -> None:
    line = FakeChannel()
    line.muted = True

    await lead(Reception(), line, *RESUMED)

    assert not line.muted


async def test_a_call_on_tape_is_told_itself_to_be_recorded_again() -> None:
    line = FakeChannel()

    await lead(Reception(), line, *RESUMED, "tape")

    assert 'EXEC "TapeSilence" "off"' in line.commands


async def test_the_recording_of_a_new_call_is_left_alone() -> None:
    line = FakeChannel()
    line.muted = True

    await lead(Reception(), line, *HANDED_OVER)

    assert line.muted


# The words


async def test_a_terminal_is_shown_the_words() -> None:
    line = FakeChannel("1")
    greeting = Greeting()

    await lead(greeting, line, *HANDED_OVER, network_script="hotline-in-words")

    assert 'NOOP "欢迎"' in line.commands


async def test_asterisk_is_shown_no_words() -> None:
    line = FakeChannel("1")

    await lead(Greeting(), line, *HANDED_OVER)

    assert not any("欢迎" in command for command in line.commands)


class Greeting(Reception):
    async def take(self, phone: Phone) -> CallEnd:
        await phone.play(Utterance(language=Language.ZH, phrases=("欢迎",)))
        return await super().take(phone)


# The end


@pytest.mark.parametrize("end", CallEnd)
async def test_a_call_that_the_reception_ended_is_done(end: CallEnd) -> None:
    line, meter = FakeChannel(), Calls()

    await lead(Reception(end), line, *HANDED_OVER, meter=meter)

    assert line.variables["AGI_DONE"] == "1"
    assert meter.told == ["began", end.value]


@pytest.mark.parametrize(
    "death",
    [pytest.param(asyncio.CancelledError(), id="stopped"), ZeroDivisionError()],
)
async def test_a_call_that_the_daemon_dropped_goes_to_the_next_daemon(
    death: BaseException,
) -> None:
    line, meter = FakeChannel(), Calls()

    with pytest.raises(type(death)):
        await lead(Reception(death), line, *HANDED_OVER, meter=meter)

    assert "AGI_DONE" not in line.variables
    assert meter.told == ["began", "elsewhere"]


async def test_a_caller_who_is_gone_needs_no_telling() -> None:
    line, meter = FakeChannel(), Calls()
    session = session_on(line, *HANDED_OVER)
    session.take_loss("Asterisk closed the connection")
    script = HotlineScript(
        Reception(), FakeSpeech(), Recordings(FakeAmi()), meter, FakeClock(), BRANCHES
    )

    await script.lead(session)

    assert meter.told == ["began", "hung-up"]
