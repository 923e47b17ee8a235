"""The command line without a database."""

from collections.abc import Iterator

import pytest
import structlog

from callcenter.cli import asking
from callcenter.settings import Settings
from tests.unit.cli.typed import FakeRecords


@pytest.fixture(autouse=True)
def untouched(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing is set, and the log is as it was afterwards."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"CALLCENTER_{name.upper()}", raising=False)
    before = structlog.get_config()
    yield
    structlog.configure(**before)


@pytest.fixture
def records(monkeypatch: pytest.MonkeyPatch) -> FakeRecords:
    records = FakeRecords()
    monkeypatch.setattr(asking, "open_reports", records.open)
    return records
