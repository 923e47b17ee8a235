"""The commands about the hotline's sentences and their sounds."""

import asyncio
from collections import Counter
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Final, TypeVar

import typer

from callcenter.app.prompts import (
    PromptSound,
    build_pack,
    lines_for_actor,
    open_recordings,
    prompt_sounds,
)
from callcenter.cli.actor_script import WRITERS
from callcenter.cli.asking import AsJson
from callcenter.cli.configured import configured
from callcenter.cli.show import fail, note, show_json, show_table
from callcenter.domain.calls import Language
from callcenter.domain.errors import SpeechUnavailable, StoreUnavailable
from callcenter.telephony.speech.own import BadRecording
from callcenter.telephony.speech.wave_files import read_wave

T = TypeVar("T")

_COLUMNS: Final = ("number", "name", "language", "source", "seconds", "words")
_VERSIONS: Final = ("version", "at", "by", "came_from", "seconds")

Only = Annotated[Language | None, typer.Option("--language", help="Only this language.")]
In = Annotated[Language, typer.Option("--language", help="Of what is recorded.")]
By = Annotated[str, typer.Option(help="Who does it.")]

prompts_app = typer.Typer(help="The hotline's sentences and their sounds.", no_args_is_help=True)


@prompts_app.command("list")
def list_prompts(language: Only = None, as_json: AsJson = False) -> None:
    """List every sentence and spoken piece: number, name, words, source of its sound, seconds."""
    _show(_sounds(language), as_json)


@prompts_app.command("missing")
def missing(language: Only = None, as_json: AsJson = False) -> None:
    """List what has neither a recording nor a sound in the pack; exit code 1 if there is any."""
    found = [sound for sound in _sounds(language) if not sound.has_sound]
    if as_json or found:
        _show(found, as_json)
    if found:
        raise typer.Exit(1)
    if not as_json:
        note("Every sentence has its sound.")


@prompts_app.command("build")
def build() -> None:
    """Render what the pack lacks or says in other words, and drop what nobody says any more."""
    settings = configured()

    def progress(done: int, of: int) -> None:
        if done % 20 == 0 or done == of:
            note(f"{done} of {of}")

    try:
        built = asyncio.run(build_pack(settings, progress))
    except (SpeechUnavailable, OSError) as error:
        fail(str(error))
    note(f"{built.rendered} rendered, {built.kept} kept.")
    for failure in built.failed:
        note(failure)
    if built.failed:
        raise typer.Exit(1)


@prompts_app.command("export")
def export(
    target: Annotated[Path, typer.Argument(help="The file to write: script.csv or script.html.")],
    language: Annotated[Language, typer.Option("--language", help="In which it is read.")],
) -> None:
    """Write the script that a voice actor reads; `import` takes what was recorded by it."""
    if target.suffix not in WRITERS:
        fail(f"{target} is neither .csv nor .html.")
    lines = asyncio.run(lines_for_actor(configured(), language))
    try:
        target.write_text(WRITERS[target.suffix](lines), encoding="utf-8", newline="")
    except OSError as error:
        fail(f"{target} cannot be written: {error.strerror}.")
    note(f"{len(lines)} lines in {target}.")


@prompts_app.command("import")
def import_recordings(
    source: Annotated[Path, typer.Argument(help="A WAV file named after its prompt, or a folder.")],
    language: In,
    by: By,
) -> None:
    """Play recordings instead of the pack: greeting.wav, read-back-buy.1.wav. Nothing is lost."""
    files = sorted(source.glob("*.wav")) if source.is_dir() else [source]
    if not files:
        fail(f"{source} has no WAV files.")
    outcome = asyncio.run(_import(files, language, by))
    note(f"{outcome['taken']} taken, {outcome['refused']} refused.")
    if outcome["refused"]:
        raise typer.Exit(1)


@prompts_app.command("versions")
def versions(name: str, language: In, as_json: AsJson = False) -> None:
    """List the recordings that a prompt has had; the newest is played."""

    async def ask() -> list[dict[str, object]]:
        async with open_recordings(configured()) as recordings:
            found = recordings.own.versions(name, language)
        return [{field: getattr(one, field) for field in _VERSIONS} for one in found]

    found = _run(ask())
    show_json(found) if as_json else show_table(found, _VERSIONS)


@prompts_app.command("restore")
def restore(
    name: str,
    language: In,
    version: Annotated[int, typer.Option(help="Which recording; 0 is the voice that ships.")],
    by: By,
) -> None:
    """Play an earlier recording again, or what ships."""

    async def ask() -> None:
        async with open_recordings(configured()) as recordings:
            await recordings.restore(name, language, version, by)

    _run(ask())
    note(f"{name} is restored." if version else f"{name} is said by the voice that ships.")


async def _import(files: list[Path], language: Language, by: str) -> Counter[str]:
    outcome: Counter[str] = Counter()
    async with open_recordings(configured()) as recordings:
        for file in files:
            try:
                pcm = read_wave(file)
                await recordings.put(file.stem, language, pcm, by, came_from=file.name)
                outcome["taken"] += 1
            except (BadRecording, StoreUnavailable, OSError) as error:
                note(f"{file.name}: {error}")
                outcome["refused"] += 1
    return outcome


def _run(asked: Coroutine[None, None, T]) -> T:
    try:
        return asyncio.run(asked)
    except (BadRecording, StoreUnavailable, OSError) as error:
        fail(str(error))


def _sounds(language: Language | None) -> list[PromptSound]:
    found = asyncio.run(prompt_sounds(configured()))
    return [sound for sound in found if language in (None, sound.language)]


def _show(found: list[PromptSound], as_json: bool) -> None:
    if as_json:
        show_json(found)
    else:
        show_table(found, _COLUMNS)
