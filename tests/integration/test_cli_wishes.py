"""The commands about what customers want to be told, over a real database."""

import asyncio
import json
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from callcenter.cli.commands import command_line
from callcenter.domain.accounts import AccountId
from callcenter.domain.calls import CallerNumber
from callcenter.domain.clock import BEIJING
from callcenter.domain.events import StatementMade
from callcenter.domain.statements import StatementNumber
from callcenter.domain.subscriptions import Channel, DailyQuote, Delivery, Subscription
from callcenter.storage.database import Database
from callcenter.storage.statements import PostgresStatementBook
from callcenter.storage.subscriptions import PostgresSubscriptionBook
from tests import make

TODAY = datetime.now(BEIJING).date()
TOMORROW = TODAY + timedelta(days=1)
SUBSCRIPTIONS = [
    make.subscription("1", until=TOMORROW),
    make.subscription("2", DailyQuote(security=make.security(), at=time(9, 45))),
    make.subscription("3", until=TODAY - timedelta(days=1), account=AccountId("10000002")),
]

MADE = StatementMade(
    number=StatementNumber("85000001"),
    account=AccountId("10000001"),
    channel=Channel.EMAIL,
    fax_number=None,
)
PDF = b"%PDF-1.4"


def type_in(*words: str) -> Result:
    return CliRunner().invoke(command_line(*words[:1]), words)


async def keep(dsn: str, subscriptions: list[Subscription]) -> None:
    database = Database(dsn)
    book = PostgresSubscriptionBook(database)
    for one in subscriptions:
        await book.add(one, make.entry(), most=9, today=make.NOON.date())
    sms = Delivery(channel=Channel.SMS, number=CallerNumber("+8613800138000"))
    statements = PostgresStatementBook(database)
    for number in ("85000001", "85000002"):
        await statements.queue(make.statement(number), make.entry())
    await statements.keep(MADE.number, PDF, make.NOON, MADE)
    await book.deliver_by(SUBSCRIPTIONS[0].account, sms, make.entry())
    await database.close()


@pytest.fixture
def kept(dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    address = tmp_path / "address"
    address.write_text(dsn)
    monkeypatch.setenv("CALLCENTER_DATABASE_URL_FILE", str(address))
    asyncio.run(keep(dsn, SUBSCRIPTIONS))


@pytest.mark.usefixtures("kept")
def test_what_counts_is_listed_with_how_to_reach_the_customer() -> None:
    daily, alert = json.loads(type_in("subscriptions", "--json").stdout)

    assert (daily["kind"], daily["security"], daily["at"]) == ("daily-quote", "SH600000", "09:45")
    assert (alert["crossing"], alert["price"], alert["until"]) == ("above", "11.00", f"{TOMORROW}")
    assert (alert["channel"], alert["reached_at"]) == ("sms", "+8613800138000")


@pytest.mark.usefixtures("kept")
def test_what_is_over_is_not_listed() -> None:
    assert json.loads(type_in("subscriptions", "--account", "10000002", "--json").stdout) == []


@pytest.mark.usefixtures("kept")
def test_statements_are_listed_with_their_state() -> None:
    queued, made = json.loads(type_in("statements", "--account", "10000001", "--json").stdout)

    assert (queued["statement_number"], queued["state"], queued["made"]) == (
        "85000002",
        "queued",
        None,
    )
    assert (made["state"], made["bytes"], made["channel"]) == ("made", len(PDF), "email")


@pytest.mark.usefixtures("kept")
def test_the_document_of_a_statement_is_saved(tmp_path: Path) -> None:
    file = tmp_path / "statement.pdf"

    saved = type_in("statements", "export", "85000001", "--to", str(file))

    assert saved.exit_code == 0
    assert file.read_bytes() == PDF


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("number", ["85000002", "85999999"])
def test_what_is_not_made_cannot_be_saved(number: str, tmp_path: Path) -> None:
    file = tmp_path / "statement.pdf"

    saved = type_in("statements", "export", number, "--to", str(file))

    assert (saved.exit_code, file.exists()) == (1, False)
    assert number in saved.stderr
