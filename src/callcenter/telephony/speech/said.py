"""Where the sounds are of what was said lately, so that nobody looks for them at every word."""

import time
from collections import OrderedDict

from callcenter.ivr.phone import Utterance


class LatelySaid:
    """
    Paths of utterances, each for as long as it may be trusted.

    Of more than `most` the one that was not said for longest goes, so that calls of years take no
    more memory than those of a day: about a kilobyte for each.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._entries: OrderedDict[Utterance, tuple[str, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def path(self, utterance: Utterance) -> str | None:
        """Return the path without its ending; None if it is not known, or no longer."""
        path, until = self._entries.get(utterance, ("", 0.0))
        if time.monotonic() >= until:
            return None
        self._entries.move_to_end(utterance)
        return path

    def remember(self, utterance: Utterance, path: str, trusted_s: float) -> None:
        self._entries[utterance] = (path, time.monotonic() + trusted_s)
        self._entries.move_to_end(utterance)
        if len(self._entries) > self._most:
            self._entries.popitem(last=False)

    def clear(self) -> None:
        self._entries.clear()
