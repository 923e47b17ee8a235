"""Bare Asterisk: a plain dialplan that plays a sound, reads a key, and does so again."""

from pathlib import Path
from typing import Final

from callcenter.telephony.sipcaller import SipCaller
from tests.bench.parts import tell_pbx
from tests.e2e.installation import Installation

NUMBER: Final = "7900"
_SETTLE_S: Final = 0.5
_PATIENCE_S: Final = 40.0
_DIALPLAN: Final = """\
[custom-numbers]
exten => {number},1,Answer(0)
 same => n(again),Read(KEYED,{sound},1,,1,60)
 same => n,Goto(again)
"""


async def latencies(installation: Installation, turns: int) -> list[float]:
    """Return the seconds from each key to the first packet of the prompt after it, in one call."""
    measured: list[float] = []
    async with (
        SipCaller() as phone,
        await phone.dial(installation.sip(NUMBER), caller="13900000000") as call,
    ):
        since = call.answered_at
        while len(measured) < turns:
            await call.heard_since(since, within_s=_PATIENCE_S)
            await call.stay(_SETTLE_S)
            since = (await call.press("1"))[-1]
            measured.append(await call.heard_since(since, within_s=_PATIENCE_S) - since)
        await call.hang_up()
    return measured


def lay(installation: Installation, custom: Path) -> None:
    """Write the dialplan to the folder of local additions and have Asterisk read it."""
    sound = installation.places.sounds / "dialplan" / "en" / "line-test"
    text = _DIALPLAN.format(number=NUMBER, sound=sound)
    for folder in (custom, installation.places.pbx / "etc" / "custom.d"):
        (folder / "bare.conf").write_text(text)
    tell_pbx(installation, "module load app_read.so")  # the hotline has no use for it
    tell_pbx(installation, "dialplan reload")
