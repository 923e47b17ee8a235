"""What the commands about prompts read and do."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from callcenter.app.actors import ActorLine, actor_script
from callcenter.app.address import database_address
from callcenter.app.menu_office import open_menus
from callcenter.app.menus import menu_reader
from callcenter.app.parts import load_catalogue
from callcenter.app.recordings import PromptRecordings, named, own_words
from callcenter.app.speech import kokoro, own_recordings, voice_pack
from callcenter.app.voice import wanted
from callcenter.domain.calls import Language
from callcenter.domain.clock import SystemClock
from callcenter.domain.errors import SpeechUnavailable, StoreUnavailable
from callcenter.ivr.menus.faults import BadMenu
from callcenter.ivr.recordable import number_of
from callcenter.settings import Settings
from callcenter.storage.database import Database
from callcenter.telephony.speech.building import Builder, Built, Progress, Wanted
from callcenter.telephony.speech.own import Named
from callcenter.telephony.speech.pack import Pack
from callcenter.telephony.speech.phrases import Phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptSound:
    """Some words, and where their sound comes from: `own`, `shipped`, or nowhere yet."""

    number: str  # by which it is named on the staff line
    name: str
    language: Language
    words: str
    source: str
    seconds: float

    @property
    def has_sound(self) -> bool:
        return bool(self.seconds)


async def recordable(settings: Settings) -> Named:
    """Return what can be recorded, by language and name; of the menu in force if it is known."""
    reader = menu_reader(settings)
    shipped = named(load_catalogue(), reader)
    try:
        async with open_menus(settings) as office:
            live = reader.read(await office.text_of("active"))
    except (StoreUnavailable, BadMenu):
        return shipped
    return {**shipped, **own_words(live, reader)}


async def prompt_sounds(settings: Settings) -> list[PromptSound]:
    """Return all that can be recorded, each with its sound."""
    names = await recordable(settings)
    own = own_recordings(settings, names)
    own.look()
    recorded = {(one.language, one.prompt): one.seconds for one in own.current()}
    pack = voice_pack(settings)
    return [
        PromptSound(
            number=number_of(name),
            name=name,
            language=language,
            words=(" " if language is Language.EN else "").join(words),
            source="own" if (language, name) in recorded else _source(pack, language, words),
            seconds=recorded.get((language, name)) or _seconds(pack, language, words),
        )
        for (language, name), words in names.items()
    ]


async def lines_for_actor(settings: Settings, language: Language) -> list[ActorLine]:
    """Return the script of everything that can be recorded in a language."""
    return actor_script(load_catalogue(), await recordable(settings), language)


def _source(pack: Pack, language: Language, words: tuple[str, ...]) -> str:
    return "shipped" if _seconds(pack, language, words) else "engine"


def _seconds(pack: Pack, language: Language, words: tuple[str, ...]) -> float:
    """Return how long the pack takes to say them; 0 if it lacks some."""
    found = [pack.find(Phrase.of(phrase, language)) for phrase in words]
    return round(sum(one.seconds for one in found if one), 2) if all(found) else 0.0


def missing_from(pack: Pack, all_wanted: list[Wanted]) -> Iterator[Phrase]:
    """Yield what is wanted of a pack and not in it."""
    for one in all_wanted:
        yield from (phrase for phrase, _ in one.phrases() if pack.find(phrase) is None)


async def build_pack(settings: Settings, progress: Progress) -> Built:
    """Bring the pack up to the catalogue; raise `SpeechUnavailable` if no voice is installed."""
    voice = kokoro(settings)
    if not voice.installed:
        raise SpeechUnavailable("The voice is not installed: run tools/voice first.")
    todo = wanted(load_catalogue(), menu_reader(settings))
    try:
        return await Builder(voice_pack(settings), voice).build(todo, progress)
    finally:
        await voice.close()


@asynccontextmanager
async def open_recordings(settings: Settings) -> AsyncIterator[PromptRecordings]:
    """Connect for as long as recordings are put or restored."""
    database = Database(database_address(settings), pool_size=1)
    own = own_recordings(settings, await recordable(settings))
    try:
        yield PromptRecordings(own, database, SystemClock())
    finally:
        await database.close()
