"""The numbers of the peers: each answers and records, then goes its own way."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from tests.bench.parts import tell_pbx
from tests.bench.peers.dialogue import CONFIRMED, Turn
from tests.e2e.installation import Installation

ORDERED: Final = "plain-order"
_ANSWER: Final = (
    "Set(CHANNEL(language)=zh)",
    "Set(CALL_ID=${UNIQUEID})",
    "Answer(0)",
)
# As any Asterisk records; what the hotline does has a module of its own where there is a compiler.
_RECORD: Final = (
    "MixMonitor(${RECORDINGS}/${STRFTIME(${EPOCH},${TIME_ZONE},%Y/%m/%d)}/${CALL_ID}.wav)"
)
_TAPE: Final = "Gosub(record,s,1)"


def plain(turns: Sequence[Turn], *, on_tape: bool = False) -> Sequence[str]:
    """Return the dialogue as applications of the dialplan; Asterisk's log gets the orders."""
    applications = [_TAPE if on_tape else _RECORD]
    for turn in turns:
        applications.append(f"Read({turn.name},{turn.sound},{turn.digits},,1,60)")
        if turn.name == CONFIRMED:
            order = "${account} ${code} ${price} ${quantity}"
            applications.append(f"Log(NOTICE,{ORDERED} {order})")
    return applications


def led_by(script: str) -> Sequence[str]:
    """Return what has a script lead the dialogue."""
    return [_RECORD, f"AGI({script})"]


def lay(installation: Installation, custom: Path, numbers: Mapping[str, Sequence[str]]) -> None:
    """Write what each number does, and have Asterisk read it."""
    lines = ["[custom-numbers]"]
    for number, applications in numbers.items():
        first, *rest = [*_ANSWER, *applications, "Hangup()"]
        lines += [f"exten => {number},1,{first}", *(f" same => n,{each}" for each in rest)]
    for folder in (custom, installation.places.pbx / "etc" / "custom.d"):
        (folder / "peers.conf").write_text("\n".join(lines) + "\n")
    tell_pbx(installation, "module load app_read.so")  # the hotline has no use for it
    tell_pbx(installation, "dialplan reload")
