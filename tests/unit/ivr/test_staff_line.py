"""The staff line: logging in, recording an item of the news, publishing it."""

import pytest

from callcenter.domain.audit import Action
from callcenter.domain.calls import STAFF_DID, CallEnd
from callcenter.domain.kept_secret import keep
from callcenter.domain.news import ItemState, KeptItem, StaffMember
from callcenter.domain.refusals import Refusal
from callcenter.domain.secret import HIDDEN, Secret
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.reasons import refusal_words
from tests import make
from tests.fakes.phone import SILENCE
from tests.unit.ivr.hotline_of import Dialled, Hotline

PIN = "135791"
MEMBER = StaffMember(number="101", name="李", pin=keep(Secret(PIN)))
LOGIN = ("101#", f"{PIN}#")
NEWS = "1"
CALL = make.call(did=STAFF_DID)


@pytest.fixture
def hotline() -> Hotline:
    hotline = Hotline()
    hotline.staff.members[MEMBER.number] = MEMBER
    return hotline


async def dial(hotline: Hotline, *script: str) -> Dialled:
    return await hotline.dial(*script, call=CALL)


def the_item(hotline: Hotline) -> KeptItem:
    [kept] = hotline.news.kept.values()
    return kept


async def test_an_item_is_recorded_listened_to_and_published(hotline: Hotline) -> None:
    call = await dial(hotline, *LOGIN, NEWS, "1", "20s#", "1", SILENCE)

    kept = the_item(hotline)
    [recording] = hotline.news_sounds.taken
    assert [words for words, _ in call.phone.played] == [recording]
    assert kept.item.programme == "market"
    assert kept.item.sound is not None
    assert (kept.state, kept.changed_by) == (ItemState.PUBLISHED, "staff 101")
    assert call.heard(Prompt.STAFF_PUBLISHED)


async def test_publishing_is_in_the_audit_trail_with_who_did_it(hotline: Hotline) -> None:
    await dial(hotline, *LOGIN, NEWS, "3", "20s#", "1", SILENCE)

    [entry] = hotline.news.trail
    assert (entry.action, entry.details["by"]) == (Action.NEWS_PUBLISHED, "staff 101")
    assert entry.station.call == CALL.id


async def test_what_is_not_good_is_recorded_again(hotline: Hotline) -> None:
    call = await dial(hotline, *LOGIN, NEWS, "1", "20s#", "2", "15s#", "1", SILENCE)

    assert len(call.phone.messages) == 2
    assert len(hotline.news_sounds.taken) == 1


async def test_what_is_dropped_is_nowhere(hotline: Hotline) -> None:
    call = await dial(hotline, *LOGIN, NEWS, "1", "20s#", "*", SILENCE)

    assert call.heard(Prompt.STAFF_DROPPED)
    assert hotline.news.kept == {}


async def test_news_of_a_security_is_recorded_under_its_code(hotline: Hotline) -> None:
    await dial(hotline, *LOGIN, NEWS, "2", "600000#", "20s#", "1", SILENCE)

    item = the_item(hotline).item
    assert (item.programme, item.security) == ("securities", "SH600000")


async def test_a_mailbox_that_nobody_has_cannot_be_recorded_into(hotline: Hotline) -> None:
    call = await dial(hotline, *LOGIN, NEWS, "4", "999#", "*", SILENCE)

    assert call.heard(refusal_words(Refusal.NO_SUCH_MAILBOX))
    assert hotline.news.kept == {}


async def test_silence_is_not_published(hotline: Hotline) -> None:
    call = await dial(hotline, *LOGIN, NEWS, "1", *["0.2s#"] * 3, SILENCE)

    assert call.prompts.count(Prompt.STAFF_NOT_HEARD) == 3
    assert hotline.news.kept == {}


async def test_who_hangs_up_before_publishing_has_published_nothing(hotline: Hotline) -> None:
    await dial(hotline, *LOGIN, NEWS, "1", "20s#")

    assert hotline.news.kept == {}


@pytest.mark.parametrize("login", [("101#", "999999#"), ("102#", f"{PIN}#")], ids=["pin", "number"])
async def test_who_does_not_know_the_pin_records_nothing(
    hotline: Hotline, login: tuple[str, str]
) -> None:
    call = await dial(hotline, *login * 3)

    assert call.end is CallEnd.LOCKED_OUT
    assert not call.heard(Prompt.STAFF_TASKS)
    assert [entry.outcome for entry in hotline.log.trail] == ["refused:1001"] * 3


async def test_five_failures_lock_a_staff_number_also_for_the_right_pin(hotline: Hotline) -> None:
    for _ in range(2):
        await dial(hotline, *("101#", "999999#") * 3)

    call = await dial(hotline, *LOGIN)

    assert call.heard(refusal_words(Refusal.ACCOUNT_LOCKED))
    assert not call.heard(Prompt.STAFF_TASKS)


async def test_a_pin_is_in_no_transcript_and_no_recording(hotline: Hotline) -> None:
    call = await dial(hotline, *LOGIN, SILENCE)

    assert HIDDEN in [keys for keys, _ in call.answers]
    assert f"{PIN}#" not in [keys for keys, _ in call.answers]
    pin = [press for press in call.phone.taken if not press.recorded]
    assert "".join(press.key for press in pin) == f"{PIN}#"


async def test_a_customer_of_the_hotline_does_not_reach_the_staff_line(hotline: Hotline) -> None:
    call = await hotline.dial(*LOGIN)

    assert not call.heard(Prompt.STAFF_WELCOME)
