"""Figures in the words of the page."""

from typing import Final

_MB: Final = 2**20
_LEAST_PERCENT: Final = 0.001
NOT_MEASURED: Final = "not measured"


def duration(seconds: float | None) -> str:
    """Return "3.5 ms", "83 ms", "1.25 s" or "31 min 5 s"."""
    if seconds is None:
        return NOT_MEASURED
    if seconds >= 120:
        minutes, rest = divmod(round(seconds), 60)
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    if seconds >= 1:
        return f"{seconds:.3g} s"
    milliseconds = 1000 * seconds
    return f"{milliseconds:.1f} ms" if milliseconds < 10 else f"{milliseconds:.0f} ms"


def count(number: float | None) -> str:
    if number is None:
        return NOT_MEASURED
    return f"{number:,.0f}" if number == round(number) or abs(number) >= 1000 else f"{number:,.1f}"


def memory(size: float | None) -> str:
    return NOT_MEASURED if size is None else f"{size / _MB:,.1f} MB"


def share(part: float, whole: float) -> str:
    """Return "0 %", "< 0.001 %", "0.031 %" or "12.5 %"."""
    if not whole:
        return "–"
    percent = 100 * part / whole
    if 0 < percent < _LEAST_PERCENT:
        return f"< {_LEAST_PERCENT:g} %"
    return f"{percent:.2g} %" if percent < 1 else f"{percent:.3g} %"


def met(verdict: bool | None, *, so: str = "met", not_so: str = "missed") -> str:
    if verdict is None:
        return NOT_MEASURED
    return so if verdict else not_so
