"""What is said after a refusal of what would be allowed, for whatever of it is known."""

from collections.abc import Iterator, Mapping
from datetime import time
from typing import cast

from callcenter.ivr.catalogue import Say, say
from callcenter.ivr.prompts import Prompt


def instead(facts: Mapping[str, object]) -> Iterator[Say]:
    """Yield sentences for those facts of a refusal that tell what the caller may do."""
    if "again_from" in facts:
        yield say(Prompt.INSTEAD_AGAIN_FROM, at=_time(facts["again_from"]))
    if "from" in facts and "to" in facts:
        yield say(Prompt.INSTEAD_HOURS, start=_time(facts["from"]), end=_time(facts["to"]))
    for name, words in _FIGURES.items():
        if name in facts:
            yield say(words, figure=facts[name])
    for name, (before, one) in _LISTS.items():
        figures = cast("tuple[object, ...]", facts.get(name, ()))
        if figures:
            yield say(before)
            yield from (say(one, figure=figure) for figure in figures)


def _time(fact: object) -> time:
    return time.fromisoformat(str(fact))


_FIGURES: Mapping[str, Prompt] = {
    "usable": Prompt.INSTEAD_USABLE,
    "needed": Prompt.INSTEAD_NEEDED,
    "held": Prompt.INSTEAD_HELD,
    "may_sell": Prompt.INSTEAD_MAY_SELL,
}
_LISTS: Mapping[str, tuple[Prompt, Prompt]] = {
    "allowed": (Prompt.INSTEAD_ALLOWED, Prompt.INSTEAD_SHARES),
    "nearest": (Prompt.INSTEAD_NEAREST, Prompt.INSTEAD_SHARES),
    "prices": (Prompt.INSTEAD_PRICES, Prompt.INSTEAD_PRICE),
}
