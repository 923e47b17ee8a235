"""
`make bench`: the figures of the product, each against its bar; exit code 1 if one is missed.

Names as arguments run only those: python -m tests.bench load wire
"""

import asyncio
import json
import sys
import tempfile
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Final

from callcenter.app.speech import SHIPPED
from callcenter.places import ASTERISK_SCRIPTS
from tests.bench import crowd, day, fix, junk, keys, orders, speech, wire
from tests.bench.report import Figure, tell
from tests.e2e.installation import Installation

Alone = Callable[[], Coroutine[Any, Any, list[Figure]]]
Bench = Callable[[Installation, Path], Coroutine[Any, Any, list[Figure]]]

BENCHES: Final[dict[str, Bench]] = {
    "wire": wire.bench,
    "load": crowd.bench,
    "junk": junk.bench,
    "keys": keys.bench,
}
ALONE: Final[dict[str, Alone]] = {  # they need no telephones, and start what they need
    "orders": orders.bench,
    "day": day.bench,
    "fix": fix.bench,
    "speech": speech.bench,
}


def main() -> int:
    names = sys.argv[1:] or [*ALONE, *BENCHES]
    alone = [name for name in names if name in ALONE]
    with_telephones = [name for name in names if name not in ALONE]
    met = [tell(name, asyncio.run(ALONE[name]())) for name in alone]
    if with_telephones:
        met += _installed(with_telephones)
    return 0 if all(met) else 1


def _installed(names: list[str]) -> list[bool]:
    with tempfile.TemporaryDirectory(prefix="callcenter-bench-") as folder:
        custom = Path(folder) / "custom.d"
        custom.mkdir()
        # The crowd orders what the account that warmed the sentences has just ordered.
        installation = Installation(
            Path(folder) / "state",
            pbx_custom_dir=custom,
            redial_guard_s=0,
            voice_pack_dir=SHIPPED,
            espeak_command=json.dumps([str(ASTERISK_SCRIPTS / "espeak")]),
        )
        installation.up()
        try:
            return [tell(name, asyncio.run(BENCHES[name](installation, custom))) for name in names]
        finally:
            installation.down()


sys.exit(main())
