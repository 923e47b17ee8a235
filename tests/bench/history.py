"""
What was measured when: a line of JSON for each figure of each run.

Every run is kept in `var/bench/history.jsonl`, which stays on the machine. Runs that are to be
compared with for long are kept in `docs/bench-history.jsonl`, too.
"""

import json
import os
import platform
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from tests.bench.report import Figure

ROOT: Final = Path(__file__).parents[2]
LOCAL: Final = ROOT / "var" / "bench" / "history.jsonl"
KEPT: Final = ROOT / "docs" / "bench-history.jsonl"
_DIGITS: Final = 4


@dataclass(frozen=True, kw_only=True)
class Run:
    """When, from which commit and on which machine figures were measured."""

    at: str
    commit: str
    machine: str


@dataclass(frozen=True, kw_only=True)
class Record:
    """One figure of a run; `limit` and `ratio` as in `Figure`, None where nothing is bare."""

    run: Run
    bench: str
    figure: str
    value: float
    unit: str
    limit: float | None
    ratio: float | None

    @property
    def name(self) -> tuple[str, str]:
        return self.bench, self.figure

    def to_json(self) -> str:
        told = asdict(self.run) | {name: one for name, one in asdict(self).items() if name != "run"}
        return json.dumps(told, ensure_ascii=False)

    @classmethod
    def from_json(cls, line: str) -> "Record":
        told = json.loads(line)
        run = Run(**{name: told.pop(name) for name in ("at", "commit", "machine")})
        return cls(run=run, **told)


def this_run() -> Run:
    """Tell of a run that begins now."""
    at = datetime.now(UTC).isoformat(timespec="seconds")
    return Run(at=at, commit=_commit(), machine=_machine())


def records(run: Run, figures: Mapping[str, Sequence[Figure]]) -> Iterator[Record]:
    """Yield what is kept of the figures of each bench."""
    for bench, measured in figures.items():
        for one in measured:
            yield Record(
                run=run,
                bench=bench,
                figure=one.name.strip(),
                value=_rounded(one.value),
                unit=one.unit.strip(),
                limit=None if one.limit is None else _rounded(one.limit),
                ratio=None if one.ratio is None else _rounded(one.ratio),
            )


def keep(file: Path, found: Iterable[Record]) -> None:
    """Append to a history, which need not exist yet."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as history:
        history.writelines(f"{record.to_json()}\n" for record in found)


def read(file: Path) -> list[Record]:
    """Return a history, oldest first; nothing if there is none."""
    if not file.exists():
        return []
    return [Record.from_json(line) for line in file.read_text(encoding="utf-8").splitlines()]


def kept_as(found: Iterable[Record], machine: str | None) -> list[Record]:
    """Return the records under a name for the machine that tells readers more than ours."""
    if machine is None:
        return list(found)
    return [replace(one, run=replace(one.run, machine=machine)) for one in found]


def _commit() -> str:
    command = ["git", "-C", str(ROOT), "describe", "--always", "--dirty", "--abbrev=8"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"  # an archive has no commit


def _machine() -> str:
    """Name the machine by what figures depend on, and by nothing that tells whose it is."""
    return f"{os.cpu_count()} cores, {_processor()}, Python {platform.python_version()}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _rounded(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")
