"""The message log: by day, and without secrets."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from callcenter.domain.clock import Clock
from callcenter.gateways.fix.wirelog import WireLog
from tests import make


class Set(Clock):
    def __init__(self) -> None:
        self.time = make.NOON

    def now(self) -> datetime:
        return self.time


@pytest.mark.parametrize("tag", ["554", "925", "96", "1402", "1404"])
@pytest.mark.parametrize("secret", ["s3cret!=x", "s3|cret", "|s3||cret|", ""])
def test_no_secret_is_written(tmp_path: Path, tag: str, secret: str) -> None:
    log = WireLog(tmp_path / "log", Set())

    log.write(">", f"8=FIX.4.4|35=A|553=us|{tag}={secret}|98=0|10=000|")
    log.close()

    text = (tmp_path / "log" / "fix-20261120.log").read_text()
    assert text == f"12:00:00.000000 > 8=FIX.4.4|35=A|553=us|{tag}=***|98=0|10=000|\n"


def test_each_day_has_a_file_that_its_owner_alone_reads(tmp_path: Path) -> None:
    clock = Set()
    log = WireLog(tmp_path / "log", clock)

    log.write("<", "today")
    clock.time += timedelta(days=1)
    log.write("<", "tomorrow")
    log.flush()

    files = sorted((tmp_path / "log").iterdir())
    assert [file.name for file in files] == ["fix-20261120.log", "fix-20261121.log"]
    assert [file.stat().st_mode & 0o777 for file in files] == [0o600, 0o600]
    log.close()
