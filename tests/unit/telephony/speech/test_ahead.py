import asyncio
from collections.abc import Iterable
from pathlib import Path

from callcenter.domain.calls import Language
from callcenter.telephony.speech.ahead import RendersAhead
from callcenter.telephony.speech.files import SoundFolder
from callcenter.telephony.speech.phrases import Phrase
from tests.fakes.speech import FakeEngine

USUAL = Phrase.of("浦发银行，", Language.ZH)
LAST = Phrase.of("再见。", Language.ZH)


def order_number(number: int) -> Phrase:
    return Phrase.of(f"{number}，", Language.ZH)


async def rendered(folder: Path, wishes: Iterable[Phrase], *, counted: int) -> list[str]:
    """Wish by pieces for these, then urgently for `LAST`; return all that is rendered."""
    engine, done = FakeEngine(), asyncio.Event()

    def look() -> None:
        if engine.rendered[-1] == LAST.words + "。":
            done.set()

    ahead = RendersAhead(engine, SoundFolder(folder), look, counted=counted)
    for phrase in wishes:
        ahead.wish(phrase, False)
    ahead.wish(LAST, True)
    running = asyncio.create_task(ahead.run())
    await done.wait()
    running.cancel()
    return engine.rendered


async def test_what_pieces_say_is_rendered_whole_when_it_is_wished_for_the_third_time(
    tmp_path: Path,
) -> None:
    wishes = [order_number(1), *[USUAL] * 2, order_number(2), *[USUAL] * 3]

    assert await rendered(tmp_path, wishes, counted=10) == ["浦发银行，", "再见。"]


async def test_what_is_wished_now_and_then_is_counted_among_numbers_that_come_once(
    tmp_path: Path,
) -> None:
    wishes = [USUAL, order_number(1), USUAL, order_number(2), order_number(3), USUAL]

    assert await rendered(tmp_path, wishes, counted=3) == ["浦发银行，", "再见。"]


async def test_wishes_are_forgotten_for_those_that_came_later(tmp_path: Path) -> None:
    later = [order_number(number) for number in range(3)]

    assert await rendered(tmp_path, [USUAL, USUAL, *later, USUAL], counted=3) == ["再见。"]
