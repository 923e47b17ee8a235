"""
Draw the page of a run from the result.json in a folder, as where it ran had no plots.

    python -m callcenter.load.report FOLDER
"""

import sys
from pathlib import Path

from callcenter.load.model import LoadResult
from callcenter.load.report.page import write


def main() -> None:
    folder = Path(sys.argv[1])
    result = LoadResult.from_json((folder / "result.json").read_text(encoding="utf-8"))
    sys.stdout.write(f"{write(result, folder)}\n")


main()
