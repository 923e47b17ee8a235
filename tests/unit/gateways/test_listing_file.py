"""Every row of a securities list is checked, and all that is wrong is told."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from callcenter.domain.securities import Board, Market, Security, SecurityKind
from callcenter.gateways.paper.listing_file import Fault, Listed, read, read_file
from tests import make

HEAD = "market,code,name,previous_close"
FULL = (
    "market,code,name,name_en,board,kind,status,listed_on,delisting_from,previous_close,t0,initials"
)
BOARDS = {"SH6": Board.SH_MAIN, "SH688": Board.STAR, "SZ0": Board.SZ_MAIN, "SH51": Board.FUND}


def board_of(market: Market, code: str) -> Board | None:
    prefixes = (f"{market}{code}"[:length] for length in range(8, 2, -1))
    return next((BOARDS[prefix] for prefix in prefixes if prefix in BOARDS), None)


def listed(*rows: str, head: str = HEAD) -> tuple[Sequence[Listed], Sequence[Fault]]:
    return read(iter([f"{row}\n" for row in (head, *rows)]), board_of)


def one(row: str, head: str = HEAD) -> Listed:
    found, faults = listed(row, head=head)
    assert faults == []
    return found[0]


def faults(row: str, head: str = HEAD) -> list[str]:
    found, wrong = listed(row, head=head)
    assert found == []
    assert {fault.line for fault in wrong} == {2}
    return [fault.message for fault in wrong]


def test_four_columns_are_enough() -> None:
    assert one("SH,600000,浦发银行,10.00") == Listed(
        security=make.security(name_en="浦发银行"),
        previous_close=Decimal("10.00"),
        initials=("PFYH",),
    )


def test_every_column_is_read() -> None:
    row = (
        "SH,510300,沪深300ETF,CSI 300 ETF,fund,wide-fund,suspended,2012-05-28,,4.630,yes,HS300 HSE"
    )

    assert one(row, FULL) == Listed(
        security=Security(
            market=Market.SH,
            code=make.security(code="510300").code,
            name="沪深300ETF",
            name_en="CSI 300 ETF",
            board=Board.FUND,
            kind=SecurityKind.WIDE_FUND,
            suspended=True,
            listed_on=date(2012, 5, 28),
            t0=True,
        ),
        previous_close=Decimal("4.630"),
        initials=("HS300", "HSE"),
    )


@pytest.mark.parametrize(
    ("name", "status", "is_st"),
    [
        ("ST中安", "", True),
        ("*ST 中安", "", True),
        ("*ST中安", "st", True),
        ("XDST中安", "", True),
        ("中安", "", False),
        ("中安", "st", True),
        ("*ST中安", "st suspended", True),
    ],
)
def test_st_is_told_by_the_status_or_the_name(name: str, status: str, is_st: bool) -> None:
    security = one(f"SH,600000,{name},10,{status}", HEAD + ",status").security

    assert security.st is is_st
    assert security.suspended is ("suspended" in status)


def test_the_delisting_period_has_its_first_day() -> None:
    security = one(
        "SH,600000,退市中安,0.5,delisting suspended-by-broker,2026-11-02",
        HEAD + ",status,delisting_from",
    ).security

    assert security.delisting_from == date(2026, 11, 2)
    assert security.suspended_by_broker


@pytest.mark.parametrize(("market", "code"), [("SH", "000001"), ("SZ", "399001"), ("BJ", "899050")])
def test_an_index_is_known_by_its_code(market: str, code: str) -> None:
    assert one(f"{market},{code},指数,3000").security.board is Board.INDEX


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        pytest.param("HK,600000,浦发银行,10", ["market 'HK' is not SH, SZ or BJ"], id="market"),
        pytest.param("SH,60000,浦发银行,10", ["code '60000' has not six digits"], id="short-code"),
        pytest.param(
            "SH,６00000,浦发银行,10", ["code '６00000' has not six digits"], id="wide-code"
        ),
        pytest.param("SH,600000,,10", ["it has no name"], id="no-name"),
        pytest.param("SH,999999,浦发银行,10", ["no board has codes like SH999999"], id="no-board"),
        pytest.param(
            "SZ,600000,浦发银行,10", ["no board has codes like SZ600000"], id="wrong-market"
        ),
        pytest.param(
            "SH,600000,浦发银行,0", ["previous_close '0' is not a price"], id="zero-price"
        ),
        pytest.param(
            "SH,600000,浦发银行,1e3", ["previous_close '1e3' is not a price"], id="exponent"
        ),
        pytest.param(
            "SH,600000,浦发银行,-1", ["previous_close '-1' is not a price"], id="negative"
        ),
        pytest.param(
            "SH,600000,浦发\x00银行,10",
            ["name has a character that cannot be printed"],
            id="control-character",
        ),
        pytest.param(
            "SH,600000,浦发银行", ["it has more or fewer fields than the head"], id="short-row"
        ),
        pytest.param(
            "SH,600000,浦发银行,10,11",
            ["it has more or fewer fields than the head"],
            id="long-row",
        ),
        pytest.param(
            "XX,6,,x",
            [
                "market 'XX' is not SH, SZ or BJ",
                "code '6' has not six digits",
                "it has no name",
                "previous_close 'x' is not a price",
            ],
            id="everything",
        ),
    ],
)
def test_what_is_wrong_with_a_row_is_told(row: str, wrong: list[str]) -> None:
    assert faults(row) == wrong


@pytest.mark.parametrize(
    ("column", "value", "wrong"),
    [
        ("board", "star", "board 'star', but SH600000 is of sh-main"),
        ("board", "main", "board 'main', but SH600000 is of sh-main"),
        ("kind", "etf", "kind 'etf' is not ordinary, wide-fund, reit"),
        ("status", "halted", "status halted is unknown"),
        ("status", "normal st", "status normal stands alone"),
        ("status", "delisting", "status delisting and delisting_from go together"),
        ("delisting_from", "2026-11-02", "status delisting and delisting_from go together"),
        ("listed_on", "28.5.2012", "listed_on '28.5.2012' is not a date like 2026-11-20"),
        ("t0", "maybe", "t0 'maybe' is not yes or no"),
        ("initials", "pfyh", "initials pfyh are not capital letters and digits"),
    ],
)
def test_what_is_wrong_with_a_column_is_told(column: str, value: str, wrong: str) -> None:
    assert faults(f"SH,600000,浦发银行,10,{value}", f"{HEAD},{column}") == [wrong]


def test_a_name_that_says_st_contradicts_another_status() -> None:
    assert faults("SH,600000,*ST中安,10,normal", HEAD + ",status") == [
        "*ST中安 is ST by its name and not by its status"
    ]


def test_all_faults_are_told_with_their_lines() -> None:
    _, wrong = listed(
        "SH,600000,浦发银行,10",
        "SH,600001,,10",
        "SH,600000,浦发银行,10",
        "HK,600002,又一家,10",
    )

    assert [(fault.line, fault.message) for fault in wrong] == [
        (3, "it has no name"),
        (4, "SH600000 is in the file twice"),
        (5, "market 'HK' is not SH, SZ or BJ"),
    ]


@pytest.mark.parametrize(
    ("head", "wrong"),
    [
        ("market,code,name", "columns are missing: previous_close"),
        (HEAD + ",colour", "columns are unknown: colour"),
        (HEAD + ",name", "a column is there twice"),
        ("", "columns are missing: market, code, name, previous_close"),
    ],
)
def test_a_wrong_head_is_told(head: str, wrong: str) -> None:
    fields = len(head.split(","))
    row = ",".join(("SH", "600000", "浦发银行", "10", "11")[:fields])

    assert listed(row, head=head) == ([], [Fault(line=1, message=wrong)])


def test_an_empty_file_is_no_list() -> None:
    assert len(read(iter([]), board_of)[1]) == 1


def test_a_quote_that_never_ends_is_told() -> None:
    _, wrong = listed('SH,600000,"浦发银行,10')

    assert wrong[0].message.startswith("not CSV")


def test_a_list_in_gbk_is_told(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(f"{HEAD}\nSH,600000,浦发银行,10\n".encode("gbk"))

    found, wrong = read_file(file, board_of)

    assert found == ()
    assert wrong[0].message.startswith("not UTF-8")


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text(f"{HEAD}\nSH,600000,浦发银行,10\n", encoding="utf-8-sig")

    assert len(read_file(file, board_of)[0]) == 1
