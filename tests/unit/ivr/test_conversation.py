"""What a caller and the transcript may rely on, whatever the dialogue."""

from collections.abc import Awaitable, Callable

import pytest

from callcenter.domain.calls import Language, Turn
from callcenter.domain.errors import CallerHungUp, CounterUnavailable, Refused
from callcenter.domain.refusals import Refusal
from callcenter.domain.secret import HIDDEN, Secret
from callcenter.ivr.answers import Answer
from callcenter.ivr.catalogue import say
from callcenter.ivr.endings import GoBack, Goodbye
from callcenter.ivr.keys import Kind
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.reasons import refusal_words
from tests import make
from tests.fakes.phone import SILENCE, FakePhone
from tests.fakes.store import FakeCallBook
from tests.unit.ivr.hotline_of import talk_on, words

CODE = say(Prompt.ASK_BUY_CODE)
MENU = say(Prompt.QUOTE_MENU)
READ_BACK = say(Prompt.MONEY, usable=1, withdrawable=1, frozen=1, total=1)


class Talk:
    """A conversation over fakes, with what the phone and the book remember of it."""

    def __init__(self, phone: FakePhone) -> None:
        self.phone = phone
        self.book = FakeCallBook()
        self.conversation = talk_on(phone, self.book)

    @property
    def answers(self) -> list[tuple[str, str]]:
        return [(turn.keys, turn.outcome) for turn in self.turns]

    @property
    def turns(self) -> list[Turn]:
        return self.book.turns.get(self.phone.call.id, [])

    def times(self, prompt: str) -> int:
        """How often the sentence was said."""
        return sum(words(prompt) in said for said in self.phone.said)


def talk(*script: str, burst: bool = False) -> Talk:
    return Talk(FakePhone(*script, burst=burst))


async def as_keyed(value: str) -> str:
    return value


async def only_600000(value: str) -> str:
    if value != "600000":
        raise Refused(Refusal.UNKNOWN_SECURITY)
    return value


def ask(
    of: Talk,
    check: Callable[[str], Awaitable[str]] = as_keyed,
    default: Callable[[], Awaitable[str]] | None = None,
) -> Awaitable[str]:
    return of.conversation.ask(CODE, kind=Kind.NUMBER, check=check, default=default)


async def test_a_question_is_asked_until_it_is_answered() -> None:
    t = talk(SILENCE, "1#", "600000#")

    answer = await ask(t, only_600000)

    assert answer == "600000"
    assert t.answers == [("", "nothing-heard"), ("1#", "refused:3001"), ("600000#", "value")]
    assert t.times(Prompt.ASK_BUY_CODE) == 3


@pytest.mark.parametrize(
    "script",
    [
        pytest.param([SILENCE] * 3, id="silence"),
        pytest.param(["1#"] * 3, id="refused"),
        pytest.param(["#"] * 3, id="no-default"),
        pytest.param(["6", SILENCE, "1#", "#"], id="mixed"),
        pytest.param(["*"], id="back"),
        pytest.param(["600", "*", "*"], id="cleared-and-back"),
    ],
)
async def test_three_fruitless_tries_or_the_back_key_lead_back(script: list[str]) -> None:
    t = talk(*script)

    with pytest.raises(GoBack):
        await ask(t, only_600000)

    assert t.phone.left == 0


async def test_a_caller_is_told_why_a_question_comes_again() -> None:
    t = talk(SILENCE, "#", "600000#")

    await ask(t)

    assert words(Prompt.NOTHING_HEARD) in t.phone.said
    assert words(Prompt.NO_DEFAULT) in t.phone.said


async def test_a_refusal_is_said_in_plain_words_with_its_message_number() -> None:
    t = talk("1#", "600000#")

    await ask(t, only_600000)

    refusal = words(refusal_words(Refusal.UNKNOWN_SECURITY)) + words(
        Prompt.MESSAGE_NUMBER, number="3001"
    )
    assert t.phone.said[1] == refusal


