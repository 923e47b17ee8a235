"""The statement on paper: every figure is on it, in Chinese that a viewer can show."""

import re
import zlib
from base64 import a85decode
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import reportlab

from callcenter.documents.lines import FILLS, ORDERS, POSITIONS, TRANSFERS, Column
from callcenter.documents.statement import FONT, BadFont, PdfStatements
from callcenter.domain.orders import OrderNumber, OrderState, Side
from callcenter.domain.statements import Contents, Records
from callcenter.domain.transfers import TransferState
from tests import make

# The font that comes with the library; it has no Chinese.
LATIN = Path(reportlab.__file__).parent / "fonts/Vera.ttf"
_SHOWN = re.compile(rb"\((.*?)\) Tj", re.DOTALL)
_OCTAL = re.compile(rb"\\(\d{3}|.)", re.DOTALL)


def text_of(document: bytes) -> str:
    """Return what the pages show, line by line."""
    return "\n".join(text for page in _pages(document) for text in _texts(page))


def _pages(document: bytes) -> Iterator[bytes]:
    for packed in re.findall(rb"stream\r?\n(.*?)endstream", document, re.DOTALL):
        yield zlib.decompress(a85decode(packed.strip().removesuffix(b"~>")))


def _texts(page: bytes) -> Iterator[str]:
    for shown in _SHOWN.findall(page):
        plain = _OCTAL.sub(_byte, shown)
        yield plain.decode("utf-16-be")


def _byte(found: re.Match[bytes]) -> bytes:
    code = found[1]
    named = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
    return bytes([int(code, 8)]) if code.isdigit() else named.get(code, code)


def printed(contents: Contents) -> str:
    return text_of(PdfStatements().print_statement(contents))


def full() -> Contents:
    orders = [
        make.order(
            number=OrderNumber(str(60000001 + at)),
            state=state,
            side=list(Side)[at % 2],
            quantity=1_000,
        )
        for at, state in enumerate(OrderState)
    ]
    transfers = [
        make.transfer(state, number=str(70000001 + at)) for at, state in enumerate(TransferState)
    ]
    records = Records(
        orders=orders, executed=[make.executed(orders[0], quantity=300)], transfers=transfers
    )
    return make.contents(records=records)


def test_it_names_account_and_period() -> None:
    text = printed(make.contents())

    assert "10000001" in text
    assert "2026-11-01 至 2026-11-20" in text


def test_money_and_holdings_are_on_it() -> None:
    text = printed(make.contents())

    for figure in ("88,888,888.88", "995.00", "5.00", "浦发银行", "SH600000", "10,000", "9,900"):
        assert figure in text


def test_every_order_fill_and_transfer_is_on_it() -> None:
    contents = full()

    text = printed(contents)

    for order in contents.records.orders:
        assert order.draft.number in text
    for transfer in contents.records.transfers:
        assert transfer.draft.number in text
    for words in ("买入", "卖出", "3,015.00", "银行转证券", "10,000.00", "冲正", "部撤"):
        assert words in text


@pytest.mark.parametrize("columns", [POSITIONS, ORDERS, FILLS, TRANSFERS])
def test_tables_have_their_titles(columns: tuple[Column, ...]) -> None:
    text = printed(full())

    assert all(column.title in text for column in columns)


def test_what_there_is_none_of_is_said() -> None:
    text = printed(make.contents(positions=[]))

    assert text.count("无 None") == 4


def test_a_long_statement_goes_on_over_pages_with_their_numbers() -> None:
    orders = [make.order(number=OrderNumber(str(60000001 + at))) for at in range(120)]

    text = printed(make.contents(records=Records(orders=orders, executed=[], transfers=[])))

    assert "第 3 页" in text
    assert text.count("委托号") == 3
    assert "60000120" in text


def test_the_same_contents_make_the_same_bytes() -> None:
    assert PdfStatements().print_statement(full()) == PdfStatements().print_statement(full())


def test_it_is_a_pdf_that_names_a_chinese_font_and_brings_none() -> None:
    document = PdfStatements().print_statement(make.contents())

    assert document.startswith(b"%PDF-")
    assert FONT.encode() in document
    assert b"FontFile" not in document
    assert len(document) < 20_000


def test_a_name_of_any_characters_is_printed() -> None:
    security = make.security(name="*ST龘Ａ<b>")
    positions = [replace(make.contents().positions[0], security=security)]

    assert "*ST龘Ａ<b>" in printed(make.contents(positions=positions))


def test_a_statement_brings_what_it_shows_of_a_font_that_was_named() -> None:
    document = PdfStatements(LATIN).print_statement(full())

    assert FONT.encode() not in document
    assert b"/FontFile2" in document
    assert b"+BitstreamVeraSans-Roman" in document
    assert len(document) < LATIN.stat().st_size


def test_a_statement_in_a_font_of_ones_own_is_the_same_each_time() -> None:
    first, second = (PdfStatements(LATIN).print_statement(full()) for _ in range(2))

    assert first == second


def test_a_file_that_is_no_font_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "font.ttf"
    file.write_text("no font")

    with pytest.raises(BadFont, match=r"font\.ttf"):
        PdfStatements(file)
