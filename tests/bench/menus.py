"""Bench `menus`: another menu is activated while 200 callers are led through the one before."""

import asyncio
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from callcenter.app import Reports, open_menus
from callcenter.app.menus import SHIPPED, read_file
from callcenter.precedence import TELEPHONES, go_first
from callcenter.settings import Settings
from callcenter.telephony.sipcaller import ScriptedCall, SipCaller, SipCallerError
from tests.bench.report import Figure
from tests.e2e.installation import Installation

CALLS: Final = 200
CALLS_PER_S: Final = 15.0
GO_ON_PER_S: Final = 10.0
KEEPALIVE_MS: Final = 200
PATIENCE_S: Final = 60.0
HEAR_AGAIN_S: Final = 15.0
FAILURES_TOLD: Final = 5
LISTENS_S: Final = 1.0
NEXT_CALLS: Final = 25
NEXT_EVERY_S: Final = 0.2
CLOSED_WITHIN_S: Final = 30.0

SHIPPED_MENU: Final = read_file(SHIPPED)
OLD_MENU: Final = "委托交易请按一"
NEW_GREETING: Final = "新年好，欢迎致电。"
ASKS: Final = "请输入证券代码"
QUOTED: Final = "浦发银行"
# Key 3 leads nowhere in it, and asked for a quote before.
MENU: Final = f"""
lines: [{{greeting: {{zh: {NEW_GREETING}, en: Happy new year.}}, menu: main}}]
menus:
  main: [{{key: 1, name: quotes, words: menu-quotes, dialogue: quotes}}]
"""


@dataclass
class Crowd:
    """Callers who are up when the menu changes, and what became of them."""

    up: int = 0
    everyone: asyncio.Event = field(default_factory=asyncio.Event)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    failures: list[str] = field(default_factory=list)
    lost: int = 0
    received: int = 0
    worst_lag_s: float = 0.0  # of our own telephone: beyond about 0.1 s the machine is too busy


@dataclass(frozen=True)
class Next:
    """A caller who dialled so long after the command had returned."""

    number: str
    after_s: float


async def bench(installation: Installation, custom: Path) -> list[Figure]:
    go_first(TELEPHONES)
    crowd = Crowd()
    try:
        async with SipCaller() as phone, asyncio.TaskGroup() as ringing:
            for index in range(CALLS):
                ringing.create_task(_hold(phone, installation, crowd, index))
            async with asyncio.timeout(PATIENCE_S):
                await crowd.everyone.wait()
            took_s = await _activate(installation, MENU)
            up = crowd.up
            followers = ringing.create_task(_next_calls(phone, installation))
            crowd.changed.set()
        crowd.worst_lag_s = phone.worst_lag_s
        return await _figures(installation, crowd, up, took_s, followers.result())
    finally:
        await _activate(installation, SHIPPED_MENU)


async def _hold(phone: SipCaller, installation: Installation, crowd: Crowd, index: int) -> None:
    """Hear the menu until it has changed; then get a quote by a key of the one before."""
    await asyncio.sleep(index / CALLS_PER_S)
    try:
        async with await _dial(phone, installation, _holding(index)) as call:
            crowd.up += 1
            if crowd.up == CALLS:
                crowd.everyone.set()
            await _wait_for(crowd.changed, call)
            await call.stay(index / GO_ON_PER_S)
            await _asks_for_a_quote(call)
            await call.hang_up()
            crowd.lost += call.statistics.lost
            crowd.received += call.statistics.received
    except (SipCallerError, TimeoutError) as error:
        crowd.failures.append(f"{_holding(index)}: {error}")


async def _wait_for(changed: asyncio.Event, call: ScriptedCall) -> None:
    """Hear the menu again and again until it has changed."""
    while not changed.is_set():
        with suppress(TimeoutError):
            async with asyncio.timeout(HEAR_AGAIN_S):
                await changed.wait()
                return
        await call.press("#")


