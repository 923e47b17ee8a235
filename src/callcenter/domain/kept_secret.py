"""How a PIN, or the password of a mailbox, is kept: salted and slow, never in clear."""

import hmac
import os
from hashlib import scrypt
from typing import Final

from callcenter.domain.secret import Secret

# 16 MB and about 40 ms of one core each: few of them are checked.
_N: Final = 2**14
_R: Final = 8
_P: Final = 1
_SALT_BYTES: Final = 16


def keep(secret: Secret) -> str:
    """Return the secret as it may be stored, under a salt of its own."""
    salt = os.urandom(_SALT_BYTES)
    return f"scrypt${_N}${_R}${_P}${salt.hex()}${_digest(secret, salt, _N, _R, _P).hex()}"


def matches(secret: Secret, kept: str) -> bool:
    """Tell whether `kept` was made from the secret, at the cost that it was made with."""
    _, n, r, p, salt, digest = kept.split("$")
    found = _digest(secret, bytes.fromhex(salt), int(n), int(r), int(p))
    return hmac.compare_digest(found, bytes.fromhex(digest))


def _digest(secret: Secret, salt: bytes, n: int, r: int, p: int) -> bytes:
    return scrypt(secret.reveal().encode(), salt=salt, n=n, r=r, p=p, dklen=32)


# Matches nothing, and takes as long: somebody unknown must not be answered faster.
NOBODYS: Final = f"scrypt${_N}${_R}${_P}${bytes(_SALT_BYTES).hex()}${bytes(32).hex()}"
