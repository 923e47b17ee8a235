"""One callcenter for the whole run of the tests."""

import signal
from collections.abc import Iterator
from typing import Final, NoReturn

import pytest

from tests.e2e.installation import HASTY_VOICE, Installation

# Callers hear a voice in a hurry and have little time to answer it.
_SETTINGS: Final = {
    "espeak_command": HASTY_VOICE,
    "first_key_s": 4,
    "next_key_s": 2,
    "next_price_key_s": 2,
}


@pytest.fixture(scope="session")
def hotline() -> Iterator[Installation]:
    """A callcenter that runs."""
    before = signal.signal(signal.SIGTERM, _stop)
    with Installation.private(**_SETTINGS) as installation:
        installation.up()
        installation.wait_for_sounds()
        yield installation
    signal.signal(signal.SIGTERM, before)


def _stop(*_: object) -> NoReturn:
    # As Ctrl-C does: what was started is stopped.
    raise KeyboardInterrupt
