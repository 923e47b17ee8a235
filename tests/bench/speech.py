"""How soon words are sound, and how much of what a call says comes from the voice pack."""

import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Final

from callcenter.app.parts import load_catalogue
from callcenter.app.speech import SHIPPED, voice_pack
from callcenter.domain.calls import Language
from callcenter.ivr.catalogue import Catalogue, say
from callcenter.ivr.phone import Utterance
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.spoken.pieces import pieces
from callcenter.places import ASTERISK_SCRIPTS
from callcenter.settings import Settings
from callcenter.telephony.speech.engine import EspeakEngine
from callcenter.telephony.speech.pack import Pack
from callcenter.telephony.speech.phrases import cut
from callcenter.telephony.speech.sounds import SoundShelf
from callcenter.telephony.speech.stock import FromPack, Stock, Take
from tests.bench.report import Figure
from tests.e2e import said

_TIMES: Final = 200
_SOON_MS: Final = 300


async def bench() -> list[Figure]:
    """Return the figures of a shelf of its own, in a folder that is thrown away."""
    pack = voice_pack(Settings())
    catalogue = load_catalogue()
    stock = Stock(FromPack(pack), pieces=pieces)
    with tempfile.TemporaryDirectory(prefix="callcenter-bench-") as folder:
        shelf = SoundShelf(Path(folder), EspeakEngine([str(ASTERISK_SCRIPTS / "espeak")]), stock)
        again = [await _ms(shelf, _read_back(catalogue, 100)) for _ in range(_TIMES)]
        new = [await _ms(shelf, _read_back(catalogue, 101 + n)) for n in range(_TIMES)]
    return [
        Figure("an announcement said before, p50", median(again[1:]), " ms", bar=_SOON_MS),
        Figure("a read-back with a new quantity, p50", median(new), " ms", bar=_SOON_MS),
        Figure("the same, slowest", max(new), " ms"),
        *_shares(stock, catalogue),
        *_size(pack),
    ]


async def _ms(shelf: SoundShelf, utterance: Utterance) -> float:
    began = time.perf_counter()
    await shelf.sound(utterance)
    return (time.perf_counter() - began) * 1000


def _read_back(catalogue: Catalogue, quantity: int) -> Utterance:
    return catalogue.utterance(said.read_back(quantity=quantity), Language.ZH)


def _shares(stock: Stock, catalogue: Catalogue) -> Iterator[Figure]:
    """Tell of each phrase of a call that buys where its sound comes from."""
    call = [
        said.GREETING,
        said.MAIN_MENU,
        said.ASK_ACCOUNT,
        said.ASK_PASSWORD,
        said.TRADE_MENU,
        said.ASK_BUY_CODE,
        said.ask_price(),
        said.ask_quantity(99_400),
        said.read_back(),
        said.accepted("60000001"),
        [say(Prompt.MONEY, **dict.fromkeys(("usable", "withdrawable", "frozen", "total"), _YUAN))],
        said.GOODBYE,
    ]
    for language in Language:
        heard = Counter[str]()
        for announcement in call:
            utterance = catalogue.utterance(announcement, language)
            for phrase in cut(utterance):
                [first, *_] = stock.cover([phrase])
                heard[first.source if isinstance(first, Take) else "engine"] += 1
        for source in ("shipped", "pieces", "engine"):
            share = 100 * heard[source] / heard.total()
            yield Figure(f"phrases of a call that buys, {language}: {source}", share, " %")


def _size(pack: Pack) -> Iterator[Figure]:
    files = [file.stat().st_size for file in SHIPPED.rglob("*") if file.is_file()]
    yield Figure("the voice pack", sum(files) / 1e6, " MB", bar=30)
    for language in Language:
        shipped = pack.all(language).values()
        yield Figure(f"sounds, {language}", len(shipped))
        yield Figure(f"seconds of sound, {language}", sum(one.seconds for one in shipped), " s")


_YUAN: Final = Decimal("1234.50")
