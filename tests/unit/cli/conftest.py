"""The command line without a database."""

import pytest

from callcenter.cli import asking
from callcenter.settings import Settings
from tests.unit.cli.typed import FakeRecords


@pytest.fixture(autouse=True)
def nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"CALLCENTER_{name.upper()}", raising=False)


@pytest.fixture
def records(monkeypatch: pytest.MonkeyPatch) -> FakeRecords:
    records = FakeRecords()
    monkeypatch.setattr(asking, "open_reports", records.open)
    return records