async def _asks_for_a_quote(call: ScriptedCall) -> None:
    for keys in ("3", "600000#"):
        pressed = (await call.press(keys))[-1]
        await call.heard_since(pressed, within_s=PATIENCE_S)
        await call.stay(LISTENS_S)


async def _next_calls(phone: SipCaller, installation: Installation) -> list[Next]:
    """Dial again and again from the moment on when the command has returned."""
    began = time.monotonic()

    async def one(index: int) -> Next:
        await asyncio.sleep(index * NEXT_EVERY_S)
        after_s = time.monotonic() - began
        async with await _dial(phone, installation, _following(index)) as call:
            await call.heard_since(call.answered_at, within_s=PATIENCE_S)
            await call.stay(LISTENS_S)
        return Next(number=_following(index), after_s=after_s)

    return await asyncio.gather(*map(one, range(NEXT_CALLS)))


async def _dial(phone: SipCaller, installation: Installation, number: str) -> ScriptedCall:
    return await phone.dial(
        installation.sip(), caller=number, keepalive_ms=KEEPALIVE_MS, keeps_audio=False
    )


async def _activate(installation: Installation, menu: str) -> float:
    """
    Put a menu into force as the command does, and return how long that took.

    In this process: it goes before others, and one that is started only now would wait for it.
    """

    async def do() -> float:
        async with open_menus(Settings(state_dir=installation.home)) as office:
            began = time.monotonic()
            await office.activating.activate(menu, by="bench", why="to see who is disturbed")
            return time.monotonic() - began

    return await asyncio.to_thread(asyncio.run, do())


async def _figures(
    installation: Installation, crowd: Crowd, up: int, took_s: float, followers: Sequence[Next]
) -> list[Figure]:
    async with installation.reports() as reports:
        heard = [await _heard(reports, _holding(index)) for index in range(CALLS)]
        new = [
            one.after_s for one in followers if NEW_GREETING in await _heard(reports, one.number)
        ]
    kept = [words for words in heard if OLD_MENU in words and NEW_GREETING not in words]
    for failure in crowd.failures[:FAILURES_TOLD]:
        sys.stderr.write(f"{failure}\n")
    return [
        Figure("calls up when the menu was activated", up, bar=CALLS, at_least=True),
        Figure("calls that failed", len(crowd.failures), bar=0),
        Figure("calls that kept their menu", len(kept), bar=CALLS, at_least=True),
        Figure("calls that got a quote by its key", _quoted(kept), bar=CALLS, at_least=True),
        Figure("worst lag of our own telephone", crowd.worst_lag_s, " s"),
        Figure("packets lost in them", 100 * crowd.lost / max(crowd.received, 1), " %"),
        Figure("proving and activating took", took_s, " s"),
        Figure(
            "first call with the new menu, after that", min(new, default=PATIENCE_S), " s", bar=3
        ),
        Figure("later calls with the menu before", _stragglers(followers, new), bar=0),
        Figure("calls with the new menu", len(new)),
    ]


def _quoted(heard: Sequence[str]) -> int:
    return sum(1 for words in heard if ASKS in words and QUOTED in words)


def _stragglers(followers: Sequence[Next], new: Sequence[float]) -> int:
    """Count the calls that had the menu before although an earlier one had the new one."""
    since = min(new, default=0.0)
    return sum(1 for one in followers if one.after_s >= since) - len(new)


async def _heard(reports: Reports, number: str) -> str:
    """Return all words of the newest call from a number, once its end is written down."""
    async with asyncio.timeout(CLOSED_WITHIN_S):
        while True:
            found = await reports.queries.calls(last=1, caller=number)
            if found and found[0].end is not None:
                break
            await asyncio.sleep(0.1)
    transcript = await reports.queries.transcript(found[0].call.id)
    return " ".join(turn.words for turn in transcript.turns) if transcript else ""


def _holding(index: int) -> str:
    return f"138{index:08}"


def _following(index: int) -> str:
    return f"137{index:08}"
