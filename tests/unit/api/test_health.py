"""Whether the daemon lives, and whether it can take a call."""

import asyncio

import pytest

from callcenter.api import health
from callcenter.api.health import Check, healthz, readyz
from tests.unit.api.scrape import serving


async def passes() -> None:
    pass


async def fails() -> None:
    raise RuntimeError("no link to Asterisk")


async def fails_without_a_word() -> None:
    raise ConnectionResetError


async def never_answers() -> None:
    await asyncio.Event().wait()


async def ready(**checks: Check) -> tuple[int, dict[str, str]]:
    async with serving(readyz(checks)) as client:
        answer = await client.get("/")
        return answer.status, await answer.json()


async def test_a_daemon_that_answers_is_alive() -> None:
    async with serving(healthz) as client:
        answer = await client.get("/")

        assert (answer.status, await answer.json()) == (200, {"status": "alive"})


async def test_it_is_ready_when_every_part_is() -> None:
    assert await ready(database=passes, pbx=passes) == (
        200,
        {"database": "ready", "pbx": "ready"},
    )


async def test_a_part_that_is_not_ready_is_named_with_its_reason() -> None:
    assert await ready(database=passes, pbx=fails) == (
        503,
        {"database": "ready", "pbx": "no link to Asterisk"},
    )


async def test_a_part_that_gives_no_reason_is_named_still() -> None:
    assert await ready(counter=fails_without_a_word) == (
        503,
        {"counter": "ConnectionResetError"},
    )


async def test_a_part_that_never_answers_holds_up_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(health, "_DEADLINE_S", 0.01)

    assert await ready(database=never_answers, pbx=passes) == (
        503,
        {"database": "no answer within 0.01 s", "pbx": "ready"},
    )
