"""What is counted of the sources."""

from typing import Protocol


class FeedMeter(Protocol):
    def asked(self, source: str, how: str) -> None:
        """A request to a source ended: `answered`, `failed`, `garbled`."""
        ...

    def limits_differed(self) -> None:
        """A source told other limits than we compute."""
        ...


class NoMeter(FeedMeter):
    def asked(self, source: str, how: str) -> None:
        pass

    def limits_differed(self) -> None:
        pass
