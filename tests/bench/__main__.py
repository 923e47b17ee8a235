"""
`make bench`: the figures of the product, each against its bar; exit code 1 if one is missed.

Names as arguments run only those: python -m tests.bench load wire
"""

import asyncio
import sys
import tempfile
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Final

from tests.bench import crowd, junk, wire
from tests.bench.report import Figure, tell
from tests.e2e.installation import Installation

Bench = Callable[[Installation, Path], Coroutine[Any, Any, list[Figure]]]

BENCHES: Final[dict[str, Bench]] = {
    "wire": wire.bench,
    "load": crowd.bench,
    "junk": junk.bench,
}


def main() -> int:
    names = sys.argv[1:] or list(BENCHES)
    with tempfile.TemporaryDirectory(prefix="callcenter-bench-") as folder:
        custom = Path(folder) / "custom.d"
        custom.mkdir()
        installation = Installation(Path(folder) / "state", pbx_custom_dir=custom)
        installation.up()
        try:
            met = [tell(name, asyncio.run(BENCHES[name](installation, custom))) for name in names]
        finally:
            installation.down()
    return 0 if all(met) else 1


sys.exit(main())
