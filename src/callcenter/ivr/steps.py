"""A dialogue as a row of steps, in which the back key goes one step back."""

from collections.abc import Awaitable, Callable, Sequence

from callcenter.ivr.endings import GoBack

Step = Callable[[], Awaitable[None]]


async def walk(steps: Sequence[Step], *, start: int = 0) -> None:
    """
    Take the steps in order. A step that raises `GoBack` leads to the one before it.

    Raise `GoBack` when that happens at the first.
    """
    at = start
    while at < len(steps):
        try:
            await steps[at]()
        except GoBack:
            at -= 1
            if at < 0:
                raise
        else:
            at += 1
