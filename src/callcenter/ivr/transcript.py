"""What was said and keyed in a call, turn by turn. Passwords come here as asterisks only."""

from collections.abc import Sequence

from callcenter.domain.calls import CallId, Turn
from callcenter.domain.clock import Clock
from callcenter.ivr.ports import CallBook


class Transcript:
    """Collects what is said until keys answer it, and hands each turn to the book."""

    def __init__(self, call: CallId, book: CallBook, clock: Clock) -> None:
        self._call = call
        self._book = book
        self._clock = clock
        self._since = clock.now()
        self._prompts: list[str] = []
        self._words: list[str] = []

    def said(self, prompts: Sequence[str], words: str) -> None:
        if not self._prompts:
            self._since = self._clock.now()
        self._prompts += prompts
        self._words.append(words)

    def turn(self, keys: str, outcome: str, *, happened: bool = False) -> None:
        """End the turn: these keys answered, and this came of it, or `happened` without words."""
        turn = Turn(
            at=self._since,
            prompts=tuple(self._prompts),
            words=" ".join(self._words),
            keys=keys,
            outcome=outcome,
        )
        self._prompts, self._words = [], []
        if turn.prompts or turn.keys or happened:
            self._book.write_turn(self._call, turn)
