"""Operations staff replace a prompt while calls go on; who did it is in the audit trail."""

import os
import wave
from pathlib import Path

import numpy as np
import pytest

from callcenter.app.recordings import PromptRecordings
from callcenter.app.telephone_recordings import TelephoneRecordings
from callcenter.domain.audit import Action, AuditEntry
from callcenter.domain.calls import CallerNumber, CallId, Did, Language
from callcenter.domain.errors import CannotRecord
from callcenter.domain.orders import Station
from callcenter.ivr.recordable import number_of
from callcenter.storage.database import Database
from callcenter.storage.queries import Queries
from callcenter.telephony.speech.own import BadRecording, OwnRecordings
from tests.fakes.clock import FakeClock
from tests.fakes.speech import hum

ZH = Language.ZH
NAMED = {(ZH, "greeting"): ("您好。",)}


@pytest.fixture
def changes() -> list[str]:
    return []


@pytest.fixture
def recordings(database: Database, tmp_path: Path, changes: list[str]) -> PromptRecordings:
    own = OwnRecordings(tmp_path, NAMED, FakeClock())
    return PromptRecordings(own, database, FakeClock(), lambda: changes.append("changed"))


def drop(folder: Path, name: str, *, content: bytes | None = None) -> Path:
    """Put a file there whole, as if it had lain there for a minute."""
    file = folder / "zh" / name
    file.parent.mkdir(exist_ok=True)
    draft = folder / name
    if content is None:
        with wave.open(str(draft), "wb") as opened:
            opened.setparams((1, 2, 16_000, 0, "NONE", ""))
            opened.writeframes(hum("mine").samples.astype(np.int16).tobytes())
    else:
        draft.write_bytes(content)
    os.utime(draft, (1e9, 1e9))
    draft.rename(file)
    return file


async def audited(database: Database) -> list[AuditEntry]:
    return [record.entry async for record in Queries(database).audit()]


async def test_a_file_dropped_into_the_folder_is_played_and_audited(
    recordings: PromptRecordings, database: Database, tmp_path: Path, changes: list[str]
) -> None:
    file = drop(tmp_path, "greeting.wav")

    await recordings.look()

    assert not file.exists()
    assert changes
    [played] = recordings.own.current()
    [entry] = await audited(database)
    assert (played.prompt, played.by, played.came_from) == ("greeting", "folder", "greeting.wav")
    assert entry.action is Action.PROMPT_RECORDED
    assert entry.details["prompt"] == "greeting"


async def test_a_file_that_cannot_be_played_is_set_aside(
    recordings: PromptRecordings, tmp_path: Path
) -> None:
    drop(tmp_path, "greeting.wav", content=b"no sound")

    await recordings.look()

    assert [file.name for file in (tmp_path / "zh").iterdir()] == ["greeting.wav.refused"]
    assert recordings.own.current() == []


async def test_an_earlier_version_is_played_again_and_that_is_audited_too(
    recordings: PromptRecordings, database: Database
) -> None:
    await recordings.put("greeting", ZH, hum("first"), "Wang")
    await recordings.put("greeting", ZH, hum("second"), "Li")

    await recordings.restore("greeting", ZH, 1, "Li")

    actions = [entry.action for entry in await audited(database)]
    assert sorted(actions) == [
        Action.PROMPT_RECORDED,
        Action.PROMPT_RECORDED,
        Action.PROMPT_RESTORED,
    ]
    with pytest.raises(BadRecording):
        await recordings.restore("greeting", ZH, 9, "Li")


async def test_a_prompt_recorded_by_telephone_is_played_and_audited_with_its_call(
    recordings: PromptRecordings, database: Database, tmp_path: Path
) -> None:
    telephone = TelephoneRecordings(recordings, NAMED)
    call = Station(call=CallId("c1"), caller=CallerNumber("139"), did=Did("9001"), branch=None)
    prompt = telephone.find(number_of("greeting"), ZH)
    assert prompt is not None

    await telephone.put(prompt, str(drop(tmp_path, "said.wav")), by="staff 101", station=call)

    [played] = recordings.own.current()
    [entry] = await audited(database)
    assert (played.prompt, played.by) == ("greeting", "staff 101")
    assert (entry.station.call, entry.details["by"]) == (call.call, "staff 101")
    with pytest.raises(CannotRecord):
        await telephone.put(prompt, str(tmp_path / "gone.wav"), by="staff 101", station=call)
