"""Recordings of operations staff: put by command, by telephone or into a folder, and audited."""

import asyncio
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from time import time
from typing import Final, TypeAlias
from uuid import uuid4

import structlog

from callcenter.app.menus import MenuReader
from callcenter.domain.audit import Action, AuditEntry
from callcenter.domain.calls import CallerNumber, CallId, Did, Language
from callcenter.domain.clock import Clock
from callcenter.domain.errors import StoreUnavailable
from callcenter.domain.orders import Station
from callcenter.ivr.catalogue import Catalogue
from callcenter.ivr.menus.live import Live
from callcenter.ivr.phone import Utterance
from callcenter.ivr.script import script
from callcenter.ivr.spoken.pieces import all_pieces
from callcenter.storage import audit
from callcenter.storage.database import Database
from callcenter.telephony.speech.engine import Pcm
from callcenter.telephony.speech.own import BadRecording, OwnRecordings, Recording
from callcenter.telephony.speech.wave_files import read_wave

_NOBODY: Final = Station(call=CallId(""), caller=CallerNumber(""), did=Did(""), branch=None)
_BY_FOLDER: Final = "folder"
_COPIED_S: Final = 2.0  # a file that grew a moment ago may still be on its way
_REFUSED: Final = ".refused"

log = structlog.get_logger()

Names: TypeAlias = dict[tuple[Language, str], tuple[str, ...]]


class PromptRecordings:
    """Replaces the sound of prompts while calls go on; `changed` hears of each replacement."""

    def __init__(
        self,
        own: OwnRecordings,
        database: Database,
        clock: Clock,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self.own = own
        self._database = database
        self._clock = clock
        self._changed = changed

    async def put(
        self,
        prompt: str,
        language: Language,
        pcm: Pcm,
        by: str,
        *,
        came_from: str = "",
        station: Station = _NOBODY,
    ) -> Recording:
        """
        Play this from now on whenever the prompt is said; earlier versions are kept.

        Raise `BadRecording` and change nothing if it is silent or of no prompt.
        """
        await asyncio.to_thread(self.own.check, prompt, language, pcm)
        details = {"prompt": prompt, "language": language.value, "by": by, "from": came_from}
        await self._audit(Action.PROMPT_RECORDED, details, station)
        put = await asyncio.to_thread(self.own.put, prompt, language, pcm, by, came_from=came_from)
        self._changed()
        return put

    async def restore(self, prompt: str, language: Language, version: int, by: str) -> Recording:
        """Play an earlier version again, 0 being what ships; raise `BadRecording` if none is."""
        known = await asyncio.to_thread(self.own.versions, prompt, language)
        if version not in {0, *(one.version for one in known)}:
            raise BadRecording(f"{prompt} has no version {version}")
        details = {"prompt": prompt, "language": language.value, "by": by, "version": str(version)}
        await self._audit(Action.PROMPT_RESTORED, details, _NOBODY)
        restored = await asyncio.to_thread(self.own.restore, prompt, language, version, by)
        self._changed()
        return restored

    async def run(self, every_s: float) -> None:
        """Look all the time, until cancelled."""
        while True:
            try:
                await self.look()
            except (OSError, StoreUnavailable) as error:
                log.warning("prompts.folder_unreadable", reason=str(error))
            await asyncio.sleep(every_s)

    async def look(self) -> None:
        """
        Take what was dropped into the folder, and see what others have put.

        Raise `StoreUnavailable` or OSError, and take the file the next time.
        """
        for file, language in await asyncio.to_thread(self._dropped):
            await self._take(file, language)
        if await asyncio.to_thread(self.own.look):
            self._changed()

    def _dropped(self) -> list[tuple[Path, Language]]:
        """Return the files that lie there for a moment already; make the folders for more."""
        found = []
        for language in Language:
            folder = self.own.folder / language
            folder.mkdir(parents=True, exist_ok=True)
            old = (f for f in folder.glob("*.wav") if time() - f.stat().st_mtime > _COPIED_S)
            found += [(file, language) for file in sorted(old)]
        return found

    async def _take(self, file: Path, language: Language) -> None:
        """Whoever has renamed a file first is the daemon that takes it."""
        mine = file.with_name(f"{file.name}.{uuid4().hex}")
        try:
            await asyncio.to_thread(file.rename, mine)
        except FileNotFoundError:
            return
        try:
            pcm = await asyncio.to_thread(read_wave, mine)
            await self.put(file.stem, language, pcm, _BY_FOLDER, came_from=file.name)
            await asyncio.to_thread(mine.unlink)
        except BadRecording as error:
            log.warning("prompts.recording_refused", file=str(file), reason=str(error))
            await asyncio.to_thread(mine.rename, file.with_name(file.name + _REFUSED))
        except (OSError, StoreUnavailable):
            await asyncio.to_thread(mine.rename, file)  # again in a moment
            raise

    async def _audit(self, action: Action, details: dict[str, str], station: Station) -> None:
        entry = AuditEntry(
            at=self._clock.now(),
            station=station,
            account=None,
            action=action,
            outcome="asked",
            details=details,
        )
        async with self._database.transaction() as connection:
            await audit.write(connection, entry)


def named(catalogue: Catalogue, menus: MenuReader) -> Names:
    """Return what can be recorded: prompts, lines between slots, menu entries, number pieces."""
    pieces = {
        (language, piece): (piece,) for language in Language for piece in all_pieces(language)
    }
    spoken = menus.shipped().spoken(menus.house.numbers)
    return {**pieces, **_sentences(catalogue, catalogue.prompts, spoken)}


def own_words(live: Live, menus: MenuReader) -> Names:
    """Return what can be recorded of the words that a menu brings along."""
    spoken = live.spoken(menus.house.numbers)
    return _sentences(live.catalogue, live.plan.words.keys(), spoken)


def _sentences(
    catalogue: Catalogue, prompts: Collection[str], spoken: Iterable[Utterance]
) -> Names:
    lines = [*script(catalogue, prompts)]
    found: Names = {(line.language, line.name): (line.words,) for line in lines}
    for utterance in catalogue.fixed(prompts):
        if len(utterance.phrases) > 1:
            prompt = next(p.name for p in lines if p.words == utterance.phrases[0])
            found[utterance.language, prompt.partition(".")[0]] = utterance.phrases
    entries = {(line.language, line.words): line.name for line in lines if line.by_key}
    for utterance in spoken:
        for phrase in utterance.phrases:
            for end in range(1, len(phrase)):
                if name := entries.get((utterance.language, phrase[:end])):
                    found[utterance.language, name] = (phrase,)
    return found
