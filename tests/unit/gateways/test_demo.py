"""The demo data is a contract with everyone who dials: this is the table of `hotline.md`."""

from collections import Counter
from decimal import Decimal
from itertools import pairwise

import pytest

from callcenter.domain.accounts import AccountStatus, Permission
from callcenter.domain.securities import Board, Market
from callcenter.gateways.paper import demo
from tests import rules

ALL = (*demo.ACCOUNTS, *demo.load_accounts())
EVERYTHING = {Permission.STAR, Permission.CHINEXT, Permission.BSE}


@pytest.mark.parametrize(
    ("account", "branch", "cash", "holdings"),
    [
        ("10000001", "001", "1000000.00", {"SH600000": (10_000, 10_000), "SZ000001": (299, 299)}),
        ("10000002", "002", "5000.00", {"SH688981": (500, 0)}),
        ("10000003", "017", "88888888.88", {}),
        ("10000004", "001", "1000000.00", {}),
        ("10000005", "001", "1000000.00", {}),
        ("20000001", "001", "1000000.00", {"SH600000": (10_000, 10_000)}),
        ("20000017", "017", "1000000.00", {"SH600000": (10_000, 10_000)}),
        ("20001000", "014", "1000000.00", {"SH600000": (10_000, 10_000)}),
    ],
)
def test_each_account_has_its_money_and_holdings(
    account: str, branch: str, cash: str, holdings: dict[str, tuple[int, int]]
) -> None:
    opened = next(opened for opened in ALL if opened.account == account)

    held = {security: (h.total, h.sellable) for security, h in opened.holdings.items()}
    assert (opened.branch, opened.cash, held) == (branch, Decimal(cash), holdings)


def test_only_some_accounts_are_out_of_the_ordinary() -> None:
    by_account = {str(opened.account): opened for opened in ALL}

    assert by_account["10000003"].permissions == frozenset()
    assert by_account["10000004"].bound_numbers == {"13800138000"}
    assert by_account["10000005"].status is AccountStatus.FROZEN
    assert {o.account for o in ALL if o.permissions != EVERYTHING} == {"10000003"}
    assert {o.account for o in ALL if o.bound_numbers} == {"10000004"}
    assert {o.account for o in ALL if o.status is not AccountStatus.NORMAL} == {"10000005"}


def test_the_load_accounts_are_spread_over_all_branches() -> None:
    branches = Counter(opened.branch for opened in demo.load_accounts())

    assert sum(branches.values()) == 1000
    assert set(branches) == {f"{number:03}" for number in range(1, 18)}
    assert max(branches.values()) - min(branches.values()) <= 1


def test_the_passwords_are_the_printed_ones() -> None:
    assert (demo.TRADE_PASSWORD, demo.FUND_PASSWORD, demo.BANK_PASSWORD) == (
        "246810",
        "135790",
        "112358",
    )


def test_no_two_logins_are_keyed_alike() -> None:
    keyed = [str(opened.account) for opened in ALL]
    keyed += [code.lstrip("A") for opened in ALL for code in opened.shareholder_codes.values()]

    assert len(set(keyed)) == len(keyed)


def test_shareholder_codes_follow_from_the_account() -> None:
    assert demo.ACCOUNTS[0].shareholder_codes == {Market.SH: "A100000001", Market.SZ: "0100000001"}


def test_every_holding_is_of_something_listed() -> None:
    listed = {listing.security.id for listing in demo.LISTINGS}

    assert {security for opened in ALL for security in opened.holdings} <= listed


def test_every_board_is_listed_and_a_suspended_security_too() -> None:
    assert {listing.security.board for listing in demo.LISTINGS} == {*rules.BOARDS, Board.INDEX}
    assert any(listing.security.suspended for listing in demo.LISTINGS)


def test_000001_is_an_index_in_shanghai_and_a_bank_in_shenzhen() -> None:
    found = [x.security for x in demo.LISTINGS if x.security.code == "000001"]

    assert [(s.market, s.board) for s in found] == [
        (Market.SH, Board.INDEX),
        (Market.SZ, Board.SZ_MAIN),
    ]


@pytest.mark.parametrize("listing", demo.LISTINGS, ids=lambda listing: listing.security.id)
def test_every_quote_is_possible(listing: demo.Listing) -> None:
    assert all(a <= b for a, b in pairwise((listing.low, listing.last, listing.high)))
    assert listing.bid <= listing.ask
    if listing.security.board is Board.INDEX:
        return
    tick = rules.rule_of(listing.security).tick
    lowest, highest = rules.price_limits(listing.security, listing.previous_close)
    assert lowest <= listing.low
    assert listing.high <= highest
    prices = (listing.last, listing.previous_close, listing.high, listing.low)
    assert all(price % tick == 0 for price in (*prices, listing.bid, listing.ask))
