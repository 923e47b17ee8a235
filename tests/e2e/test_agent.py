"""Key 0 over real telephones: the queue, an agent who answers, and nobody who does."""

import asyncio
import json
import sys
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest

from callcenter.ivr.catalogue import say
from callcenter.ivr.prompts import Prompt
from tests.e2e import said
from tests.e2e.installation import Installation
from tests.e2e.lines import Lines, lines_into
from tests.hear import RATE_HZ, Recording, load

AGENT: Final = "agent1"
CONNECTING: Final = [say(Prompt.AGENT_CONNECTING)]
ENDED: Final = [say(Prompt.AGENT_ENDED)]
_NOISE: Final = np.random.default_rng(7001).normal(0, 4000, (2, RATE_HZ * 3 // 2)).astype(np.int16)
CALLER_SAYS, AGENT_SAYS = _NOISE
# From the third second on nobody speaks over it, and a caller waits for five.
MUSIC_ALONE: Final = slice(int(2.5 * RATE_HZ), int(3.5 * RATE_HZ))


class AgentPhone:
    """A telephone of another make, registered. `heard` is there once it is over."""

    def __init__(self, process: asyncio.subprocess.Process, heard: Path) -> None:
        self.process = process
        self._heard = heard
        self.told: list[dict[str, Any]] = []

    async def tells(self, event: str) -> dict[str, Any]:
        """Wait until the telephone tells of this."""
        assert self.process.stdout is not None
        async with asyncio.timeout(30):
            while line := await self.process.stdout.readline():
                self.told.append(json.loads(line))
                if self.told[-1]["event"] == event:
                    return self.told[-1]
        raise AssertionError(f"the agent's telephone never told of {event}: {self.told}")

    @property
    def heard(self) -> Recording:
        return Recording(self._heard)


@asynccontextmanager
async def agent_phone(
    hotline: Installation, folder: Path, *steps: str
) -> AsyncIterator[AgentPhone]:
    """Register the agent's telephone, which speaks as soon as it has answered."""
    said_by_agent, heard = folder / "said.wav", folder / "heard.wav"
    with wave.open(str(said_by_agent), "wb") as file:
        file.setparams((1, 2, RATE_HZ, 0, "NONE", "not compressed"))
        file.writeframes(AGENT_SAYS.tobytes())
    phones = hotline.places.agent_phones_file.read_text().split("\n")
    password = next(line.split()[1] for line in phones if line.startswith(f"{AGENT} "))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.e2e.pjagent"),
        *("--at", f"127.0.0.1:{hotline.sip_port}", "--name", AGENT, "--password", password),
        *("--record", str(heard), "--play", str(said_by_agent), *steps),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    phone = AgentPhone(process, heard)
    try:
        await phone.tells("ready")
        yield phone
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


@pytest.fixture(scope="module")
def staffed(hotline: Installation) -> Installation:
    """An agent is logged in, whose telephone may be off."""
    done = hotline.run("agents", "add", AGENT)
    assert done.returncode == 0, done.stderr
    return hotline


async def test_a_caller_waits_talks_with_an_agent_and_is_back_in_the_menu(
    staffed: Installation, tmp_path: Path
) -> None:
    number, account = "13900000911", "20000911"
    steps = ("ring 5", "answer 5", "wait 5", "hangup")

    async with agent_phone(staffed, tmp_path, *steps) as agent, lines_into(staffed) as lines:
        async with lines.call(number) as caller:
            await caller.answers(*said.log_in(account, "2"), (said.ACCOUNT_MENU, "0"))
            await caller.hears(CONNECTING)
            rings = await agent.tells("rings")
            while (await agent.tells("state"))["state"] != "CONFIRMED":
                pass
            await caller.call.say(CALLER_SAYS)
            await caller.hears(ENDED)
            await caller.hears(said.ACCOUNT_MENU)
            await agent.tells("done")
        evidence = await lines.evidence(number)

    assert agent.heard.find(CALLER_SAYS[:RATE_HZ] / 32768)
    assert Recording(caller.call.audio / 32768).find(AGENT_SAYS[:RATE_HZ] / 32768)
    assert Recording(evidence.call["recording"]).find(AGENT_SAYS[:RATE_HZ] / 32768)
    assert rings["headers"]["X-Callcenter-Account"] == account
    assert rings["headers"]["X-Callcenter-Call"] == evidence.call["call_id"]
    music = load(staffed.places.pbx / "data" / "music" / "waiting.alaw")
    assert Recording(caller.call.audio / 32768).find(music[MUSIC_ALONE])
    [place] = [turn for turn in evidence.turns if Prompt.AGENT_PLACE_NEXT in turn["prompts"]]
    assert place["outcome"] == "waits"
    [visit] = [turn for turn in evidence.turns if turn["outcome"].startswith("agent-answered")]
    assert f"agent={AGENT}" in visit["outcome"]


async def test_a_daemon_that_dies_costs_a_caller_no_place_in_the_queue(
    staffed: Installation, tmp_path: Path
) -> None:
    number = "13900000912"
    steps = ("ring 1", "answer 5", "wait 3", "hangup")

    async with agent_phone(staffed, tmp_path, *steps) as agent, lines_into(staffed) as lines:
        async with lines.call(number) as caller:
            await caller.answers((said.MAIN_MENU, "0"))
            await caller.hears(CONNECTING)
            await agent.tells("rings")
            staffed.kill("daemon")
            await agent.tells("done")
            await staffed.serve_again()
            await caller.hears(said.MAIN_MENU, within_s=30)
        evidence = await lines.evidence(number)

    outcomes = [turn["outcome"].split()[0] for turn in evidence.turns]
    assert outcomes.count("agent-answered") == 1
    assert Prompt.AGENT_ENDED in evidence.prompts


async def test_a_message_for_whom_nobody_answered_becomes_a_ticket_even_if_the_daemon_dies(
    staffed: Installation,
) -> None:
    number = "13900000913"

    async with lines_into(staffed) as lines:
        async with lines.call(number) as caller:
            await caller.answers((said.MAIN_MENU, "0"))
            await caller.answers(([say(Prompt.AGENT_NOBODY), say(Prompt.AGENT_KEYS)], "1"))
            await caller.hears_out([say(Prompt.VOICEMAIL_ASK)])
            await caller.call.silence(of_s=0.3, within_s=10)
            await caller.call.say(CALLER_SAYS)
            staffed.kill("daemon")
            await caller.call.say(AGENT_SAYS)
            await staffed.serve_again()
            await caller.keys("#")
            await caller.hears([say(Prompt.VOICEMAIL_TAKEN, number="80000001")], within_s=30)
        evidence = await lines.evidence(number)
        tickets = [ticket async for ticket in _tickets(lines, number)]

    assert "agent-nobody" in [turn["outcome"].split()[0] for turn in evidence.turns]
    [(kind, recording)] = tickets
    assert kind == "voicemail"
    assert Recording(recording).find(CALLER_SAYS[:RATE_HZ] / 32768)
    assert Recording(recording).find(AGENT_SAYS[:RATE_HZ] / 32768)


async def _tickets(lines: Lines, number: str) -> AsyncIterator[tuple[str, str]]:
    async with lines.installation.database() as connection:
        rows = await connection.fetch(
            "SELECT kind, recording FROM tickets WHERE caller LIKE $1", f"%{number}"
        )
    for row in rows:
        yield row["kind"], row["recording"]