async def test_the_end_key_alone_takes_the_default() -> None:
    async def default() -> str:
        return "601398"

    t = talk("#")

    answer = await ask(t, default=default)

    assert answer == "601398"
    assert t.answers == [("#", "default")]


async def test_a_default_that_asks_more_is_in_the_transcript_after_its_key() -> None:
    t = talk("#", "1")

    async def chosen() -> str:
        return await t.conversation.choose(MENU, among="1")

    await ask(t, default=chosen)

    assert t.answers == [("#", "default"), ("1", "chosen")]
    assert t.turns[1].prompts == (Prompt.QUOTE_MENU,)


async def test_going_back_from_a_default_leads_to_the_question() -> None:
    t = talk("#", "*", "600000#")

    async def chosen() -> str:
        await t.conversation.choose(MENU, among="1")
        raise GoBack

    answer = await ask(t, default=chosen)

    assert answer == "600000"
    assert t.answers == [("#", "default"), ("*", "chosen"), ("600000#", "value")]


async def test_keys_whose_check_breaks_are_in_the_transcript() -> None:
    async def broken(_: str) -> str:
        raise CounterUnavailable

    t = talk("600000#")

    with pytest.raises(CounterUnavailable):
        await ask(t, broken)

    assert t.answers == [("600000#", "failed")]


async def test_a_menu_returns_the_key_that_was_chosen() -> None:
    t = talk("4")

    assert await t.conversation.choose(MENU, among="45") == "4"
    assert t.answers == [("4", "chosen")]


async def test_pound_says_the_menu_again_and_is_no_mistake() -> None:
    t = talk("#", "#", "#", "#", "1")

    assert await t.conversation.choose(MENU, among="1") == "1"
    assert t.times(Prompt.QUOTE_MENU) == 5
    assert t.times(Prompt.WRONG_KEY) == 0


async def test_star_goes_back_from_any_menu() -> None:
    assert await talk("*").conversation.choose(MENU, among="1") == "*"


async def test_the_third_silence_at_a_menu_is_goodbye() -> None:
    t = talk(SILENCE, "9", SILENCE, SILENCE)

    with pytest.raises(Goodbye):
        await t.conversation.choose(MENU, among="1")

    assert t.times(Prompt.QUOTE_MENU) == 4


async def test_the_third_wrong_key_at_a_menu_goes_back() -> None:
    t = talk("9", SILENCE, "0", "8")

    with pytest.raises(GoBack):
        await t.conversation.choose(MENU, among="1")

    assert t.times(Prompt.WRONG_KEY) == 3
    assert t.answers[-1] == ("8", "wrong-key")


@pytest.mark.parametrize(
    ("script", "answer", "outcome"),
    [
        pytest.param(["1"], Answer.YES, "yes", id="yes"),
        pytest.param(["2"], Answer.NO, "no", id="no"),
        pytest.param(["*"], Answer.DROPPED, "dropped", id="dropped"),
        pytest.param([SILENCE, "9", "1"], Answer.YES, "yes", id="on-the-last-try"),
        pytest.param([SILENCE] * 3, Answer.DROPPED, "silence", id="silence"),
        pytest.param(["9", "0", "5"], Answer.DROPPED, "again", id="wrong-keys"),
        pytest.param(["#", "#", "#", "1"], Answer.YES, "yes", id="heard-again"),
    ],
)
async def test_a_read_back_is_confirmed_by_key_1_only(
    script: list[str], answer: Answer, outcome: str
) -> None:
    t = talk(*script)

    assert await t.conversation.confirm(READ_BACK) is answer
    assert t.answers[-1][1] == outcome


async def test_a_read_back_drops_the_keys_that_were_pressed_before_it() -> None:
    t = talk("600000#1", "2")

    await ask(t)
    answer = await t.conversation.confirm(READ_BACK)

    assert answer is Answer.NO
    assert t.phone.dropped == "1"
    assert not t.phone.heard[-1].skipped


