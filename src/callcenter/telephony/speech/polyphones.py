"""How words are read that have a character of several readings, where dictionaries err."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

import yaml

_FILE: Final = Path(__file__).with_name("polyphones.yaml")


@cache
def polyphones() -> Mapping[str, str]:
    """Return the readings as an engine wants them: {"重听": "chong2 ting1"}."""
    entries: dict[str, str] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return entries
