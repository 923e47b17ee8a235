"""
What every `Phone` promises: the fake, and the one on Asterisk with each kind of line.

`dial(*script)` gives a caller who presses each group of keys when a key is wanted and none waits,
says nothing for `QUIET`, and hangs up when the script is over.
"""

from collections.abc import Awaitable, Callable

import pytest

from callcenter.domain.agents import AgentOutcome
from callcenter.domain.calls import Language
from callcenter.domain.errors import CallerHungUp
from callcenter.ivr.phone import Halt, Phone, Spoken, Utterance
from tests.contract.phones import Dial, asterisk, fake, terminal
from tests.fakes.agi import QUIET

WELCOME = Utterance(language=Language.ZH, phrases=("欢迎",))
SORRY = Utterance(language=Language.ZH, phrases=("对不起",))


@pytest.fixture(params=[fake, asterisk, terminal], ids=["fake", "asterisk", "terminal"])
def dial(request: pytest.FixtureRequest) -> Dial:
    chosen: Dial = request.param
    return chosen


async def keys(phone: Phone, count: int, *, of_field: bool = False) -> str:
    """Take so many keys, whether they wait or not."""
    taken = [await phone.key(within_s=8, of_field=of_field) for _ in range(count)]
    return "".join(key or "-" for key in taken)


# Keys


async def test_keys_wait_in_the_order_they_were_pressed(dial: Dial) -> None:
    async with dial("1*0#9") as line:
        assert await keys(line.phone, 5) == "1*0#9"


async def test_keys_wait_while_something_else_is_done(dial: Dial) -> None:
    async with dial("12") as line:
        first = await keys(line.phone, 1)
        await line.phone.play(WELCOME)
        await line.phone.play(SORRY)

        assert first + await keys(line.phone, 1) == "12"


async def test_silence_is_no_key(dial: Dial) -> None:
    async with dial(QUIET, "1") as line:
        assert await line.phone.key(within_s=2) is None


async def test_a_caller_who_said_nothing_is_asked_again(dial: Dial) -> None:
    async with dial(QUIET, "1") as line:
        await line.phone.key(within_s=2)
        await line.phone.play(SORRY)

        assert await line.phone.key(within_s=2) == "1"


async def test_keys_that_are_put_back_are_taken_again_before_all_others(dial: Dial) -> None:
    async with dial("123") as line:
        taken = await keys(line.phone, 2)
        line.phone.put_back(taken)

        assert taken + await keys(line.phone, 3) == "12123"


async def test_a_key_that_was_put_back_leaves_the_prompt_unsaid(dial: Dial) -> None:
    async with dial("1") as line:
        line.phone.put_back(await keys(line.phone, 1))
        await line.phone.play(WELCOME)

        assert line.heard() == []


# Prompts


async def test_what_is_said_is_heard(dial: Dial) -> None:
    async with dial("1") as line:
        await line.phone.play(WELCOME)
        await line.phone.play(SORRY)

        assert line.heard() == ["欢迎", "对不起"]


async def test_a_key_that_waits_leaves_the_prompt_unsaid(dial: Dial) -> None:
    async with dial("12", QUIET) as line:
        await keys(line.phone, 1, of_field=True)
        await line.phone.play(WELCOME)

        assert line.heard() == []


async def test_what_is_fresh_is_said_whatever_was_pressed(dial: Dial) -> None:
    async with dial("12", QUIET, QUIET) as line:
        await keys(line.phone, 1, of_field=True)
        await line.phone.play(WELCOME, fresh=True)

        assert line.heard() == ["欢迎"]
        assert await line.phone.key(within_s=2) is None


# Fields


@pytest.mark.parametrize(
    ("script", "field"),
    [
        pytest.param(["600000#"], "600000#", id="whole"),
        pytest.param(["60", "0000#"], "600000#", id="pause"),
        pytest.param(["6", "0", "0", "0", "0", "0", "#"], "600000#", id="slowly"),
        pytest.param(["10*05#"], "10*05#", id="point"),
        pytest.param(["11111#"], "11111#", id="same-key"),
        pytest.param(["#"], "#", id="empty"),
        pytest.param(["*"], "*", id="only-a-star"),
    ],
)
async def test_a_field_loses_and_doubles_nothing(dial: Dial, script: list[str], field: str) -> None:
    async with dial(*script) as line:
        assert await keys(line.phone, len(field), of_field=True) == field


async def test_keys_after_a_field_wait_for_what_comes_next(dial: Dial) -> None:
    async with dial("60#71") as line:
        field = await keys(line.phone, 3, of_field=True)

        assert field + await keys(line.phone, 2) == "60#71"


# Passwords


@pytest.mark.parametrize("of_field", [False, True], ids=["key-by-key", "as-a-field"])
async def test_a_password_is_in_no_recording(dial: Dial, of_field: bool) -> None:
    async with dial("135#") as line:
        async with line.phone.unrecorded():
            password = await keys(line.phone, 4, of_field=of_field)

        assert password == "135#"
        assert line.recorded() == ""


