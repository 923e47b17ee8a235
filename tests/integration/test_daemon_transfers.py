"""The daemon has transfers, built from its settings."""

from decimal import Decimal
from pathlib import Path

import pytest

from callcenter.app.daemon import Daemon
from callcenter.app.preparing import prepare_database
from callcenter.domain.accounts import AccountId
from callcenter.domain.transfers import Direction, PasswordKind
from callcenter.settings import Settings
from tests import make
from tests.fakes.bank import DONE, ICBC, PASSWORDS


async def test_a_daemon_moves_money_and_tells_of_it(
    dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLCENTER_STATE_DIR", str(tmp_path))
    address, secret = tmp_path / "address", tmp_path / "secret"
    address.write_text(dsn)
    secret.write_text("secret")
    settings = Settings(database_url_file=address, ami_secret_file=secret)
    await prepare_database(settings)
    daemon = Daemon(settings)
    transfers = daemon._transfers
    await transfers.bank.start()
    await daemon._counter.start()
    customer, station = make.customer(), make.station()

    [terms] = await transfers.service.banks(AccountId("10000001"))
    limits = await transfers.service.limits(customer, station, terms.code, Direction.OUT)
    draft = make.transfer_draft(bank=terms.code, direction=Direction.OUT)
    password = PASSWORDS[PasswordKind.FUND]
    outcome = await transfers.service.request(draft, customer, station, password)

    assert (terms.code, limits.most) == (ICBC, Decimal("1000000.00"))
    assert outcome == DONE
    assert (await daemon._counter.money(customer.account)).usable == 990_000
    [told] = await transfers.service.results_today(customer.account)
    assert told.outcome == DONE

    await daemon._counter.stop()
    await transfers.bank.stop()
    await daemon._database.close()
