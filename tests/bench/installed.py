"""The installation that benches call: it speaks as the shipped one does."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from callcenter.app.speech import SHIPPED
from callcenter.places import ASTERISK_SCRIPTS
from tests.e2e.installation import Installation


@contextmanager
def installed() -> Iterator[tuple[Installation, Path]]:
    """Run one until the end of the block; yield it with its folder of local dialplan."""
    with tempfile.TemporaryDirectory(prefix="callcenter-bench-") as folder:
        Path(folder).chmod(0o755)  # where we are root, PostgreSQL is somebody else
        custom = Path(folder) / "custom.d"
        custom.mkdir()
        # Where everybody orders the same, accounts do so more than once.
        installation = Installation(
            Path(folder) / "state",
            pbx_custom_dir=custom,
            redial_guard_s=0,
            voice_pack_dir=SHIPPED,
            espeak_command=json.dumps([str(ASTERISK_SCRIPTS / "espeak")]),
        )
        installation.up()
        try:
            yield installation, custom
        finally:
            installation.down()
