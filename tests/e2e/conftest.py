"""One callcenter for the whole run of the tests."""

import signal
from collections.abc import Iterator
from typing import Final, NoReturn

import pytest

from tests.e2e.installation import HASTY_VOICE, MIXED, Installation

# Callers hear a voice in a hurry and have little time to answer it.
_SETTINGS: Final = {
    "espeak_command": HASTY_VOICE,
    "first_key_s": 4,
    "next_key_s": 2,
    "next_price_key_s": 2,
}
_CUSTOM: Final = f"""
[custom-numbers]
exten => {MIXED},1,Goto(hotline,${{EXTEN}},1)

[custom-before-answer]
exten => s,1,ExecIf($["${{DIALLED}}" = "{MIXED}"]?Set(RECORDER=mixmonitor))
 same => n,Return()
"""


@pytest.fixture(scope="session")
def hotline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A callcenter that runs."""
    before = signal.signal(signal.SIGTERM, _stop)
    custom = tmp_path_factory.mktemp("custom")
    (custom / "mixed.conf").write_text(_CUSTOM)
    with Installation.private(pbx_custom_dir=custom, **_SETTINGS) as installation:
        installation.up()
        installation.wait_for_sounds()
        yield installation
    signal.signal(signal.SIGTERM, before)


def _stop(*_: object) -> NoReturn:
    # As Ctrl-C does: what was started is stopped.
    raise KeyboardInterrupt
