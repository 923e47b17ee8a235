"""Passwords as the counter keeps them: salted and slow, never in clear."""

import hmac
import os
from hashlib import scrypt
from typing import Final

# 2 MB and about 5 ms of one core each, so one core checks well over 100 logins a second.
# Six digits fall to a patient thief of the table at any price; locking out is what protects them.
_N: Final = 2**11
_R: Final = 8
_P: Final = 1

SALT_BYTES: Final = 16


def keep(password: str, salt: bytes | None = None) -> str:
    """Return `password` as it may be stored, under a salt of its own unless one is given."""
    salt = os.urandom(SALT_BYTES) if salt is None else salt
    return f"scrypt${_N}${_R}${_P}${salt.hex()}${_digest(password, salt, _N, _R, _P).hex()}"


def matches(password: str, kept: str) -> bool:
    """Tell whether `kept` was made from `password`, at the cost that it was made with."""
    _, n, r, p, salt, digest = kept.split("$")
    found = _digest(password, bytes.fromhex(salt), int(n), int(r), int(p))
    return hmac.compare_digest(found, bytes.fromhex(digest))


def _digest(password: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    return scrypt(password.encode(), salt=salt, n=n, r=r, p=p, dklen=32)


NOBODYS: Final = f"scrypt${_N}${_R}${_P}${bytes(SALT_BYTES).hex()}${bytes(32).hex()}"
"""Matches nothing, and takes as long: an unknown account must not answer faster."""
