"""Something that is played, under the hands of its caller."""

import pytest

from callcenter.domain.errors import CallerHungUp, SoundMissing
from callcenter.ivr.playback import Left, Listened, play_back
from tests.fakes.phone import LASTING_S, SILENCE, FakePhone
from tests.unit.ivr.hotline_of import talk_on

SOUND = "/news/1"


async def listen(*script: str) -> tuple[FakePhone, Listened]:
    """Play 30 s to a caller who does as the script says."""
    phone = FakePhone(*script)
    return phone, await play_back(talk_on(phone), SOUND, name="item")


def starts(phone: FakePhone) -> list[float]:
    return [start_s for _, start_s in phone.played]


async def test_what_nobody_stops_is_heard_out() -> None:
    _, listened = await listen("1")

    assert listened == Listened(left=Left.HEARD_OUT, at_s=LASTING_S, heard_s=LASTING_S)


@pytest.mark.parametrize(
    ("script", "goes_on_at"),
    [
        pytest.param(["15@4"], 5.0, id="back"),
        pytest.param(["4@4"], 0.0, id="back-before-its-beginning"),
        pytest.param(["15@6"], 25.0, id="forward"),
        pytest.param(["28@6"], 38.0, id="forward-past-its-end"),
        pytest.param(["15@1"], 0.0, id="again"),
        pytest.param(["15@5", "5"], 15.0, id="pause-and-on"),
        pytest.param(["15@5", SILENCE], 15.0, id="pause-and-silence"),
        pytest.param(["15@5", "4"], 5.0, id="pause-and-back"),
        pytest.param(["15@7"], 15.0, id="a-key-of-no-meaning"),
    ],
)
async def test_keys_lead_to_another_place_in_it(script: list[str], goes_on_at: float) -> None:
    phone, listened = await listen(*script, "1")

    assert starts(phone) == [0.0, goes_on_at]
    assert listened.left is Left.HEARD_OUT


@pytest.mark.parametrize(("key", "left"), [("#", Left.NEXT), ("*", Left.BACK), ("0", Left.AGENT)])
async def test_keys_leave_it(key: str, left: Left) -> None:
    _, listened = await listen(f"12.5@{key}", "1")

    assert listened == Listened(left=left, at_s=12.5, heard_s=12.5)


async def test_it_may_be_left_out_of_a_pause() -> None:
    _, listened = await listen("12@5", "*")

    assert listened.left is Left.BACK


async def test_what_was_heard_twice_counts_twice_and_what_was_skipped_not() -> None:
    _, listened = await listen("15@4", "10@6", "25@#", "1")

    assert listened.heard_s == pytest.approx(15 + (10 - 5) + (25 - 20))


async def test_a_caller_who_hangs_up_has_heard_it_so_far() -> None:
    phone, listened = await listen("12@")

    assert listened == Listened(left=Left.HUNG_UP, at_s=12.0, heard_s=12.0)
    with pytest.raises(CallerHungUp):
        await phone.key(within_s=1)


async def test_a_caller_who_hangs_up_in_a_pause_is_gone() -> None:
    with pytest.raises(CallerHungUp):
        await listen("12@5")


async def test_a_key_that_was_pressed_before_counts() -> None:
    phone = FakePhone("1#")
    talk = talk_on(phone)
    await phone.key(within_s=1)

    listened = await play_back(talk, SOUND, name="item")

    assert listened == Listened(left=Left.NEXT, at_s=0.0, heard_s=0.0)


async def test_what_is_not_there_is_not_passed_over() -> None:
    phone = FakePhone("1")
    phone.missing.add(SOUND)

    with pytest.raises(SoundMissing):
        await play_back(talk_on(phone), SOUND, name="item")
