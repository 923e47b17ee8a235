import pytest

from callcenter.ivr.catalogue import say
from callcenter.ivr.endings import GoBack, Goodbye
from callcenter.ivr.listing import PER_PAGE, read_list
from callcenter.ivr.prompts import Prompt
from tests.fakes.phone import SILENCE, FakePhone
from tests.unit.ivr.hotline_of import talk_on, words

ITEMS = [[say(Prompt.MESSAGE_NUMBER, number=str(n))] for n in range(PER_PAGE * 2 + 1)]


def items_heard(phone: FakePhone) -> list[int]:
    said = "".join(phone.said)
    return [n for n, _ in enumerate(ITEMS) if words(Prompt.MESSAGE_NUMBER, number=str(n)) in said]


@pytest.mark.parametrize(
    ("script", "pages"),
    [
        pytest.param(["*"], 1, id="back-at-once"),
        pytest.param(["#", "*"], 2, id="one-page-more"),
        pytest.param(["#", "#"], 3, id="all"),
        pytest.param(["#", SILENCE, "9", "#"], 3, id="hesitant"),
    ],
)
async def test_a_caller_hears_as_many_pages_as_wanted(script: list[str], pages: int) -> None:
    phone = FakePhone(*script)

    await read_list(talk_on(phone), ITEMS)

    assert items_heard(phone) == list(range(min(pages * PER_PAGE, len(ITEMS))))
    assert phone.left == 0


@pytest.mark.parametrize("long", [0, 1, PER_PAGE])
async def test_a_list_of_one_page_asks_nothing(long: int) -> None:
    phone = FakePhone()

    await read_list(talk_on(phone), ITEMS[:long])

    assert items_heard(phone) == list(range(long))


async def test_silence_in_a_list_is_goodbye() -> None:
    with pytest.raises(Goodbye):
        await read_list(talk_on(FakePhone(*[SILENCE] * 3)), ITEMS)


async def test_wrong_keys_in_a_list_lead_out_of_it() -> None:
    with pytest.raises(GoBack):
        await read_list(talk_on(FakePhone("9", "9", "9")), ITEMS)


async def test_a_long_list_begins_with_how_many_there_are() -> None:
    phone = FakePhone("#", "#")

    await read_list(talk_on(phone), ITEMS)

    assert phone.said[0].startswith("共七笔。")
    assert not any("共" in said for said in phone.said[1:])


async def test_a_list_of_one_page_is_not_counted() -> None:
    phone = FakePhone()

    await read_list(talk_on(phone), ITEMS[:PER_PAGE])

    assert "共" not in phone.said[0]
