"""Draws a menu as SVG: a tree from the left to the right, one row for each way that ends."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from xml.sax.saxutils import escape

from callcenter.domain.calls import Language
from callcenter.ivr.catalogue import say
from callcenter.ivr.menus.known import Known
from callcenter.ivr.menus.live import Live
from callcenter.ivr.menus.plan import EVERYBODY, Entry, Line, Only
from callcenter.ivr.menus.ways import DEEPEST

_WIDTH: Final = 310
_HEIGHT: Final = 46
_ROW: Final = 58
_COLUMN: Final = 380
_MARGIN: Final = 24
_PER_LINE: Final = 20  # of wide characters, that fit into a box
_COLOURS: Final[Mapping[str, tuple[str, str]]] = {
    "line": ("#e8f0fe", "#3367d6"),
    "menu": ("#e6f4ea", "#188038"),
    "dialogue": ("#f8f9fa", "#80868b"),
    "sends": ("#fef3e0", "#c26401"),
}
_STYLE: Final = (
    "text{font-family:'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei',sans-serif}"
    ".words{font-size:14px;fill:#202124}.small{font-size:11px;fill:#5f6368}"
    ".key{font-size:14px;font-weight:bold;fill:#202124;stroke:white;stroke-width:5px;"
    "paint-order:stroke}"
    ".edge{fill:none;stroke:#9aa0a6;stroke-width:1.5}"
)


@dataclass(slots=True, kw_only=True)
class Box:
    """One thing that callers meet, with what they can choose there. `row` is set by `lay_out`."""

    kind: str
    words: str
    small: str
    key: str = ""
    below: list["Box"] = field(default_factory=list)
    row: float = 0.0


def drawing(live: Live, language: Language, dialogues: Mapping[str, Known]) -> str:
    """Return the menu as a page of SVG, in the words of one language."""
    tree = _Tree(live, language, dialogues)
    roots = tree.roots()
    rows = _lay_out(roots, 0)
    depth = max(map(_depth, roots))
    width = _MARGIN * 2 + _COLUMN * (depth - 1) + _WIDTH
    height = _MARGIN * 2 + rows * _ROW - (_ROW - _HEIGHT)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}">',
        f"<style>{_STYLE}</style>",
        f'<rect width="{width}" height="{height}" fill="white"/>',
        *(part for root in roots for part in _drawn(root, 0)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


class _Tree:
    def __init__(self, live: Live, language: Language, dialogues: Mapping[str, Known]) -> None:
        self._live = live
        self._language = language
        self._dialogues = dialogues

    def roots(self) -> list[Box]:
        """Return the lines; those that get the same menu are above it together."""
        by_menu: dict[str, list[Line]] = {}
        for line in self._live.plan.lines:
            by_menu.setdefault(line.menu, []).append(line)
        return [self._root(menu, lines) for menu, lines in by_menu.items()]

    def _root(self, menu: str, lines: Sequence[Line]) -> Box:
        who = " / ".join(_who(line.only) or "every other number" for line in lines)
        return Box(kind="line", words=who, small=f"menu {menu}", below=self._below(menu, 1))

    def _below(self, menu: str, level: int) -> list[Box]:
        found = self._live.plan.menus[menu]
        entries = found.all if level == 1 else found.entries
        return [self._box(entry, level + 1) for entry in entries]

    def _box(self, entry: Entry, level: int) -> Box:
        known = self._dialogues.get(entry.dialogue or "")
        sends = known is not None and bool(known.sends)
        deeper = entry.menu is not None and level <= DEEPEST
        return Box(
            kind="menu" if entry.menu is not None else "sends" if sends else "dialogue",
            words=self._words(entry),
            small=" · ".join(_facts(entry, known)),
            key=entry.key,
            below=self._below(entry.menu or "", level) if deeper else [],
        )

    def _words(self, entry: Entry) -> str:
        words = self._live.catalogue.utterance([say(entry.words, key=entry.key)], self._language)
        return words.words.strip("，,。. ")


def _facts(entry: Entry, known: Known | None) -> Iterator[str]:
    yield entry.goal
    if entry.login or (known is not None and known.login and entry.menu is None):
        yield "login"
    if known is not None and known.sends:
        yield "reads back " + ", ".join(sorted(known.sends))
    if entry.only != EVERYBODY:
        yield f"only {_who(entry.only)}"
    yield from entry.opening.told()


def _who(only: Only) -> str:
    """Say for whom something is; nothing if it is for everybody."""
    parts = []
    if only.dids is not None:
        parts.append(", ".join(sorted(only.dids)))
    if only.branches is not None:
        named = ", ".join(sorted(only.branches))
        parts.append(f"branch {named}" if named else "any branch")
    if len(only.languages) == 1:
        parts += only.languages
    return "; ".join(parts)


def _depth(box: Box) -> int:
    return 1 + max(map(_depth, box.below), default=0)


def _lay_out(boxes: Sequence[Box], row: int) -> int:
    """Give each box its row, in the middle of those below it; return the first free row."""
    for box in boxes:
        if box.below:
            row = _lay_out(box.below, row)
            box.row = (box.below[0].row + box.below[-1].row) / 2
        else:
            box.row, row = row, row + 1
    return row


def _drawn(box: Box, column: int) -> Iterator[str]:
    x, y = _MARGIN + column * _COLUMN, _MARGIN + box.row * _ROW
    for below in box.below:
        yield from _edge(x + _WIDTH, y + _HEIGHT / 2, below)
        yield from _drawn(below, column + 1)
    fill, line = _COLOURS[box.kind]
    yield (
        f"<g><title>{escape(f'{box.words}: {box.small}')}</title>"
        f'<rect x="{x}" y="{y:g}" width="{_WIDTH}" height="{_HEIGHT}" rx="6" '
        f'fill="{fill}" stroke="{line}"/>'
        f'<text class="words" x="{x + 10}" y="{y + 19:g}">{escape(_short(box.words, 1))}</text>'
        f'<text class="small" x="{x + 10}" y="{y + 36:g}">{escape(_short(box.small, 1.25))}</text>'
        "</g>"
    )


def _edge(x: float, y: float, below: Box) -> Iterator[str]:
    to_x = x + _COLUMN - _WIDTH
    to_y = _MARGIN + below.row * _ROW + _HEIGHT / 2
    middle = (x + to_x) / 2
    yield (
        f'<path class="edge" d="M{x:g} {y:g} C{middle:g} {y:g} {middle:g} {to_y:g} '
        f'{to_x:g} {to_y:g}"/>'
        f'<text class="key" x="{to_x - 16:g}" y="{to_y - 5:g}">{escape(below.key)}</text>'
    )


def _short(words: str, scale: float) -> str:
    """Cut words that are too long for a box; the whole is in its title."""
    room = _PER_LINE * scale
    for at, character in enumerate(words):
        room -= 1 if ord(character) > 0x2E7F else 0.55
        if room < 0:
            return words[: at - 1] + "…"
    return words
