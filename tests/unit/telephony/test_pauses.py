"""Silence that is played while we think."""

import asyncio

from callcenter.telephony.pauses import PauseFiller

PATIENCE_S = 5.0


class Line:
    """Remembers the pieces that were played; `enough` of them have been then."""

    def __init__(self, *, enough: int = 1, breaks: bool = False) -> None:
        self.pieces: list[float] = []
        self.played = asyncio.Event()
        self._enough = enough
        self._breaks = breaks

    async def play(self, for_s: float) -> bool:
        self.pieces.append(for_s)
        if len(self.pieces) >= self._enough:
            self.played.set()
        await asyncio.sleep(0)
        return not self._breaks

    async def wait(self) -> None:
        async with asyncio.timeout(PATIENCE_S):
            await self.played.wait()


class Timed(Line):
    """Plays each piece to its end."""

    async def play(self, for_s: float) -> bool:
        await asyncio.sleep(for_s)
        return await super().play(for_s)


async def test_a_long_pause_is_filled_piece_by_piece() -> None:
    line = Line(enough=3)
    filler = PauseFiller(line.play)

    filler.start()
    await line.wait()
    filler.stop()

    assert len(line.pieces) >= 3
    assert all(0 < piece <= 0.5 for piece in line.pieces)


async def test_a_pause_that_ends_at_once_is_not_filled() -> None:
    line = Line()
    filler = PauseFiller(line.play)

    filler.start()
    filler.stop()
    await _long_enough_to_be_filled()

    assert line.pieces == []


async def test_when_the_pause_is_over_no_further_piece_begins() -> None:
    line = Line(enough=2)
    filler = PauseFiller(line.play)

    filler.start()
    await line.wait()
    filler.stop()
    played = len(line.pieces)
    await _long_enough_to_be_filled()

    assert len(line.pieces) == played


async def test_the_next_pause_is_filled_too() -> None:
    line = Line()
    filler = PauseFiller(line.play)
    filler.start()
    await line.wait()
    filler.stop()
    line.played.clear()

    filler.start()
    await line.wait()
    filler.stop()


async def test_no_piece_is_longer_than_half_of_the_pause() -> None:
    line = Timed(enough=3)
    filler = PauseFiller(line.play)

    filler.start()
    await line.wait()
    filler.stop()

    assert line.pieces[0] <= 0.04
    assert line.pieces == sorted(line.pieces)


async def test_a_line_that_is_gone_is_not_played_to_again() -> None:
    line = Line(breaks=True)
    filler = PauseFiller(line.play)

    filler.start()
    await line.wait()
    await _long_enough_to_be_filled()

    assert len(line.pieces) == 1


async def _long_enough_to_be_filled() -> None:
    """Return when another pause, which began now, has been filled."""
    line = Line(enough=2)
    filler = PauseFiller(line.play)
    filler.start()
    await line.wait()
    filler.stop()
