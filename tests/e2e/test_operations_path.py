"""What the runbook says about changes without a restart is typed, and the next caller dials."""

import asyncio
import time
import wave
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Final

import numpy as np
import pytest

from callcenter.domain.clock import BEIJING
from callcenter.telephony.sipcaller import CallEnded
from callcenter.telephony.text_phone import ScriptedKeyboard, TextPhone
from tests.e2e import said
from tests.e2e.installation import Installation
from tests.e2e.lines import Lines, lines_into
from tests.e2e.written import Desk, Step, Typed, steps
from tests.hear import RATE_HZ, NotHeard, Samples

CHAPTER: Final = "Six changes without a restart"
HOLIDAY: Final = "2026-12-31"
IN_FORCE_S: Final = 60.0  # soon, on a machine that does much else
RECORDED: Final = np.random.default_rng(12).normal(0, 4000, 3 * RATE_HZ).astype(np.int16)
OF_IT: Final = RECORDED[RATE_HZ : 2 * RATE_HZ] / 32768

GREETING: Final = "您好，欢迎致电证券交易热线。"
NEW_GREETING: Final = "新年好，欢迎致电证券交易热线。"
CLOSED: Final = "今天休市，暂停银证转账。"
TRADE_FIRST: Final = "委托交易请按一，账户查询请按二，行情查询请按三，"
QUOTES_FIRST: Final = "行情查询请按三，委托交易请按一，账户查询请按二，"
AS_BEFORE: Final = """\
.venv/bin/callcenter menu activate shipped --by test --why over
.venv/bin/callcenter prompts restore ask-quote-code --language zh --version 0 --by test || true
"""  # a test that failed may have recorded nothing
NOTICE: Final = "年末休市一天，请提前安排资金。"


class Operations:
    """Somebody who follows the page, and callers who ring up in between."""

    def __init__(self, lines: Lines, desk: Desk, page: dict[str, list[Step]]) -> None:
        self._lines = lines
        self._desk = desk
        self._page = page
        self._calls = 0

    async def follow(self, section: str, *, step: slice = slice(None)) -> str:
        printed = [
            await asyncio.to_thread(self._desk.follow, each, "menu.yaml")
            for each in self._page[section][step]
        ]
        return "".join(printed)

    async def reads(self, keys: str = "") -> str:
        """Ring up with a telephone of words, and return all that was said."""
        self._calls += 1
        words: list[str] = []
        phone = TextPhone(words.append, ScriptedKeyboard(keys))
        await phone.run(
            "127.0.0.1",
            self._lines.installation.agi_port,
            call_id=f"text-operations-{self._calls}",
            caller="13900001200",
            did="4008",
        )
        return " ".join(words)

    async def will_read(self, words: str, keys: str = "") -> None:
        """Ring up again and again until these words are said, as they must be soon."""
        deadline = time.monotonic() + IN_FORCE_S
        while words not in (read := await self.reads(keys)):
            assert time.monotonic() < deadline, f"not {words!r}, but {read}"

    async def will_hear(self, sound: Samples) -> None:
        """Ring up again and again until this sound asks for a code."""
        deadline = time.monotonic() + IN_FORCE_S
        while not await self.hears(sound):
            assert time.monotonic() < deadline, "callers do not hear it"

    async def hears(self, sound: Samples) -> bool:
        """Ring up by SIP, ask for a quote, and tell whether this was heard then."""
        async with self._lines.call("13900001201") as caller:
            await caller.call.heard_since(caller.call.answered_at, within_s=10.0)
            await caller.keys("3")
            with suppress(NotHeard, CallEnded):
                await caller.hears_sound("the question for a code", sound, within_s=5.0)
                return True
        return False

    async def asked_for_a_code(self) -> Samples:
        return await self._lines.voice.head(said.ASK_QUOTE_CODE)


@pytest.fixture
def desk(hotline: Installation, tmp_path: Path) -> Iterator[Desk]:
    with wave.open(str(tmp_path / "ask-quote-code.wav"), "wb") as file:
        file.setparams((1, 2, RATE_HZ, 0, "NONE", ""))
        file.writeframes(RECORDED.tobytes())
    with Desk.at(tmp_path, hotline) as desk:
        yield desk
        # Whatever became of the test, others find what ships.
        desk.follow(Typed(commands=AS_BEFORE), "menu.yaml")


@asynccontextmanager
async def operations(hotline: Installation, desk: Desk) -> AsyncIterator[Operations]:
    today = datetime.now(BEIJING).date().isoformat()
    page = steps("docs/runbook.md", CHAPTER, instead={HOLIDAY: today})
    async with lines_into(hotline) as lines:
        yield Operations(lines, desk, page)


async def test_operations_staff_change_six_things_and_roll_back_without_a_restart(
    hotline: Installation, desk: Desk
) -> None:
    before = hotline.pids()
    async with operations(hotline, desk) as staff:
        assert (await staff.reads()).startswith(GREETING)
        await staff.follow("Change the greeting")
        await staff.will_read(NEW_GREETING)

        assert CLOSED not in await staff.reads("4 *")
        await staff.follow("Add a holiday")
        await staff.will_read(CLOSED, "4 *")

        assert TRADE_FIRST in await staff.reads()
        await staff.follow("Reorder the menu")
        await staff.will_read(QUOTES_FIRST)

        asked = await staff.asked_for_a_code()
        assert await staff.hears(asked)
        named = await staff.follow("Replace a prompt by a recording")
        await staff.will_hear(OF_IT)

        assert NOTICE not in await staff.reads("5 3 *")
        await staff.follow("Publish a news item")
        assert NOTICE in await staff.reads("5 3 *")

        await staff.follow("Roll back", step=slice(1))
        await staff.will_read(TRADE_FIRST)
        assert (await staff.reads()).startswith(NEW_GREETING)
        history = await staff.follow("Roll back", step=slice(1, None))
        await staff.will_read(GREETING)
        await staff.will_hear(asked)
        assert CLOSED not in await staff.reads("4 *")
        assert NOTICE not in await staff.reads("5 3 *")

    assert "ask-quote-code" in named
    assert history.count("Wang Fang") == 5
    assert hotline.pids() == before
