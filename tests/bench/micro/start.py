"""
Bench `start`: processor seconds until the daemon and the command line are imported.

The bare limit is a Python that imports the same modules of others and none of ours: what is beyond
it is our own to shorten; what is below it, only importing less of others' can.
"""

import os
import subprocess
import sys
from typing import Final

from tests.bench.report import Figure, duration
from tests.bench.turns import taking_turns

ROUNDS: Final = 3
_OURS: Final = {
    "the daemon": "import callcenter.app.daemon",
    "the command line": "from callcenter.cli.commands import command_line; command_line()",
}
_LISTED: Final = "; import sys; print(*(m for m in sys.modules if m.split('.')[0] != 'callcenter'))"


async def bench() -> list[Figure]:
    return [await _figure(name, code) for name, code in _OURS.items()]


async def _figure(name: str, code: str) -> Figure:
    others = _imports_of_others(code)

    async def ours() -> float:
        return _cpu_ms(code)

    async def bare() -> float:
        return _cpu_ms(others)

    measured = await taking_turns(ours, bare, rounds=ROUNDS)
    return duration(f"processor to import {name}", *measured, " ms")


def _imports_of_others(code: str) -> str:
    """Return a program that imports what `code` brings along, in the same order."""
    done = subprocess.run(
        [sys.executable, "-c", code + _LISTED], capture_output=True, text=True, check=True
    )
    modules = [name for name in done.stdout.split() if not name.startswith("__")]
    return (
        "import importlib\n"
        f"for name in {modules!r}:\n"
        "    try: importlib.import_module(name)\n"
        "    except ImportError: pass\n"
    )


def _cpu_ms(code: str) -> float:
    """Return the processor time of a Python that runs this, in milliseconds."""
    child = subprocess.Popen([sys.executable, "-W", "ignore", "-c", code])
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = status
    if status:
        raise RuntimeError(f"the imports failed with {status}")
    return 1000 * (used.ru_utime + used.ru_stime)
