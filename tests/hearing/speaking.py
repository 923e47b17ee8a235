"""What is listened to: every fixed prompt, and sentences full of numbers."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Final

from callcenter.app import load_catalogue
from callcenter.ivr.catalogue import Say, say
from callcenter.ivr.prompts import Prompt
from tests.e2e.voice import Announcement

_NAMES: Final = ("浦发银行", "平安银行", "贵州茅台", "中国平安")
_MOST_FEN: Final = 10**10


def fixed_prompts() -> Mapping[str, Announcement]:
    """Return each prompt without a slot, by name."""
    catalogue = load_catalogue()
    return {name: [say(name)] for name in sorted(catalogue.prompts) if not catalogue.slots(name)}


def numbers(count: int, seed: int) -> Mapping[str, Announcement]:
    """Return sentences that have numbers of every kind, by name."""
    chance = Random(seed)  # noqa: S311  not a secret
    kinds = (_read_back, _money, _position, _accepted, _quote, _change, _as_of)
    return {
        f"{kind.__name__.strip('_')}-{number}": list(kind(chance))
        for number in range(-(-count // len(kinds)))
        for kind in kinds
    }


def _price(chance: Random) -> Decimal:
    return Decimal(chance.randrange(100, 10 ** chance.choice([3, 4, 5]) * 2)) / 100


def _amount(chance: Random) -> Decimal:
    fen = int(10 ** chance.uniform(3, 10))
    return Decimal(fen if chance.random() < 1 / 2 else fen // 10_000 * 10_000) / 100


def _quantity(chance: Random) -> int:
    return chance.choice([100, 100, 1, 1000]) * chance.randrange(1, 300)


def _read_back(chance: Random) -> Iterator[Say]:
    yield say(
        Prompt.READ_BACK_BUY,
        name=chance.choice(_NAMES),
        code=f"{chance.randrange(10**6):06}",
        price=_price(chance),
        quantity=_quantity(chance),
        amount=_amount(chance),
    )


def _money(chance: Random) -> Iterator[Say]:
    names = ("usable", "withdrawable", "frozen", "total")
    yield say(Prompt.MONEY, **{name: _amount(chance) for name in names})


def _position(chance: Random) -> Iterator[Say]:
    total = _quantity(chance)
    yield say(Prompt.POSITION, name=chance.choice(_NAMES), total=total, sellable=total // 2)


def _accepted(chance: Random) -> Iterator[Say]:
    yield say(Prompt.ORDER_ACCEPTED, number=str(chance.randrange(10_000, 10**8)))


def _quote(chance: Random) -> Iterator[Say]:
    yield say(
        Prompt.QUOTE_RANGE,
        high=_price(chance),
        low=_price(chance),
        volume=chance.randrange(10**4, 10**9),
    )


def _change(chance: Random) -> Iterator[Say]:
    percent = Decimal(chance.randrange(1, 1100)) / 100
    yield say(Prompt.QUOTE_UP, change=_price(chance), percent=percent)


def _as_of(chance: Random) -> Iterator[Say]:
    at = datetime(2026, 1, 5, 1, 30, tzinfo=UTC) + timedelta(minutes=chance.randrange(330))
    day = date(2026, 1, 1) + timedelta(days=chance.randrange(365))
    yield say(Prompt.QUOTE_AS_OF_DAY, day=day, at=at)
