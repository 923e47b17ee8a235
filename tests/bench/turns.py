"""Two measurements that take turns, so that whatever else the machine does hits both."""

from collections.abc import Awaitable, Callable

Measure = Callable[[], Awaitable[float]]


async def taking_turns(
    ours: Measure, bare: Measure, *, rounds: int
) -> tuple[list[float], list[float]]:
    """Return what each came to in each round, after one that only warms up."""
    await ours()
    await bare()
    measured = [(await ours(), await bare()) for _ in range(rounds)]
    return [one for one, _ in measured], [limit for _, limit in measured]
