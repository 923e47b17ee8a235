"""What a contest has shown, as a table in Markdown."""

from collections.abc import Iterator, Sequence
from statistics import median
from typing import Final

from tests.bench.peers.cost import Cost, Round, ratio

PARTS: Final = ("asterisk", "daemon", "script", "postgresql")
_HEAD: Final = (
    "| who answers | Asterisk | daemon or script | PostgreSQL | all | of that idling | to plain "
    "| to hotline | memory, MB | failed | wrong |",
    "|---|---|---|---|---|---|---|---|---|---|---|",
)


def table(rounds: Sequence[Round]) -> str:
    """Return a row for each contestant: medians of the rounds, CPU in ms per call."""
    return "\n".join([*_HEAD, *(_row(rounds, name) for name in rounds[0])]) + "\n"


def _row(rounds: Sequence[Round], name: str) -> str:
    return f"| {' | '.join(_cells(rounds, name))} |"


def _cells(rounds: Sequence[Round], name: str) -> Iterator[str]:
    costs = [each[name] for each in rounds]
    asterisk, daemon, script, postgresql = (_part(costs, part) for part in PARTS)
    yield name
    yield from (f"{ms:.0f}" for ms in (asterisk, daemon + script, postgresql))
    yield f"{median(cost.per_call_ms for cost in costs):.0f}"
    yield f"{median(cost.per_call_ms - cost.beyond_idle_ms for cost in costs):.0f}"
    yield f"{ratio(rounds, name, 'plain'):.2f}"
    yield f"{ratio(rounds, name, 'hotline'):.2f}"
    yield f"{max(sum(cost.memory_mb.values()) for cost in costs):.0f}"
    yield str(sum(cost.failed for cost in costs))
    yield str(sum(cost.wrong for cost in costs))


def _part(costs: Sequence[Cost], part: str) -> float:
    return median(cost.part_ms(part) for cost in costs)
