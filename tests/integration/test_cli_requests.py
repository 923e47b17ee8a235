"""The commands about transfers and applications, over a real database."""

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from callcenter.cli.commands import command_line
from callcenter.domain.applications import ApplicationState
from callcenter.domain.transfers import TransferState
from callcenter.storage.applications import PostgresApplicationBook
from callcenter.storage.database import Database
from callcenter.storage.transfers import PostgresTransferBook
from tests import make
from tests.fakes.store import AlwaysNoon

BY = ("--by", "王芳", "--why", "bank statement")


def type_in(*words: str) -> Result:
    return CliRunner().invoke(command_line(*words[:1]), words)


async def keep_tasks(dsn: str) -> None:
    database = Database(dsn)
    async with PostgresTransferBook(database, AlwaysNoon()).transaction() as tx:
        await tx.add(make.transfer(TransferState.MANUAL))
    async with PostgresApplicationBook(database, AlwaysNoon()).transaction() as applying:
        await applying.add(make.application(ApplicationState.MANUAL, number="70000002"))
    await database.close()


@pytest.fixture
def kept(dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    address = tmp_path / "address"
    address.write_text(dsn)
    monkeypatch.setenv("CALLCENTER_DATABASE_URL_FILE", str(address))
    asyncio.run(keep_tasks(dsn))


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize(
    ("what", "number", "outcome"),
    [("transfers", "70000001", "done"), ("applications", "70000002", "accepted")],
)
def test_a_task_is_listed_resolved_once_and_audited(what: str, number: str, outcome: str) -> None:
    [task] = json.loads(type_in(what, "--manual", "--json").stdout)
    resolve = (what, "resolve", number, "--outcome", outcome, *BY)

    first, second = type_in(*resolve), type_in(*resolve)

    assert task["state"] == "manual"
    assert (first.exit_code, second.exit_code) == (0, 1)
    assert json.loads(type_in(what, "--manual", "--json").stdout) == []
    [told] = json.loads(type_in(what, "--account", "10000001", "--json").stdout)
    assert told["state"] == outcome
    [entry] = json.loads(type_in("audit", "--json").stdout)
    assert entry["action"] == f"{what[:-1]}-resolved"
    assert (entry["details"]["by"], entry["details"]["why"]) == ("王芳", "bank statement")


@pytest.mark.usefixtures("kept")
def test_without_differences_there_is_an_empty_list() -> None:
    assert json.loads(type_in("transfers", "differences", "--json").stdout) == []
