"""What those who wait for an agent hear of their place."""

import asyncio

from callcenter.domain.calls import CallId
from callcenter.ivr.phone import Utterance
from callcenter.telephony.ami_words import AmiMessage
from callcenter.telephony.place import PlaceScript
from tests.fakes.agi import FakeAmi, FakeChannel, session_on
from tests.fakes.clock import FakeClock
from tests.fakes.speech import FakeSpeech
from tests.fakes.store import FakeCallBook
from tests.unit.ivr.hotline_of import shipped_catalogue

CALL = CallId("pbx-1.7")


def member(status: str = "2", paused: str = "0") -> AmiMessage:
    return _row("QueueMember", Name="agent1", Location="PJSIP/agent1", Status=status, Paused=paused)


def entry(call: str, place: int) -> AmiMessage:
    return _row("QueueEntry", Uniqueid=call, Position=str(place), Wait="5")


def params(talk_s: int) -> AmiMessage:
    return _row("QueueParams", TalkTime=str(talk_s))


def _row(event: str, **fields: str) -> AmiMessage:
    return AmiMessage((("Event", event), *fields.items()))


async def said(*queue: AmiMessage, language: str = "zh") -> tuple[list[str], FakeCallBook]:
    """Return what the caller hears of such a queue."""
    line, speech, ami, book = FakeChannel(), FakeSpeech(), FakeAmi(), FakeCallBook()
    ami.lists["QueueStatus"] = list(queue)
    script = PlaceScript(ami, shipped_catalogue(), speech, book, FakeClock())

    await script.lead(session_on(line, CALL, language))

    return [speech.words(sound) for sound in line.heard], book


async def test_a_caller_hears_the_place_and_how_long_it_may_take() -> None:
    heard, _ = await said(params(120), member(), entry("pbx-1.1", 1), entry(CALL, 2))

    assert heard == ["您排在第二位。预计等待四分钟左右。留言请按一，返回请按星号。"]


async def test_more_agents_make_the_wait_shorter() -> None:
    heard, _ = await said(params(60), member(), member(), entry(CALL, 2))

    assert heard == ["您排在第二位。预计等待一分钟左右。留言请按一，返回请按星号。"]


async def test_agents_who_have_a_pause_or_no_telephone_do_not_count() -> None:
    away = (member(paused="1"), member(status="5"))

    heard, _ = await said(params(120), member(), *away, entry(CALL, 1))

    assert heard == ["您是下一位。预计等待两分钟左右。留言请按一，返回请按星号。"]


async def test_who_is_about_to_be_answered_hears_of_no_wait() -> None:
    heard, _ = await said(params(120), member(status="1"), entry(CALL, 1))

    assert heard == ["您是下一位。留言请按一，返回请按星号。"]


async def test_a_caller_who_does_not_wait_hears_nothing() -> None:
    heard, book = await said(params(120), member(), entry("pbx-1.1", 1))

    assert (heard, book.turns) == ([], {})


async def test_the_place_is_told_in_the_callers_language_and_is_in_the_transcript() -> None:
    heard, book = await said(member(), entry("pbx-1.1", 1), entry(CALL, 2), language="en")

    assert heard[0].startswith("You are number two in the queue.")
    [turn] = book.turns[CALL]
    assert (turn.prompts[0], turn.outcome, turn.words) == ("agent-place", "waits", heard[0])


async def test_an_asterisk_that_does_not_answer_costs_the_caller_nothing_but_the_words() -> None:
    line, ami = FakeChannel(), FakeAmi()
    ami.down = True
    script = PlaceScript(ami, shipped_catalogue(), FakeSpeech(), FakeCallBook(), FakeClock())

    await script.lead(session_on(line, CALL, "zh"))

    assert line.heard == []


async def test_it_falls_silent_when_the_caller_is_out_of_the_queue() -> None:
    ami, line, wire = FakeAmi(), FakeChannel(), asyncio.Event()
    ami.lists["QueueStatus"] = [member(), entry(CALL, 1)]
    script = PlaceScript(ami, shipped_catalogue(), Endless(wire), FakeCallBook(), FakeClock())

    leading = asyncio.create_task(script.lead(session_on(line, CALL, "zh")))
    await wire.wait()
    ami.tell("QueueCallerLeave", Uniqueid="pbx-1.1")
    ami.tell("QueueCallerLeave", Uniqueid=CALL)
    await asyncio.wait_for(leading, 5)

    assert line.heard == []


class Endless(FakeSpeech):
    """Never comes to an end with a sound; tells when it was asked for one."""

    def __init__(self, asked: asyncio.Event) -> None:
        super().__init__()
        self._event = asked

    async def sound(self, utterance: Utterance) -> str:
        self._event.set()
        return await asyncio.Future()