async def test_keys_pressed_while_a_wrong_key_is_explained_confirm_nothing() -> None:
    t = talk("91", "2")

    answer = await t.conversation.confirm(READ_BACK)

    assert answer is Answer.NO
    assert t.phone.dropped == "1"


async def test_all_but_a_read_back_lets_keys_wait() -> None:
    t = talk("4600000#", burst=True)

    await t.conversation.choose(MENU, among="4")
    answer = await ask(t)

    assert answer == "600000"
    assert t.phone.dropped == ""
    assert all(heard.skipped for heard in t.phone.heard)


async def test_a_password_is_neither_written_down_nor_recorded() -> None:
    t = talk("246810#")

    password = await t.conversation.ask_password(say(Prompt.ASK_PASSWORD))

    assert password == Secret("246810")
    assert t.answers == [(HIDDEN, "value")]
    assert not any(press.recorded for press in t.phone.taken)


async def test_not_even_an_unfinished_password_is_written_down() -> None:
    t = talk("2468", SILENCE, "#", SILENCE)

    with pytest.raises(GoBack):
        await t.conversation.ask_password(say(Prompt.ASK_PASSWORD))

    assert t.answers == [(HIDDEN, "silence"), (HIDDEN, "silence"), ("", "silence")]
    assert not any(press.recorded for press in t.phone.taken)


async def test_recording_goes_on_after_a_password() -> None:
    t = talk("246810#", "1#")

    await t.conversation.ask_password(say(Prompt.ASK_PASSWORD))
    await ask(t)

    assert [heard.recorded for heard in t.phone.heard] == [False, True]


async def test_a_caller_has_longer_for_the_keys_of_a_price() -> None:
    t = talk("1", "60#", "10#", "2#", "1")

    await t.conversation.choose(MENU, among="1")
    await ask(t)
    await t.conversation.ask(CODE, kind=Kind.DECIMAL, check=as_keyed)
    await t.conversation.ask_password(say(Prompt.ASK_PASSWORD))
    await t.conversation.confirm(READ_BACK)

    assert t.phone.waited == [8, 8, 5, 5, 8, 10, 10, 8, 5, 8]


async def test_a_turn_has_all_that_was_said_before_its_keys() -> None:
    t = talk("1")

    await t.conversation.say(say(Prompt.GREETING))
    await t.conversation.choose(MENU, among="1")

    [turn] = t.turns
    assert turn.prompts == (Prompt.GREETING, Prompt.QUOTE_MENU)
    assert turn.words == words(Prompt.GREETING) + " " + words(Prompt.QUOTE_MENU)
    assert turn.at == make.NOON


async def test_what_nobody_answered_is_in_the_last_turn() -> None:
    t = talk()

    await t.conversation.say(say(Prompt.GOODBYE))
    t.conversation.finish("goodbye")

    assert [turn.prompts for turn in t.turns] == [(Prompt.GOODBYE,)]
    assert t.answers == [("", "goodbye")]


async def test_a_conversation_that_said_nothing_more_has_no_last_turn() -> None:
    t = talk()

    t.conversation.finish("hung-up")

    assert t.turns == []


async def test_what_is_said_is_in_the_callers_language() -> None:
    t = talk()

    t.conversation.language = Language.EN
    await t.conversation.say(say(Prompt.GOODBYE))

    assert t.phone.said == ["Thank you for calling. Goodbye."]


async def test_a_caller_who_hangs_up_ends_whatever_we_do() -> None:
    with pytest.raises(CallerHungUp):
        await ask(talk("600"))
    with pytest.raises(CallerHungUp):
        await talk().conversation.choose(MENU, among="1")
    with pytest.raises(CallerHungUp):
        await talk().conversation.confirm(READ_BACK)
    with pytest.raises(CallerHungUp):
        await talk("24").conversation.ask_password(say(Prompt.ASK_PASSWORD))
