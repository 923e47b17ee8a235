"""A list of securities in memory, searched by the keys of a telephone."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from callcenter.domain.securities import Security
from callcenter.trading.ports import Listing

_KEYS: Final = ("ABC", "DEF", "GHI", "JKL", "MNO", "PQRS", "TUV", "WXYZ")
_KEY_OF: Final = {
    letter: str(key) for key, letters in enumerate(_KEYS, start=2) for letter in letters
}


class FakeListing(Listing):
    """Knows each security by the initials that a test gives it."""

    def __init__(self, listed: Sequence[tuple[Security, Sequence[str]]]) -> None:
        self._listed = listed

    async def search(self, keys: str, *, most: int = 20) -> Sequence[Security]:
        if len(keys) < 2 or not (keys.isascii() and keys.isdigit()):
            return []
        found = [(rank, security) for security, rank in self._fitting(keys)]
        return [security for _, security in sorted(found, key=lambda each: each[0])][:most]

    def _fitting(self, keys: str) -> Iterator[tuple[Security, tuple[object, ...]]]:
        for security, initials in self._listed:
            keyed = [keys_of(reading) for reading in initials]
            fitting = [one for one in keyed if one.startswith(keys)]
            if fitting:
                market = "SH SZ BJ".index(security.market)
                length = min(map(len, fitting))
                yield security, (length, market, security.code)


def keys_of(initials: str) -> str:
    key_of: Mapping[str, str] = _KEY_OF
    return "".join(key_of.get(character, character) for character in initials)
