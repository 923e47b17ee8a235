"""A statement as a PDF: account, period, money, holdings, orders, fills and transfers."""

from collections.abc import Sequence
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Final

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from callcenter.customers.statements.ports import StatementPrinter
from callcenter.documents import lines
from callcenter.domain.statements import Contents

# One of Adobe's fonts for Simplified Chinese, which viewers bring along: the document names it and
# stays small.
FONT: Final = "STSong-Light"
_EMBEDDED: Final = "statement"
_MARGIN: Final = 18 * mm
_WIDTH: Final = A4[0] - 2 * _MARGIN
_GRID: Final = TableStyle(
    [
        ("BACKGROUND", (0, 0), (-1, 0), colors.whitesmoke),
        ("LINEBELOW", (0, 0), (-1, 0), 0.6, colors.black),
        ("LINEBELOW", (0, 1), (-1, -1), 0.25, colors.lightgrey),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
    ]
)
_NOTHING: Final = "无 None"


class BadFont(ValueError):
    """A file is no font that can be embedded; the text says which."""


class PdfStatements(StatementPrinter):
    """
    Prints statements in both languages on A4.

    Of the TrueType font in `font_file` each document brings the characters that it shows; without
    one it names a font that viewers have.
    """

    def __init__(self, font_file: Path | None = None) -> None:
        if font_file is None:
            pdfmetrics.registerFont(UnicodeCIDFont(FONT))
        else:
            pdfmetrics.registerFont(_font_in(font_file))
        self._page = _Page(FONT if font_file is None else _EMBEDDED)

    def print_statement(self, contents: Contents) -> bytes:
        """Return the PDF; it has no time of its own, so the same contents make the same bytes."""
        file = BytesIO()
        page = SimpleDocTemplate(
            file,
            pagesize=A4,
            leftMargin=_MARGIN,
            rightMargin=_MARGIN,
            topMargin=_MARGIN,
            bottomMargin=_MARGIN,
            title=f"对账单 {contents.account} {contents.period.first}–{contents.period.last}",
            invariant=True,
        )
        number = self._page.number
        page.build(self._page.story(contents), onFirstPage=number, onLaterPages=number)
        return file.getvalue()


def _font_in(file: Path) -> TTFont:
    try:
        return TTFont(_EMBEDDED, str(file))
    except TTFError as error:
        raise BadFont(f"{file} is no TrueType font: {error}") from error


class _Page:
    """How a statement looks in a font."""

    def __init__(self, font: str) -> None:
        self._font = font
        self._title = ParagraphStyle("title", fontName=font, fontSize=16, leading=22, alignment=1)
        self._heading = ParagraphStyle(
            "heading", fontName=font, fontSize=11, leading=16, spaceBefore=10, spaceAfter=3
        )
        self._text = ParagraphStyle("text", fontName=font, fontSize=9, leading=13)

    def story(self, contents: Contents) -> list[Flowable]:
        period, records = contents.period, contents.records
        return [
            Paragraph("对账单 Statement", self._title),
            Spacer(1, 4 * mm),
            Paragraph(f"资金账号 Account {contents.account}", self._text),
            Paragraph(f"期间 Period {period.first} 至 {period.last}", self._text),
            Paragraph(
                f"资金与持仓截至 Money and holdings as of {contents.at:%Y-%m-%d %H:%M}", self._text
            ),
            *self._section("资金 Money（元 yuan）", lines.MONEY, lines.money(contents.money)),
            *self._section("持仓 Holdings", lines.POSITIONS, lines.positions(contents.positions)),
            *self._section("委托 Orders", lines.ORDERS, lines.orders(records.orders)),
            *self._section("成交 Fills", lines.FILLS, lines.fills(records.executed)),
            *self._section(
                "银证转账 Transfers", lines.TRANSFERS, lines.transfers(records.transfers)
            ),
            Spacer(1, 6 * mm),
            Paragraph("以柜台系统记录为准。The records of the counter prevail.", self._text),
        ]

    def _section(
        self, title: str, columns: Sequence[lines.Column], rows: Sequence[Sequence[str]]
    ) -> list[Flowable]:
        """Return a table that goes on over pages with its head on each."""
        heading = Paragraph(title, self._heading)
        if not rows:
            return [heading, Paragraph(_NOTHING, self._text)]
        whole = sum(column.width for column in columns)
        widths = [float(Decimal(column.width) / whole) * _WIDTH for column in columns]
        table = Table(
            [[column.title for column in columns], *map(list, rows)], colWidths=widths, repeatRows=1
        )
        font = [("FONT", (0, 0), (-1, -1), self._font, 8)]
        right = [
            ("ALIGN", (at, 0), (at, -1), "RIGHT")
            for at, column in enumerate(columns)
            if column.is_figure
        ]
        table.setStyle(TableStyle([*font, *right], parent=_GRID))
        return [heading, table]

    def number(self, canvas: Canvas, page: SimpleDocTemplate) -> None:
        canvas.saveState()
        canvas.setFont(self._font, 8)
        canvas.drawCentredString(A4[0] / 2, 10 * mm, f"第 {page.page} 页")
        canvas.restoreState()
