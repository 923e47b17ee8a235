"""What the telephone tells about itself to whoever measures."""

from typing import Protocol


class Meter(Protocol):
    """Counts calls and times answers. Must not fail and must not wait."""

    def call_began(self) -> None: ...

    def call_ended(self, how: str) -> None: ...

    def prompt_began(self, after_key_s: float | None) -> None:
        """Something is being said, so many seconds after the last key, if a key led to it."""
        ...


class NoMeter(Meter):
    def call_began(self) -> None:
        pass

    def call_ended(self, how: str) -> None:
        pass

    def prompt_began(self, after_key_s: float | None) -> None:
        pass
