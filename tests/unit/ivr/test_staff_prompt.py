"""The staff line: a prompt of the hotline is said in somebody's own voice."""

import pytest

from callcenter.app.menus import menu_reader
from callcenter.app.parts import load_catalogue
from callcenter.app.recordings import named
from callcenter.domain.calls import STAFF_DID, Language
from callcenter.domain.kept_secret import keep
from callcenter.domain.news import StaffMember
from callcenter.domain.refusals import Refusal
from callcenter.domain.secret import Secret
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.reasons import refusal_words
from callcenter.ivr.recordable import number_of
from callcenter.settings import Settings
from tests import make
from tests.fakes.phone import SILENCE, FakePhone
from tests.unit.ivr.hotline_of import Dialled, Hotline

PIN = "135791"
MEMBER = StaffMember(number="101", name="李", pin=keep(Secret(PIN)))
NUMBER = f"{number_of('greeting')}#"
CALL = make.call(did=STAFF_DID)


@pytest.fixture
def hotline() -> Hotline:
    hotline = Hotline()
    hotline.staff.members[MEMBER.number] = MEMBER
    return hotline


async def record(hotline: Hotline, *script: str) -> Dialled:
    """Call the line, log in, and choose to record a prompt."""
    return await hotline.dial("101#", f"{PIN}#", "2", *script, call=CALL)


async def test_a_prompt_is_heard_recorded_heard_again_and_accepted(hotline: Hotline) -> None:
    call = await record(hotline, "1", NUMBER, "4s#", "1", SILENCE)

    [(prompt, file, by, station)] = hotline.prompts.put_by
    assert (prompt.name, prompt.language) == ("greeting", Language.ZH)
    assert [sound for sound, _ in call.phone.played] == ["您好。", file]
    assert (by, station.call) == ("staff 101", CALL.id)
    assert call.heard(Prompt.STAFF_PROMPT_TAKEN)


async def test_the_same_number_is_the_english_prompt_too(hotline: Hotline) -> None:
    call = await record(hotline, "2", NUMBER, "4s#", "1", SILENCE)

    [(prompt, *_)] = hotline.prompts.put_by
    assert (prompt.name, prompt.language) == ("greeting", Language.EN)
    assert call.phone.played[0] == ("Welcome.", 0)


async def test_what_is_not_good_is_recorded_again(hotline: Hotline) -> None:
    call = await record(hotline, "1", NUMBER, "4s#", "2", "3s#", "1", SILENCE)

    [(_, file, _, _)] = hotline.prompts.put_by
    assert len(call.phone.messages) == 2
    assert call.phone.messages[1] in file


@pytest.mark.parametrize("key", ["3", "*"])
async def test_what_is_dropped_replaces_nothing(hotline: Hotline, key: str) -> None:
    call = await record(hotline, "1", NUMBER, "4s#", key, SILENCE)

    assert call.heard(Prompt.STAFF_DROPPED)
    assert hotline.prompts.put_by == []


async def test_an_unknown_number_is_refused_and_asked_for_again(hotline: Hotline) -> None:
    call = await record(hotline, "1", "99#", NUMBER, "4s#", "1", SILENCE)

    assert call.heard(refusal_words(Refusal.NO_SUCH_PROMPT))
    assert len(hotline.prompts.put_by) == 1


async def test_who_leaves_before_speaking_is_asked_what_else(hotline: Hotline) -> None:
    call = await record(hotline, "*", SILENCE)

    assert call.prompts.count(Prompt.STAFF_TASKS) == 3
    assert call.phone.messages == []


@pytest.mark.parametrize(
    "script", [("4s",), ("4s#",), ("4s#", SILENCE)], ids=["speaking", "hearing", "choosing"]
)
async def test_who_hangs_up_before_accepting_has_replaced_nothing(
    hotline: Hotline, script: tuple[str, ...]
) -> None:
    call = await record(hotline, "1", NUMBER, *script)

    assert len(call.phone.messages) == 1
    assert hotline.prompts.put_by == []


async def test_silence_replaces_nothing(hotline: Hotline) -> None:
    hotline.prompts.silent = True

    call = await record(hotline, "1", NUMBER, "4s#", "1", SILENCE)

    assert call.heard(Prompt.STAFF_NOT_HEARD)
    assert not call.heard(Prompt.STAFF_PROMPT_TAKEN)


async def test_a_prompt_without_a_sound_can_be_recorded_all_the_same(hotline: Hotline) -> None:
    keys = ("101#", f"{PIN}#", "2", "1", NUMBER, "4s#", "1", SILENCE)
    phone = FakePhone(*keys, call=CALL)
    phone.missing.add("您好。")

    await hotline.take(phone)

    assert len(hotline.prompts.put_by) == 1


def test_no_two_names_that_can_be_recorded_share_a_number() -> None:
    """If this fails, a new prompt has the number of an old one: give it another name."""
    names = {name for _, name in named(load_catalogue(), menu_reader(Settings()))}

    assert len({number_of(name) for name in names}) == len(names)


def test_a_number_is_made_from_the_name_alone() -> None:
    assert number_of("greeting") == "78411820"
