"""The turns that all peers have in common: what is played, and how many keys are awaited."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from callcenter.app import load_catalogue, load_menu
from callcenter.domain.calls import Language
from callcenter.ivr.catalogue import Say, say
from callcenter.ivr.prompts import Prompt
from callcenter.telephony.speech.engine import EspeakEngine
from callcenter.telephony.speech.sounds import SoundShelf
from tests.bench.parts import espeak
from tests.bench.peers.caller import CODE, PRICE, QUANTITY
from tests.e2e.installation import Installation

CONFIRMED: Final = "confirmed"

_BANK: Final = "浦发银行"
_MOST: Final = 99_400
_FIELD: Final = 20
_READ_BACK: Final = say(
    Prompt.READ_BACK_BUY,
    name=_BANK,
    code=CODE,
    price=PRICE,
    quantity=QUANTITY,
    amount=PRICE * QUANTITY,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What is asked for, the sound that asks (a path without ending), and the most keys."""

    name: str
    digits: int
    sound: str

    def __str__(self) -> str:
        return f"{self.name} {self.digits} {self.sound}"


async def render(installation: Installation) -> Sequence[Turn]:
    """
    Return the dialogue of `caller.buy`, a joined file for each turn.

    The files are on the hotline's own shelf, where it finds them when it says the same.
    """
    catalogue = load_catalogue()
    shelf = SoundShelf(installation.places.sounds, EspeakEngine(espeak(installation)))
    turns = []
    for name, digits, words in _said():
        sound = await shelf.sound(catalogue.utterance(words, Language.ZH))
        turns.append(Turn(name=name, digits=digits, sound=sound))
    return turns


def write(turns: Sequence[Turn], file: Path) -> None:
    """Write a line for each turn, as the peers' scripts read them."""
    file.write_text("".join(f"{turn}\n" for turn in turns))


def _said() -> Iterator[tuple[str, int, Sequence[Say]]]:
    menus = load_menu().menus
    yield "menu", 1, [say(Prompt.GREETING), *menus["main"].words(top=True)]
    yield "account", _FIELD, [say(Prompt.ASK_ACCOUNT)]
    yield "password", _FIELD, [say(Prompt.ASK_PASSWORD)]
    yield "trade", 1, menus["trade"].words()
    yield "code", _FIELD, [say(Prompt.ASK_BUY_CODE)]
    price = [say(Prompt.NAME_AND_PRICE, name=_BANK, last=PRICE), say(Prompt.ASK_PRICE)]
    yield "price", _FIELD, price
    most = say(Prompt.MOST_YOU_CAN_BUY, most=_MOST)
    yield "quantity", _FIELD, [most, say(Prompt.ASK_QUANTITY)]
    yield CONFIRMED, 1, [_READ_BACK, say(Prompt.CONFIRM)]
    yield "more", 1, [say(Prompt.ORDER_ACCEPTED, number="60000001"), *menus["trade"].words()]
