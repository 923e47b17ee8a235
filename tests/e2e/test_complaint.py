"""A complaint over a real line: what the caller said is what a person hears."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pytest

from callcenter.domain.tickets import Daypart, Ticket
from callcenter.ivr.catalogue import say
from callcenter.ivr.prompts import Prompt
from tests.e2e import said
from tests.e2e.installation import HASTY_VOICE, Installation
from tests.e2e.lines import Lines, lines_into
from tests.e2e.together import Played, Together
from tests.hear import RATE_HZ, Recording, load

WORDS: Final = np.random.default_rng(8).normal(0, 4000, 2 * RATE_HZ).astype(np.int16)
ASK: Final = [say(Prompt.COMPLAINT_ASK)]
ASK_NUMBER: Final = [say(Prompt.COMPLAINT_ASK_NUMBER)]
ASK_WHEN: Final = [say(Prompt.COMPLAINT_ASK_WHEN)]
TONE_S: Final = 1.5  # the tone is over by then

together = Together()


@pytest.fixture(scope="module")
def played(hotline: Installation) -> Played:
    return together.play(hotline)


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """A ticket, and what is in its recording."""

    ticket: Ticket
    seconds: float
    heard: Recording
    beside: Sequence[Path]  # what was recorded of the call


async def _of(lines: Lines, number: str) -> Complaint:
    await lines.evidence(number)
    found = await lines.reports.ticket_book.newest()
    [ticket] = [one for one in found if one.station.caller == f"+86{number}"]
    assert ticket.recording is not None
    file = Path(ticket.recording)
    sound = load(file)
    beside = sorted(file.parent.glob(f"{ticket.station.call}*"))
    return Complaint(
        ticket=ticket, seconds=len(sound) / RATE_HZ, heard=Recording(sound), beside=beside
    )


@together.scenario
async def complains(lines: Lines) -> Complaint:
    number = "13900000801"
    async with lines.call(number) as caller:
        await caller.answers((said.MAIN_MENU, "8"))
        await caller.hears_out(ASK)
        await caller.call.stay(TONE_S)
        await caller.call.say(WORDS)
        await caller.keys("#")
        await caller.answers((ASK_NUMBER, "62345678#"), (ASK_WHEN, "2"))
        [ticket] = [
            one
            for one in await lines.reports.ticket_book.newest()
            if one.station.caller == f"+86{number}"
        ]
        await caller.hears([say(Prompt.COMPLAINT_TAKEN, number=ticket.number)])
    return await _of(lines, number)


@together.scenario
async def hangs_up_while_speaking(lines: Lines) -> Complaint:
    number = "13900000802"
    async with lines.call(number) as caller:
        await caller.answers((said.MAIN_MENU, "8"))
        await caller.hears_out(ASK)
        await caller.call.stay(TONE_S)
        await caller.call.say(WORDS)
    return await _of(lines, number)


def test_a_message_is_kept_where_only_agents_are_recorded() -> None:
    with Installation.private(espeak_command=HASTY_VOICE, record_calls="agents") as other:
        other.up()
        complaint = asyncio.run(_elsewhere(other))

    assert complaint.heard.find(WORDS[: RATE_HZ // 2] / 32768)
    assert [str(file) for file in complaint.beside] == [complaint.ticket.recording]


async def _elsewhere(installation: Installation) -> Complaint:
    async with lines_into(installation) as lines:
        return await hangs_up_while_speaking(lines)


def test_a_complaint_is_recorded_and_its_number_is_told(played: Played) -> None:
    complaint = played.of(complains)

    assert complaint.ticket.call_back.number == "62345678"
    assert complaint.ticket.call_back.when is Daypart.AFTERNOON
    assert complaint.heard.find(WORDS[: RATE_HZ // 2] / 32768)
    assert 2 <= complaint.seconds < 6


def test_who_hangs_up_while_speaking_has_complained(played: Played) -> None:
    complaint = played.of(hangs_up_while_speaking)

    assert complaint.ticket.call_back.when is None
    assert complaint.heard.find(WORDS[: RATE_HZ // 2] / 32768)
