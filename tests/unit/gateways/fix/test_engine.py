"""Whatever a counter sends, the session survives it or ends; it never breaks us."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from callcenter.domain.clock import SystemClock
from callcenter.gateways.fix.engine import Engine, SessionTerms
from callcenter.gateways.fix.journal import Journal
from callcenter.gateways.fix.wirelog import WireLog
from callcenter.gateways.fix.words import Message

EXTRA = {
    "A": [(98, "0"), (108, "30")],
    "1": [(112, "x")],
    "2": [(7, "1"), (16, "0")],
    "3": [(45, "2")],
    "4": [(123, "Y"), (36, "9")],
}
NONSENSE = ["", "abc", "-1", "0", "999999", "Y", "1e5", "\xff"]


class Deaf:
    """Listens to nothing."""

    def logged_on(self) -> None: ...

    def logged_off(self) -> None: ...

    def received(self, message: Message) -> None: ...

    def failed(self, error: OSError) -> None:
        raise error


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    clock = SystemClock()
    journal = Journal(tmp_path / "fix", clock.now())
    wirelog = WireLog(tmp_path / "log", clock)
    terms = SessionTerms(sender="HOTLINE", target="BROKER")
    yield Engine(terms, journal, clock, wirelog, Deaf())
    journal.close()
    wirelog.close()


@pytest.mark.parametrize("seed", range(10))
async def test_damaged_messages_with_a_right_checksum_break_nothing(
    engine: Engine, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311
    for _ in range(20):
        await engine.connected(lambda data: None, lambda: None)
        for number, kind in enumerate("A" + "".join(chance.choices("012345A89j", k=8)), start=1):
            await engine.take(message(chance, kind, number))
        await engine.disconnected()


def message(chance: random.Random, kind: str, number: int) -> bytes:
    head = [(35, kind), (49, "BROKER"), (56, "HOTLINE"), (34, str(number))]
    fields = [*head, (52, "20261122-20:00:00"), *EXTRA.get(kind, [(11, "x"), (58, "text")])]
    if chance.random() < 0.4:
        damaged = chance.randrange(len(fields))
        tag, _ = fields.pop(damaged)
        fields[damaged:damaged] = chance.choice([[], [(tag, chance.choice(NONSENSE))]])
    body = "".join(f"{tag}={value}\x01" for tag, value in fields).encode("latin-1")
    data = b"8=FIX.4.4\x019=%d\x01" % len(body) + body
    return data + b"10=%03d\x01" % (sum(data) % 256)
