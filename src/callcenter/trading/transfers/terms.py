"""The terms of banks as the rule book has them on a day: hours, limits and passwords."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from callcenter.domain.transfers import BankCode, BankService, BankTerms, PasswordKind
from callcenter.trading.rulebook.tables import Tables

# How banks are called on the telephone; another one is called by its code.
_NAMES: Final[Mapping[str, tuple[str, str]]] = {
    "ICBC": ("工商银行", "Industrial and Commercial Bank"),
    "CCB": ("建设银行", "China Construction Bank"),
    "CMB": ("招商银行", "China Merchants Bank"),
    "BOC": ("中国银行", "Bank of China"),
}
_OTHER: Final = "other"
_KINDS: Final = {kind.value: kind for kind in PasswordKind}


class BookedTerms:
    """Reads terms from the tables; a bank that they do not name has those of `other`."""

    def __init__(self, tables: Tables, *, always_open: bool = False) -> None:
        self._tables = tables
        self._always_open = always_open

    def __call__(self, bank: BankCode, day: date) -> BankTerms | None:
        """Return the terms of a bank on a day, or None if the book has none."""
        known = bank if self._tables.transfer_hours.knows(bank) else _OTHER
        hours = self._tables.transfer_hours.find(day, known)
        limits = self._tables.transfer_limits.find(day, known, "ordinary")
        if hours is None or limits is None:
            return None
        name, name_en = _NAMES.get(bank, (bank, bank))
        return BankTerms(
            code=bank,
            name=name,
            name_en=name_en,
            single=limits.values.single,
            day=limits.values.day,
            opens=None if self._always_open else hours.values.start,
            closes=None if self._always_open else hours.values.end,
            passwords=self._passwords(known, day),
        )

    def _passwords(self, bank: str, day: date) -> Mapping[BankService, PasswordKind]:
        asked = {
            service: self._password(bank, day, service.value)
            for service in (BankService.IN, BankService.OUT)
        }
        # A balance is told for what the same bank asks for before it gives money away.
        asked[BankService.BALANCE] = asked[BankService.IN]
        return {service: kind for service, kind in asked.items() if kind is not None}

    def _password(self, bank: str, day: date, direction: str) -> PasswordKind | None:
        rule = self._tables.transfer_passwords.find(day, bank, direction)
        if rule is None:
            return None
        # The trade password was checked at the login.
        return next((_KINDS[each] for each in rule.values.passwords if each in _KINDS), None)
