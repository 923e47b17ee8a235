"""A plain dialplan that plays what the hotline plays and reads what it reads, and no more."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Final

from callcenter.app import load_catalogue, load_menu
from callcenter.domain.calls import Language
from callcenter.ivr.catalogue import Say, say
from callcenter.ivr.prompts import Prompt
from callcenter.telephony.speech.engine import EspeakEngine
from callcenter.telephony.speech.sounds import SoundShelf
from tests.bench.parts import espeak, tell_pbx
from tests.e2e.installation import Installation

PLAIN: Final = "7000"
_BANK: Final = "浦发银行"
_PRICE: Final = Decimal("10.05")
_QUANTITY: Final = 100

_MENUS: Final = load_menu().menus

_STEPS: Final[Sequence[tuple[int, Sequence[Say]]]] = (
    (1, [say(Prompt.GREETING), *_MENUS["main"].words(top=True)]),
    (20, [say(Prompt.ASK_ACCOUNT)]),
    (20, [say(Prompt.ASK_PASSWORD)]),
    (1, _MENUS["trade"].words()),
    (20, [say(Prompt.ASK_BUY_CODE)]),
    (20, [say(Prompt.NAME_AND_PRICE, name=_BANK, last=_PRICE), say(Prompt.ASK_PRICE)]),
    (20, [say(Prompt.MOST_YOU_CAN_BUY, most=99_400), say(Prompt.ASK_QUANTITY)]),
    (
        1,
        [
            say(
                Prompt.READ_BACK_BUY,
                name=_BANK,
                code="600000",
                price=_PRICE,
                quantity=_QUANTITY,
                amount=_PRICE * _QUANTITY,
            ),
            say(Prompt.CONFIRM),
        ],
    ),
    (1, [say(Prompt.ORDER_ACCEPTED, number="60000001"), *_MENUS["trade"].words()]),
)


async def lay_plain_dialplan(installation: Installation, custom: Path) -> None:
    """Write it to the folder of local additions and have Asterisk read it."""
    catalogue = load_catalogue()
    shelf = SoundShelf(installation.places.sounds, EspeakEngine(espeak(installation)))
    lines = [f"[custom-numbers]\nexten => {PLAIN},1,Answer(0)\n same => n,Gosub(record,s,1)"]
    for digits, words in _STEPS:
        sound = await shelf.sound(catalogue.utterance(words, Language.ZH))
        lines.append(f" same => n,Read(KEYED,{sound},{digits},,1,60)")
    lines.append(" same => n,Hangup()\n")
    for folder in (custom, installation.places.pbx / "etc" / "custom.d"):
        (folder / "plain.conf").write_text("\n".join(lines))
    tell_pbx(installation, "module load app_read.so")  # the hotline has no use for it
    tell_pbx(installation, "dialplan reload")
