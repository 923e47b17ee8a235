"""Whatever a counter sends, the session survives it or ends; it never breaks us."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from callcenter.domain.clock import SystemClock
from callcenter.domain.errors import CounterUnavailable
from callcenter.gateways.fix.engine import Engine, SessionTerms
from callcenter.gateways.fix.journal import Journal
from callcenter.gateways.fix.wirelog import WireLog
from callcenter.gateways.fix.words import Kind, Message, Tag

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


async def test_what_could_not_be_logged_is_not_sent_when_it_is_asked_for_again(
    tmp_path: Path,
) -> None:
    class FullDisk(WireLog):
        def write(self, direction: str, message: str) -> None:
            if "|35=D|" in message:
                raise OSError("no space left on device")

    clock, sent = SystemClock(), list[bytes]()
    journal = Journal(tmp_path / "fix", clock.now())
    terms = SessionTerms(sender="HOTLINE", target="BROKER")
    engine = Engine(terms, journal, clock, FullDisk(tmp_path / "log", clock), Deaf())
    await engine.connected(sent.append, lambda: None)
    await engine.take(encoded(whole("A", 1)))

    with pytest.raises(CounterUnavailable):
        await engine.send(Kind.NEW_ORDER, {Tag.CL_ORD_ID: "2026112060000001"})
    await engine.take(encoded(whole("2", 2)))
    await engine.disconnected()

    kinds = [data.split(b"\x01")[2] for data in sent]
    assert kinds == [b"35=A", b"35=4"]
    journal.close()


def message(chance: random.Random, kind: str, number: int) -> bytes:
    fields = whole(kind, number)
    if chance.random() < 0.4:
        damaged = chance.randrange(len(fields))
        tag, _ = fields.pop(damaged)
        fields[damaged:damaged] = chance.choice([[], [(tag, chance.choice(NONSENSE))]])
    return encoded(fields)


def whole(kind: str, number: int) -> list[tuple[int, str]]:
    head = [(35, kind), (49, "BROKER"), (56, "HOTLINE"), (34, str(number))]
    return [*head, (52, "20261122-20:00:00"), *EXTRA.get(kind, [(11, "x"), (58, "text")])]


def encoded(fields: list[tuple[int, str]]) -> bytes:
    body = "".join(f"{tag}={value}\x01" for tag, value in fields).encode("latin-1")
    data = b"8=FIX.4.4\x019=%d\x01" % len(body) + body
    return data + b"10=%03d\x01" % (sum(data) % 256)
