"""
`make bench`: the figures of the product, each against its bar; exit code 1 if one is missed.

Names as arguments run only those: `python -m tests.bench wire orders`. `--quick` runs the micro
benches, which need no telephones. Every run goes into the history; docs/benchmarks.md tells more.
"""

import argparse
import sys
from collections.abc import Sequence

from callcenter import logs
from tests.bench import compare, history
from tests.bench.benches import MICRO, NAMES, measured
from tests.bench.report import tell


def main() -> int:
    asked = _asked()
    if asked.compare:
        return 0 if compare.tell(history.read(history.KEPT if asked.kept else history.LOCAL)) else 1
    logs.set_up("console", "WARNING")
    return 0 if _run(asked) else 1


def _run(asked: argparse.Namespace) -> bool:
    """Run what was asked for, and keep each bench as it ends; return whether all bars are met."""
    this_run, met = history.this_run(), True
    files = [history.LOCAL, history.KEPT] if asked.keep else [history.LOCAL]
    for name, figures in measured(_names(asked)):
        met &= tell(name, figures)
        found = history.kept_as(history.records(this_run, {name: figures}), asked.machine)
        for file in files:
            history.keep(file, found)
    return met


def _names(asked: argparse.Namespace) -> Sequence[str]:
    return asked.names or (list(MICRO) if asked.quick else NAMES)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--quick", action="store_true", help="only the micro benches")
    parser.add_argument("--keep", action="store_true", help=f"write to {history.KEPT.name}, too")
    parser.add_argument("--machine", help="what the kept history calls the machine")
    parser.add_argument("--compare", action="store_true", help="run nothing: compare the last runs")
    parser.add_argument("--kept", action="store_true", help="compare those that were kept")
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(NAMES):
        parser.error(f"there is no bench {', '.join(sorted(unknown))}")
    return asked


if __name__ == "__main__":
    sys.exit(main())
