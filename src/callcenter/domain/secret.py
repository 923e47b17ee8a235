"""A value that must not be shown: passwords keyed on a telephone, database and AMI secrets."""

import hmac
from typing import Final

HIDDEN: Final = "******"


class Secret:
    """Holds a text and never prints it. `reveal` is the only way out, easy to search for."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        return self._text

    def __eq__(self, other: object) -> bool:
        """Compare in constant time, so that a timing tells nothing."""
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._text.encode(), other._text.encode())

    def __hash__(self) -> int:
        raise TypeError("a Secret has no hash: it must not become a key or a log field")

    def __bool__(self) -> bool:
        return bool(self._text)

    def __repr__(self) -> str:
        return HIDDEN

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return format(HIDDEN, spec)

    def __reduce__(self) -> str:
        raise TypeError("a Secret cannot be serialised")
