"""A dialplan that was proved once is not proved again until a file of it changes."""

import os
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path

from callcenter.places import ASTERISK_SCRIPTS
from callcenter.stack.dialplan.checking import check
from callcenter.stack.dialplan.scratch import ScratchFailed
from callcenter.stack.preconditions import CannotStart


def prove(environment: Mapping[str, str], note: Path) -> None:
    """
    Check the dialplan of the files, unless `note` says that these very files were sound.

    `environment` is that of asterisk/configure. Raise `CannotStart` with all that is wrong.
    """
    digest = _digest(environment)
    if note.exists() and note.read_text() == digest:
        return
    try:
        faults = check(environment).faults
    except ScratchFailed as error:
        raise CannotStart(f"The dialplan could not be checked: {error}") from None
    if faults:
        raise CannotStart("\n".join([*faults, f"{len(faults)} faults. Nothing was started."]))
    note.write_text(digest)


def _digest(environment: Mapping[str, str]) -> str:
    """Return a digest of all that makes up the dialplan, and of the Asterisk that reads it."""
    read = sha256(environment["CALLCENTER_PBX_ROOT"].encode())
    for file in _files():
        read.update(f"\0{file.name}\0".encode() + file.read_bytes())
    return read.hexdigest()


def _files() -> Iterator[Path]:
    shipped = ASTERISK_SCRIPTS / "etc"
    own = Path(os.environ.get("CALLCENTER_PBX_CUSTOM_DIR", shipped / "custom.d"))
    yield ASTERISK_SCRIPTS / "configure"
    for folder in (shipped, shipped / "extensions", own):
        yield from sorted(folder.glob("*.conf"))
