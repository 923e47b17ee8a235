"""
What crossed the session, on disk: the sequence numbers, and every business message.

Written before it is acted upon, so that a daemon that is killed forgets nothing that the counter
will not tell again. Messages that we sent are kept to be looked up and are never sent again.
"""

import asyncio
import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from callcenter.domain.orders import ClientOrderId
from callcenter.gateways.fix.words import Fields, Kind, Message, Tag
from callcenter.trading.ports import StreamPosition

BLOCK: Final = 1000  # numbers that are claimed at once: one fsync for so many messages
_KEEP: Final = timedelta(days=7)
_JSON: Final = json.JSONEncoder(check_circular=False, separators=(",", ":"))
_KEPT: Final = frozenset({Kind.NEW_ORDER.value, Kind.CANCEL.value})
_TRADED: Final = (Tag.SYMBOL, Tag.SECURITY_EXCHANGE, Tag.SIDE)
_PERIOD: Final = "%Y%m%dT%H%M%S%f"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A business message that was received, and where it stands in the journal."""

    start: StreamPosition
    end: StreamPosition
    message: Message


class Journal:
    """
    The journal of one session, in a folder of its own; raise `RuntimeError` if another has it.

    A session's period (a day, as a rule) has one file. The number that we expect next is that of
    the last line plus one: if a power cut takes lines, the counter is asked for them again. Our
    own numbers are claimed in blocks: after a crash we go on above all that may have been used,
    and the counter, which sees a gap, is told that nothing is missing.
    """

    def __init__(self, folder: Path, now: datetime) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._state = folder / "numbers.json"
        self._lock = _locked(folder / "lock")
        self.created = now.astimezone(UTC)
        self.next_out = 1
        self.next_in = 1
        self._claimed = 1
        self.sent: dict[ClientOrderId, Fields] = {}  # of this period: what was bought or sold
        self._traded: dict[str, Fields] = {}  # thousands of orders share few of these
        self._waiting: list[asyncio.Future[None]] = []
        self._dirty = False
        self._file = -1
        if self._state.exists():
            self._load()
        else:
            self.reset(now)

    def close(self) -> None:
        """Write down exactly where we are: the next start leaves no gap."""
        if self._file >= 0:
            os.fsync(self._file)
            os.close(self._file)
            self._file = -1
            self._claim(self.next_out)
            os.close(self._lock)

    def reset(self, now: datetime) -> None:
        """Begin a new period: both sides count from 1."""
        if self._file >= 0:
            os.close(self._file)
        self.created = now.astimezone(UTC)
        self.next_out = self.next_in = 1
        self.sent.clear()
        self._file = self._open()
        self._claim(self.next_out)
        self._forget_old(now)
        self.wake()

    def use_number(self) -> None:
        """Count a message of ours. Durable before the number is on the wire."""
        if self.next_out + 1 >= self._claimed:
            self._claim(self.next_out + 1 + BLOCK)
        self.next_out += 1

    def record_sent(self, message: Message) -> None:
        """Keep an order or a cancel; questions leave no trace here."""
        if message.kind == Kind.NEW_ORDER:
            self._remember(message.fields)
        if message.kind in _KEPT:
            self._append("out", message)

    def record_received(self, message: Message) -> None:
        self._append("in", message)
        self.wake()

    async def sync(self) -> None:
        """Have the disk keep what the system keeps. A killed process needs none of this."""
        if self._dirty:
            self._dirty = False
            await asyncio.to_thread(os.fdatasync, self._file)

    def wake(self) -> None:
        """Let those who follow look again: something came, or the line has changed."""
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_result(None)
        self._waiting.clear()

    async def grown(self) -> None:
        """Return at the next `wake`."""
        waiting = asyncio.get_running_loop().create_future()
        self._waiting.append(waiting)
        await waiting

    def beginning(self) -> StreamPosition:
        return _position(self._path.stem, 0)

    def read(self, after: StreamPosition) -> Iterator[Entry]:
        """
        Give what was received after a position, oldest first, up to now.

        A position in a period that is kept no more is before everything that is.
        """
        period, _, offset = after.partition(":")
        for path in sorted(self._folder.glob("journal-*.jsonl")):
            if path.stem >= period:
                yield from _entries(path, int(offset) if path.stem == period else 0)

    @property
    def _path(self) -> Path:
        return self._folder / f"journal-{self.created.strftime(_PERIOD)}.jsonl"

    def _remember(self, order: Fields) -> None:
        traded = {int(tag): order[tag] for tag in _TRADED if tag in order}
        one_for_all = self._traded.setdefault(repr(traded), traded)
        self.sent[ClientOrderId(order[Tag.CL_ORD_ID])] = one_for_all

    def _load(self) -> None:
        state = json.loads(self._state.read_text())
        self.created = datetime.fromisoformat(state["created"])
        self.next_out = self._claimed = state["claimed"]
        self._file = self._open()
        self._drop_half_line()
        for direction, number, kind, fields in _lines(self._path):
            if direction == "in":
                self.next_in = number + 1
            elif kind == Kind.NEW_ORDER:
                self._remember(fields)

    def _open(self) -> int:
        return os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)

    def _drop_half_line(self) -> None:
        """Make the file end with a whole line, which a crash may have prevented."""
        before, newline, _ = self._path.read_bytes().rpartition(b"\n")
        os.ftruncate(self._file, len(before) + len(newline))

    def _append(self, direction: str, message: Message) -> None:
        line = _JSON.encode([direction, message.number, message.kind, message.fields])
        os.write(self._file, line.encode() + b"\n")
        self._dirty = True

    def _claim(self, up_to: int) -> None:
        """Write down that numbers below `up_to` may have been used."""
        self._claimed = up_to
        new = self._state.with_suffix(".new")
        new.touch(mode=0o600)
        with new.open("w") as file:
            json.dump({"created": self.created.isoformat(), "claimed": up_to}, file)
            file.flush()
            os.fsync(file.fileno())
        new.rename(self._state)
        folder = os.open(self._folder, os.O_RDONLY)
        os.fsync(folder)  # the new name, too
        os.close(folder)

    def _forget_old(self, now: datetime) -> None:
        oldest = (now.astimezone(UTC) - _KEEP).strftime(_PERIOD)
        for path in self._folder.glob("journal-*.jsonl"):
            if path.stem < f"journal-{oldest}":
                path.unlink()


def _locked(path: Path) -> int:
    """Keep every other process away from the folder, for as long as this one lives."""
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as e:
        os.close(file)
        raise RuntimeError(f"another process has the FIX session of {path.parent}") from e
    return file


def _position(period: str, offset: int) -> StreamPosition:
    return StreamPosition(f"{period}:{offset}")


def _entries(path: Path, offset: int) -> Iterator[Entry]:
    with suppress(FileNotFoundError), path.open("rb") as file:  # forgotten meanwhile
        file.seek(offset)
        for line in file:
            start, offset = offset, offset + len(line)
            if not line.endswith(b"\n"):  # being written just now
                return
            direction, number, kind, fields = _parsed(line)
            if direction == "in":
                yield Entry(
                    start=_position(path.stem, start),
                    end=_position(path.stem, offset),
                    message=Message(kind=kind, number=number, fields=fields),
                )


def _lines(path: Path) -> Iterator[tuple[str, int, str, dict[int, str]]]:
    with path.open("rb") as file:
        for line in file:
            yield _parsed(line)


def _parsed(line: bytes) -> tuple[str, int, str, dict[int, str]]:
    direction, number, kind, fields = json.loads(line)
    return direction, number, kind, {int(tag): value for tag, value in fields.items()}