@pytest.mark.parametrize("dial", [fake, asterisk])
async def test_what_is_keyed_after_a_password_is_recorded(dial: Dial) -> None:
    async with dial("1", "2#", "3") as line:
        await keys(line.phone, 1)
        async with line.phone.unrecorded():
            await keys(line.phone, 2, of_field=True)
        await keys(line.phone, 1)

        assert line.recorded() == "13"


# Sounds that can be gone back and forth in


async def test_a_sound_is_played_to_its_end(dial: Dial) -> None:
    async with dial("1") as line:
        stop = await line.phone.play_from(WELCOME, 0.0)

        assert stop.by is Halt.END


async def test_a_key_stops_a_sound_and_waits(dial: Dial) -> None:
    async with dial("12.5@4", "1") as line:
        stop = await line.phone.play_from("/news/1", 0.0)

        assert (stop.at_s, stop.by) == (12.5, Halt.KEY)
        assert await line.phone.key(within_s=1) == "4"


async def test_a_key_that_waits_stops_a_sound_where_it_starts(dial: Dial) -> None:
    async with dial("12", QUIET) as line:
        await keys(line.phone, 1, of_field=True)

        stop = await line.phone.play_from("/news/1", 7.0)

        assert (stop.at_s, stop.by) == (7.0, Halt.KEY)
        assert await line.phone.key(within_s=1) == "2"


async def test_a_caller_who_hangs_up_has_heard_a_sound_so_far(dial: Dial) -> None:
    async with dial("12@") as line:
        stop = await line.phone.play_from("/news/1", 0.0)

        assert (stop.at_s, stop.by) == (12.0, Halt.HUNG_UP)
        with pytest.raises(CallerHungUp):
            await line.phone.play(SORRY)


# Messages


async def test_a_message_ends_with_the_key_pound_which_is_gone_then(dial: Dial) -> None:
    async with dial("5s#", "1") as line:
        message = await line.phone.record("a", most_s=60, silence_s=8)

        assert (message.seconds, message.ending) == (5.0, Spoken.KEY)
        assert await line.phone.key(within_s=1) == "1"


async def test_a_message_ends_with_silence(dial: Dial) -> None:
    async with dial("5s", "1") as line:
        message = await line.phone.record("a", most_s=60, silence_s=8)

        assert (message.seconds, message.ending) == (5.0, Spoken.SILENCE)


async def test_keys_before_a_message_are_dropped_and_those_behind_it_wait(dial: Dial) -> None:
    async with dial("12", "3s4#56", QUIET) as line:
        await keys(line.phone, 1)

        await line.phone.record("a", most_s=60, silence_s=8)

        assert await keys(line.phone, 2) == "56"


async def test_a_caller_who_hangs_up_has_said_what_was_said(dial: Dial) -> None:
    async with dial("3s") as line:
        message = await line.phone.record("a", most_s=60, silence_s=8)

        assert (message.seconds, message.ending) == (3.0, Spoken.HUNG_UP)
        with pytest.raises(CallerHungUp):
            await line.phone.play(SORRY)


# Agents


async def test_a_caller_whom_no_agent_answers_goes_on_with_the_keys_that_follow(
    dial: Dial,
) -> None:
    async with dial("7") as line:
        visit = await line.phone.wait_for_agent({"ACCOUNT": "10000001"})

        assert (visit.outcome, visit.agent) == (AgentOutcome.NOBODY, "")
        assert await keys(line.phone, 1) == "7"


async def test_a_call_that_has_not_waited_has_nothing_to_tell_of_it(dial: Dial) -> None:
    async with dial("7") as line:
        await line.phone.wait_for_agent({})

        assert await line.phone.agent_visit() is None


# The end


async def play(phone: Phone) -> None:
    await phone.play(WELCOME)


async def wait_for_a_key(phone: Phone) -> None:
    await phone.key(within_s=1)


async def take_a_field(phone: Phone) -> None:
    await phone.key(within_s=1, of_field=True)


async def ask_for_a_password(phone: Phone) -> None:
    async with phone.unrecorded():
        await phone.key(within_s=1)


async def play_from(phone: Phone) -> None:
    await phone.play_from(WELCOME, 0.0)


async def record(phone: Phone) -> None:
    await phone.record("a", most_s=60, silence_s=8)


@pytest.mark.parametrize(
    "do", [play, wait_for_a_key, take_a_field, ask_for_a_password, play_from, record]
)
async def test_a_caller_who_is_gone_ends_whatever_is_done(
    dial: Dial, do: Callable[[Phone], Awaitable[None]]
) -> None:
    async with dial() as line:
        with pytest.raises(CallerHungUp):
            await line.phone.key(within_s=1)

        with pytest.raises(CallerHungUp):
            await do(line.phone)


async def test_a_caller_may_hang_up_while_a_password_is_keyed(dial: Dial) -> None:
    async with dial("1") as line:
        with pytest.raises(CallerHungUp):
            async with line.phone.unrecorded():
                await keys(line.phone, 2)
