"""Pages of the documentation, followed to the letter by somebody who types and edits."""

import os
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from tests.e2e.installation import Installation
from tests.e2e.warm import warm_command

_ROOT: Final = Path(__file__).parents[2]
_FENCE: Final = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_COMMAND_S: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """Commands of a shell."""

    commands: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """Text in a file that is replaced by another one in an editor."""

    before: str
    after: str


Step = Typed | Edited


def steps(page: str, chapter: str, *, instead: Mapping[str, str]) -> dict[str, list[Step]]:
    """
    Return what is to be done, by the sections of a chapter.

    Of two blocks of YAML the second is to stand where the first one does. `instead` changes what
    is only right on the day when the page was written.
    """
    text = (_ROOT / page).read_text(encoding="utf-8")
    for written, meant in instead.items():
        assert written in text, f"{page} does not have {written}"
        text = text.replace(written, meant)
    [found] = re.findall(rf"^## {chapter}$(.*?)^## ", text, re.DOTALL | re.MULTILINE)
    sections = re.split(r"^### (.+)$", found, flags=re.MULTILINE)[1:]
    return {
        title: list(_steps(_FENCE.findall(body)))
        for title, body in zip(sections[::2], sections[1::2], strict=True)
    }


def _steps(blocks: Sequence[tuple[str, str]]) -> list[Step]:
    taken: list[Step] = []
    rest = iter(blocks)
    for kind, text in rest:
        match kind:
            case "sh":
                taken.append(Typed(commands=text))
            case "yaml":
                taken.append(Edited(before=text, after=next(rest)[1]))
            case _:
                raise ValueError(f"nobody can follow a block of {kind}")
    return taken


class Desk:
    """A folder that looks like the checkout of an installation, and who works there."""

    def __init__(self, folder: Path, installation: Installation) -> None:
        self.folder = folder
        self._environment = {**os.environ, **installation.environment}

    @classmethod
    @contextmanager
    def at(cls, folder: Path, installation: Installation) -> Iterator[Self]:
        command = folder / ".venv/bin/callcenter"
        command.parent.mkdir(parents=True)
        desk = cls(folder, installation)
        with warm_command(command, desk._environment):
            yield desk

    def follow(self, step: Step, file: str) -> str:
        """Do what a step says, in `file` if it is to be edited; return what was printed."""
        match step:
            case Typed():
                return self._type(step.commands)
            case Edited():
                edited = self.folder / file
                text = edited.read_text(encoding="utf-8")
                assert text.count(step.before) == 1, f"not once in {file}:\n{step.before}"
                edited.write_text(text.replace(step.before, step.after), encoding="utf-8")
                return ""

    def _type(self, commands: str) -> str:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", commands],
            cwd=self.folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_COMMAND_S,
            check=False,
        )
        assert done.returncode == 0, f"{commands}\n{done.stdout}{done.stderr}"
        return done.stdout
