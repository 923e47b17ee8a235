"""How the script of a voice actor is written down: a table for spreadsheets, a page for paper."""

import csv
import html
import io
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from callcenter.app.actors import ActorLine

_FIELDS: Final = ("number", "language", "file", "words", "read", "how")
_PAGE: Final = """<!doctype html>
<html lang="{language}"><meta charset="utf-8"><title>Script, {language}</title>
<style>
body {{ font: 16px/1.5 sans-serif; margin: 2em }} table {{ border-collapse: collapse }}
td, th {{ border-bottom: 1px solid #ccc; padding: .4em .6em }}
td, th {{ text-align: left; vertical-align: top }}
.read {{ font-size: 1.3em }} mark {{ background: #ffec99 }}
</style>
<h1>Script, {language}: {count} lines</h1>
<p>One WAV file for each line, 16 bit, 16 kHz or more, one channel, named as the line says; it holds
the marked words only. Loudness and edges need no care.</p>
<table><tr><th>no.<th>file<th>read<th>how</tr>
{rows}
</table></html>
"""


def as_csv(lines: Sequence[ActorLine]) -> str:
    """Write a table in UTF-8 with a mark at its beginning, without which spreadsheets guess."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_FIELDS)
    writer.writerows([getattr(line, field) for field in _FIELDS] for line in lines)
    return "\ufeff" + out.getvalue()


def as_html(lines: Sequence[ActorLine]) -> str:
    """Write a page to be printed, with the words marked that the file must hold."""
    language = lines[0].language if lines else ""
    rows = "\n".join(_row(line) for line in lines)
    return _PAGE.format(language=language, count=len(lines), rows=rows)


def _row(line: ActorLine) -> str:
    words = html.escape(line.words)
    read = html.escape(line.read).replace(words, f"<mark>{words}</mark>", 1)
    cells = (str(line.number), html.escape(line.file))
    return (
        "<tr>"
        + "".join(f"<td>{cell}" for cell in cells)
        + f'<td class="read">{read}<td>{html.escape(line.how)}</tr>'
    )


WRITERS: Final[Mapping[str, Callable[[Sequence[ActorLine]], str]]] = {
    ".csv": as_csv,
    ".html": as_html,
}
