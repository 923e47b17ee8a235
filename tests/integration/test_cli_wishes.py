"""The commands about what customers want to be told, over a real database."""

import asyncio
import json
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from callcenter.cli.commands import app
from callcenter.domain.accounts import AccountId
from callcenter.domain.calls import CallerNumber
from callcenter.domain.clock import BEIJING
from callcenter.domain.subscriptions import Channel, DailyQuote, Delivery, Subscription
from callcenter.storage.database import Database
from callcenter.storage.subscriptions import PostgresSubscriptionBook
from tests import make

TODAY = datetime.now(BEIJING).date()
TOMORROW = TODAY + timedelta(days=1)
SUBSCRIPTIONS = [
    make.subscription("1", until=TOMORROW),
    make.subscription("2", DailyQuote(security=make.security(), at=time(9, 45))),
    make.subscription("3", until=TODAY - timedelta(days=1), account=AccountId("10000002")),
]


def type_in(*words: str) -> Result:
    return CliRunner().invoke(app, words)


async def keep(dsn: str, subscriptions: list[Subscription]) -> None:
    database = Database(dsn)
    book = PostgresSubscriptionBook(database)
    for one in subscriptions:
        await book.add(one, make.entry(), most=9, today=make.NOON.date())
    sms = Delivery(channel=Channel.SMS, number=CallerNumber("+8613800138000"))
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
