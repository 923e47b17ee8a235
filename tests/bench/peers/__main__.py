"""The bench `peers` with other sizes: `python -m tests.bench.peers --calls 300 --rounds 5`."""

import argparse
import asyncio
import sys

from tests.bench.installed import installed
from tests.bench.peers import BARS, CALLS, ROUNDS, bench
from tests.bench.report import tell


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=CALLS, help="at once, and in a round")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--peers", nargs="*", choices=BARS, default=tuple(BARS))
    wanted = parser.parse_args()
    with installed() as (installation, custom):
        figures = asyncio.run(bench(installation, custom, **vars(wanted)))
    return 0 if tell("peers", figures) else 1


sys.exit(main())
