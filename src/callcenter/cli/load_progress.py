"""How a load run goes, as it goes: one line that changes, or a line now and then in a log."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from rich.console import Console
from rich.live import Live
from rich.table import Table

from callcenter.load.model import Plan
from callcenter.load.run import Now

_TOLD_EVERY_S: Final = 10.0


class Progress:
    """Takes what happens a few times a second, and shows it."""

    def __init__(self, plan: Plan, console: Console) -> None:
        self._plan = plan
        self._console = console
        self._live: Live | None = None
        self._told_at = -_TOLD_EVERY_S

    @contextmanager
    def shown(self) -> Iterator["Progress"]:
        if not self._console.is_terminal:
            yield self
            return
        with Live(console=self._console, auto_refresh=False, transient=True) as self._live:
            yield self

    def __call__(self, now: Now) -> None:
        if self._live is not None:
            self._live.update(self._table(now), refresh=True)
        elif now.at - self._told_at >= _TOLD_EVERY_S:
            self._told_at = now.at
            self._console.print(self._line(now), highlight=False)

    def _table(self, now: Now) -> Table:
        table = Table(box=None, pad_edge=False)
        for name in ("time", "calls up", "set-ups/s", "begun", "ended", "failed", "orders"):
            table.add_column(name, justify="right")
        table.add_row(
            f"{now.at:.0f} of {self._plan.lasts_s:.0f} s" if now.calling else f"{now.at:.0f} s",
            f"{now.counts.up} of {self._plan.calls_at_once}",
            f"{now.set_ups_per_s:.0f} of {self._plan.calls_per_s:g}",
            str(now.counts.begun),
            str(now.counts.ended),
            f"[red]{now.counts.failed}[/red]" if now.counts.failed else "0",
            str(now.orders),
            style=None if now.calling else "dim",
        )
        if not now.calling:
            table.caption = "No more calls begin; those that are up go on to their end."
        return table

    def _line(self, now: Now) -> str:
        return (
            f"{now.at:5.0f} s  calls up {now.counts.up}  set-ups/s {now.set_ups_per_s:.0f}  "
            f"ended {now.counts.ended}  failed {now.counts.failed}  orders {now.orders}"
        )
