"""
Every path of the menu that ships, walked by callers made from the model of it.

With CALLCENTER_TEST_QUIET_MACHINE=yes no single turn may be silent for long: for a machine that has
nothing else to do.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from itertools import count, repeat
from typing import Final

import pytest

from callcenter.domain.calls import Language
from tests.e2e.installation import Installation
from tests.e2e.lines import Lines, lines_into
from tests.e2e.walks.courses import COURSES
from tests.e2e.walks.model import ways
from tests.e2e.walks.paths import Path, astray, whole
from tests.e2e.walks.walker import Walked, walk, walk_by_sip

AT_ONCE: Final = 8
BY_SIP_AT_ONCE: Final = 16
MOST_SILENCE_S: Final = 2.0
ALONE: Final = "CALLCENTER_TEST_QUIET_MACHINE" in os.environ
# Where the caller hears or says more than words: see test_agent, test_complaint, unit test_news.
ELSEWHERE: Final = {"agent", "complaint"} | {dialogue for dialogue in ways() if "news" in dialogue}
FIRST_ACCOUNT: Final = 20000750
FIRST_ACCOUNT_BY_SIP: Final = 20000620
SHARED: Final = "20000749"  # of those who change nothing


def _to_the_end(accounts: Iterator[str]) -> Sequence[Path]:
    return [whole(course, next(accounts), language) for course in COURSES for language in Language]


def _paths() -> Sequence[Path]:
    accounts = map(str, count(FIRST_ACCOUNT))
    to_the_end = _to_the_end(accounts)
    leaving = [
        path
        for course in COURSES
        for path in astray(course, accounts if course.before else repeat(SHARED), Language.ZH)
    ]
    return [*to_the_end, *leaving]


PATHS: Final = _paths()
BY_SIP: Final = _to_the_end(map(str, count(FIRST_ACCOUNT_BY_SIP)))
IN_ENGLISH: Final = [
    path for path in PATHS if path.language is Language.EN and "language" not in path.name
]
Calls = Mapping[str, Walked | BaseException]


@pytest.fixture(scope="module")
def walked(hotline: Installation) -> Calls:
    async def one(lines: Lines, number: int, path: Path) -> Walked:
        return await walk(lines, path.script, caller=f"1370000{number:04}")

    return asyncio.run(_walk_all(hotline, PATHS, one, AT_ONCE))


@pytest.fixture(scope="module")
def heard(hotline: Installation) -> Calls:
    async def one(lines: Lines, number: int, path: Path) -> Walked:
        return await walk_by_sip(lines, path.script, number=f"1370001{number:04}")

    return asyncio.run(_walk_all(hotline, BY_SIP, one, BY_SIP_AT_ONCE))


@pytest.mark.parametrize("path", PATHS, ids=str)
def test_a_path_is_as_the_model_has_it(walked: Calls, path: Path) -> None:
    call = _of(walked, path)

    assert call.heard == path.heard
    assert call.finished


@pytest.mark.parametrize("path", IN_ENGLISH, ids=str)
def test_a_call_in_english_is_in_english(walked: Calls, path: Path) -> None:
    greeting_and_menu = 2
    assert _of(walked, path).untranslated[greeting_and_menu:] == []


def test_no_path_leads_into_silence(walked: Calls, heard: Calls) -> None:
    silences_s = sorted(
        _of(calls, path).longest_silence_s
        for calls, paths in ((walked, PATHS), (heard, BY_SIP))
        for path in paths
    )

    # Unless nothing else runs, the rest may have met with what else this machine does.
    judged = silences_s[-1] if ALONE else silences_s[len(silences_s) * 9 // 10]
    assert judged <= MOST_SILENCE_S


@pytest.mark.parametrize("path", BY_SIP, ids=str)
def test_a_path_is_the_same_over_a_real_telephone(heard: Calls, path: Path) -> None:
    call = _of(heard, path)

    assert call.heard == path.heard


def test_every_dialogue_of_the_menu_has_a_course() -> None:
    assert {course.dialogue for course in COURSES} == ways().keys() - ELSEWHERE


def _of(walked: Calls, path: Path) -> Walked:
    found = walked[str(path)]
    if isinstance(found, BaseException):
        raise found
    return found


async def _walk_all(
    hotline: Installation,
    paths: Sequence[Path],
    one: Callable[[Lines, int, Path], Awaitable[Walked]],
    at_once: int,
) -> Calls:
    turns = asyncio.Semaphore(at_once)
    async with lines_into(hotline) as lines:

        async def in_turn(number: int, path: Path) -> Walked:
            async with turns:
                return await one(lines, number, path)

        walks = [in_turn(number, path) for number, path in enumerate(paths)]
        found = await asyncio.gather(*walks, return_exceptions=True)
    return {str(path): call for path, call in zip(paths, found, strict=True)}
