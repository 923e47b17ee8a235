"""
Where a program spends processor time, as a flame graph: `python -m tests.bench.flames PID FILE`.

Wants `perf` and the right to use it. A box is a function, as wide as its share of the samples, on
top of its caller; who rests a pointer on it reads its name and share. Of the kernel the whole way
in is shown, of programs the innermost function only: Debian's have no frame pointers to follow.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Final

SECONDS: Final = 5
_WIDTH: Final = 1200.0
_HEIGHT: Final = 17
_LETTER: Final = 6.2
_LEAST: Final = 3.0  # narrower boxes are left out
_KERNEL: Final = "[kernel.kallsyms]"
_KERNELS_COLOUR, _PROGRAMS_COLOUR = "#e8a87c", "#9ec5e8"


@dataclass(slots=True)
class Box:
    """A function in one place of the stacks, with what it calls."""

    samples: int = 0
    is_kernel: bool = False
    calls: dict[str, "Box"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Frame:
    name: str
    is_kernel: bool


def stacks(script: str) -> Box:
    """Return what `perf script -F ip,sym,dso` printed, added up."""
    root = Box()
    for is_stack, lines in groupby(script.splitlines(), key=lambda line: bool(line.strip())):
        if is_stack:
            _add(root, _known([*map(_frame, lines)]))
    return root


def drawn(root: Box, title: str) -> str:
    """Return the graph as SVG, the root at the bottom."""
    boxes = [*_boxes(root, title, 0.0, 0, root.samples)]
    height = _HEIGHT * (1 + max(row for _, row in boxes))
    shapes = (shape.format(y=height - _HEIGHT * (row + 1)) for shape, row in boxes)
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH:g}" height="{height}"'
            ' font-family="monospace" font-size="10">',
            *shapes,
            "</svg>\n",
        )
    )


def _frame(line: str) -> Frame:
    """Read "ffffffff81a symbol+0x1 (module)"."""
    symbol, _, module = line.split(maxsplit=1)[1].rpartition(" (")
    module = Path(module.removesuffix(")")).name
    name = symbol.split("+")[0]
    return Frame(module if name == "[unknown]" else name, module == _KERNEL)


def _known(innermost_first: Sequence[Frame]) -> Sequence[Frame]:
    """Return the way into the kernel, outermost first, or the innermost function elsewhere."""
    kernel = [frame for frame in innermost_first if frame.is_kernel]
    return kernel[::-1] or innermost_first[:1]


def _add(root: Box, frames: Sequence[Frame]) -> None:
    root.samples += 1
    box = root
    for frame in frames:
        box = box.calls.setdefault(frame.name, Box(is_kernel=frame.is_kernel))
        box.samples += 1


def _boxes(box: Box, name: str, x: float, row: int, of: int) -> Iterator[tuple[str, int]]:
    width = _WIDTH * box.samples / of
    if width < _LEAST:
        return
    yield _shape(box, name, x, width), row
    for callee, called in sorted(box.calls.items()):
        yield from _boxes(called, callee, x, row + 1, of)
        x += _WIDTH * called.samples / of


def _shape(box: Box, name: str, x: float, width: float) -> str:
    """Return a box whose height is still to be told, as {y}."""
    colour = _KERNELS_COLOUR if box.is_kernel else _PROGRAMS_COLOUR
    shown = escape(name[: int(width / _LETTER)])
    return (
        f"<g><title>{escape(name)}: {100 * width / _WIDTH:.1f} %</title>"
        f'<rect x="{x:.1f}" y="{{y}}" width="{width:.1f}" height="{_HEIGHT - 1}" fill="{colour}"/>'
        f'<text x="{x + 2:.1f}" y="{{y}}" dy="12">{shown}</text></g>'
    )


def record(pid: int, folder: Path) -> str:
    """Return the stacks of a few seconds, as `perf script` prints them."""
    samples = str(folder / "samples")
    wanted = ("perf", "record", "-q", "-g", "-p", str(pid), "-o", samples)
    subprocess.run([*wanted, "--", "sleep", str(SECONDS)], check=True)
    told = subprocess.run(
        ["perf", "script", "-i", samples, "-F", "ip,sym,dso"],
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    return told.stdout


def main(pid: int, file: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = stacks(record(pid, Path(folder)))
    file.write_text(drawn(root, f"{SECONDS} s, {root.samples} samples"))


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
