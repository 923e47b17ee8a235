"""Who calls: a number and an account each. Of one caller there is never more than one call up."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from callcenter.gateways.paper import demo

FIELDS: Final = ("caller", "account", "password", "fund_password", "bank_password")
DEMO_CALLERS: Final = demo.LOAD_ACCOUNTS
_PREFIXES: Final = 70  # of mobile numbers, 130 to 199


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A customer at a telephone. The passwords are never printed."""

    number: str
    account: str
    password: str = field(repr=False)
    fund_password: str = field(repr=False)
    bank_password: str = field(repr=False)

    def elsewhere(self, nth: int) -> "Caller":
        """Return the same customer at another telephone, one for each `nth`."""
        return replace(self, number=f"1{30 + nth % _PREFIXES}{self.number[3:]}")


class BadCallers(ValueError):
    """The file of callers cannot be used; the message says why."""


def demo_callers(run: int) -> Sequence[Caller]:
    """
    Return the demo's load accounts, each with a mobile number of its own.

    A run has other numbers than the one before: what that was dropped in the middle of is offered
    to who calls again from the same number.
    """
    return [
        Caller(
            number=f"1{30 + run % _PREFIXES}{one.account}",
            account=one.account,
            password=demo.TRADE_PASSWORD,
            fund_password=demo.FUND_PASSWORD,
            bank_password=demo.BANK_PASSWORD,
        )
        for one in demo.load_accounts()
    ]


def read_callers(path: Path) -> Sequence[Caller]:
    """Read a CSV file whose first line names `FIELDS`. Raise `BadCallers`."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            callers = list(_callers(csv.DictReader(file)))
    except (OSError, UnicodeError, csv.Error) as error:
        raise BadCallers(f"{path} cannot be read: {error}") from error
    if not callers:
        raise BadCallers(f"{path} has no caller below its first line")
    if len({caller.account for caller in callers}) < len(callers):
        raise BadCallers(f"{path} has an account twice; each caller needs one of his own")
    return callers


def _callers(rows: "csv.DictReader[str]") -> Iterator[Caller]:
    missing = [name for name in FIELDS if name not in (rows.fieldnames or ())]
    if missing:
        raise BadCallers(f"the first line lacks {', '.join(missing)}")
    for row in rows:
        number, account, *passwords = (str(row[name] or "").strip() for name in FIELDS)
        if not (number.isdecimal() and account.isdecimal()):
            raise BadCallers(f"line {rows.line_num}: caller and account must be digits")
        trade, fund, bank = passwords
        yield Caller(
            number=number, account=account, password=trade, fund_password=fund, bank_password=bank
        )
