"""The processes of an installation, and what they cost."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from typing import Final

from callcenter.app import embedded_postgres
from callcenter.load.watch import processes
from callcenter.places import ASTERISK_SCRIPTS
from callcenter.settings import Settings
from callcenter.stack.process import Background
from tests.e2e.installation import Installation

PARTS: Final = ("asterisk", "daemon", "postgresql")


def trees(installation: Installation) -> Mapping[str, processes.Tree]:
    """Return each part with the processes below it."""
    places = installation.places
    programs = [
        Background(name, run_dir=places.run, log_dir=places.logs).process()
        for name in ("asterisk", "daemon")
    ]
    server = embedded_postgres(Settings(state_dir=installation.home)).pid
    pids = [*(program.pid if program else None for program in programs), server]
    return processes.trees(dict(zip(PARTS, pids, strict=True)))


def cpu_s(installation: Installation) -> dict[str, float]:
    """Return the CPU seconds of each part so far, those of its finished children included."""
    return {name: processes.cpu_s(tree) for name, tree in trees(installation).items()}


def memory_mb(installation: Installation) -> dict[str, float]:
    """Return the resident memory of each part's main process."""
    return {name: tree[0].memory_info().rss / 2**20 for name, tree in trees(installation).items()}


def espeak(installation: Installation) -> Sequence[str]:
    """Return the command of the voice that the installation speaks with."""
    root = installation.places.pbx_root_file.read_text()
    return ("env", f"CALLCENTER_PBX_ROOT={root}", str(ASTERISK_SCRIPTS / "espeak"))


def tell_pbx(installation: Installation, command: str) -> None:
    """Run a command on the console of the installation's Asterisk."""
    environment = {**os.environ, "CALLCENTER_PBX_DIR": str(installation.places.pbx)}
    subprocess.run([ASTERISK_SCRIPTS / "rx", command], env=environment, check=True)
