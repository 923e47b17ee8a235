"""What the rule book says of banks, as transfers read it."""

from datetime import date, time
from decimal import Decimal

import pytest

from callcenter.domain.transfers import BankCode, BankService, PasswordKind
from callcenter.trading.transfers.terms import BookedTerms
from tests import rules

DAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("bank", "single", "day"),
    [
        ("ICBC", "5000000", "5000000"),
        ("CCB", "5000000", "5000000"),
        ("CMB", "500000", "1000000"),
        ("BOC", "1000000", "2000000"),
        ("a bank in a village", "500000", "1000000"),
    ],
)
def test_each_bank_has_its_limits(bank: str, single: str, day: str) -> None:
    terms = BookedTerms(rules.book().tables)(BankCode(bank), DAY)

    assert terms is not None
    assert (terms.code, terms.single, terms.day) == (bank, Decimal(single), Decimal(day))


def test_sources_that_contradict_each_other_are_a_choice() -> None:
    chosen = rules.book(**{"transfer-limits": "low", "transfer-hours": "from-8-30"})

    terms = BookedTerms(chosen.tables)(BankCode("ICBC"), DAY)

    assert terms is not None
    assert (terms.single, terms.day) == (Decimal(50_000), Decimal(100_000))
    assert (terms.opens, terms.closes) == (time(8, 30), time(16, 0))


def test_a_bank_asks_for_its_own_password_on_the_way_in_and_for_ours_on_the_way_out() -> None:
    terms = BookedTerms(rules.book().tables)(BankCode("ICBC"), DAY)

    assert terms is not None
    assert terms.passwords == {
        BankService.IN: PasswordKind.BANK,
        BankService.OUT: PasswordKind.FUND,
        BankService.BALANCE: PasswordKind.BANK,
    }


def test_a_counter_that_is_always_open_has_banks_that_are() -> None:
    terms = BookedTerms(rules.book().tables, always_open=True)(BankCode("CMB"), DAY)

    assert terms is not None
    assert (terms.opens, terms.closes) == (None, None)
    assert terms.name == "招商银行"


def test_before_the_first_row_there_are_no_terms() -> None:
    assert BookedTerms(rules.book().tables)(BankCode("ICBC"), date(2000, 1, 1)) is None
