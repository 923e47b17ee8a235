"""What the registry says of dialogues is so: whoever walks one sees what it sends, and when."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callcenter.domain.calls import CallEnd
from callcenter.ivr.dialogues import DIALOGUES
from callcenter.ivr.menus.known import Sends
from callcenter.ivr.menus.live import Live
from tests import make
from tests.fakes.desk import FakeDesk
from tests.fakes.hours import FakeHours
from tests.fakes.phone import SILENCE, FakePhone
from tests.unit.ivr.hotline_of import LOGIN, Dialled, Hotline, menu_reader

BUY: Final = ("600000#", "10*05#", "100#", "1")
SUBSCRIBE: Final = ("110011#", "5000#", "1")
ISSUE: Final = ("1", "500#", "1")
NEW_PASSWORD: Final = ("739218#", "739218#", "1")
# Where each dialogue hands something over to the counter, the bank or the order book.
SENDING: Final = {
    ("counter", "place"): Sends.ORDER,
    ("counter", "cancel"): Sends.CANCEL,
    ("orders", "write_down"): Sends.ORDER,
    ("orders", "write"): Sends.CANCEL,
    ("bank", "request"): Sends.TRANSFER,
    ("desk", "apply"): Sends.APPLICATION,
    ("desk", "cancel"): Sends.CANCEL,
    ("password_desk", "change"): Sends.PASSWORD,
    ("counter", "bind"): Sends.BINDING,
    ("counter", "unbind"): Sends.BINDING,
}


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A walk through a dialogue to what it sends, in a hotline where `before` has happened."""

    keys: tuple[str, ...]
    sends: Sends
    hotline: Callable[[], Hotline] = Hotline
    before: tuple[tuple[str, tuple[str, ...]], ...] = ()


def _closed() -> Hotline:
    return Hotline(hours=FakeHours(opens=date(2026, 11, 23)))


def _only_rights() -> Hotline:
    return Hotline(desk=FakeDesk(on_sale=()))


def _one_issue() -> Hotline:
    return Hotline(desk=FakeDesk(entitled=()))


SCENES: Final[dict[str, list[Scene]]] = {
    "buy": [Scene(keys=BUY, sends=Sends.ORDER)],
    "sell": [Scene(keys=("600000#", "#", "10000#", "1"), sends=Sends.ORDER)],
    "quotes": [Scene(keys=("600000#", "4", *BUY[1:]), sends=Sends.ORDER)],
    "cancel": [Scene(keys=("1",), sends=Sends.CANCEL, before=(("buy", BUY), ("buy", BUY)))],
    "reservations": [
        Scene(keys=("1", "1"), sends=Sends.CANCEL, hotline=_closed, before=(("buy", BUY),))
    ],
    "issues": [
        Scene(keys=ISSUE, sends=Sends.APPLICATION, hotline=_one_issue),
        Scene(
            keys=("2", "1", "1"),
            sends=Sends.CANCEL,
            hotline=_only_rights,
            before=(("issues", ("1", "#", "1", "*")),),
        ),
    ],
    "fund-subscribe": [Scene(keys=SUBSCRIBE, sends=Sends.APPLICATION)],
    "fund-redeem": [Scene(keys=("110011#", "300*5#", "1"), sends=Sends.APPLICATION)],
    "fund-holdings": [
        Scene(keys=("1", "1"), sends=Sends.CANCEL, before=(("fund-subscribe", SUBSCRIBE),))
    ],
    "transfer-in": [Scene(keys=("10000*5#", "112358#", "1"), sends=Sends.TRANSFER)],
    "transfer-out": [Scene(keys=("3000#", "135790#", "1"), sends=Sends.TRANSFER)],
    "trade-password": [Scene(keys=("246810#", *NEW_PASSWORD), sends=Sends.PASSWORD)],
    "fund-password": [Scene(keys=("135790#", *NEW_PASSWORD), sends=Sends.PASSWORD)],
    "add-number": [Scene(keys=("1",), sends=Sends.BINDING)],
    "remove-number": [
        Scene(keys=("1", "1"), sends=Sends.BINDING, before=(("add-number", ("1",)),))
    ],
}
WALKS: Final = [
    pytest.param(name, scene, id=f"{name}-{scene.sends}")
    for name, scenes in SCENES.items()
    for scene in scenes
]


@cache
def menu_to(dialogue: str) -> Live:
    """Return a menu in which key 1 asks for a login and leads to the dialogue."""
    return menu_reader().read(
        "lines: [{greeting: greeting, menu: main}]\n"
        "menus:\n  main:\n"
        f"    - {{key: 1, name: it, words: menu-buy, dialogue: {dialogue}, login: true}}\n"
    )


@dataclass(kw_only=True)
class Witness:
    """Sees what is sent during a call, and whether it had been read back and confirmed by then."""

    phone: FakePhone
    sent: list[Sends] = field(default_factory=list)
    unconfirmed: list[Sends] = field(default_factory=list)

    def watch(self, hotline: Hotline) -> None:
        for (part, name), what in SENDING.items():
            watched = getattr(hotline, part)
            setattr(watched, name, self._seeing(getattr(watched, name), what))

    def _seeing(self, send: Callable[..., Awaitable[Any]], what: Sends) -> Any:
        async def seen(*args: object, **more: object) -> Any:
            self.sent.append(what)
            if not (self._is_confirmed() or self._is_chosen(what)):
                self.unconfirmed.append(what)
            return await send(*args, **more)

        return seen

    def _is_confirmed(self) -> bool:
        """Tell whether key 1 answered what was last read back, pressed after it began."""
        fresh = [at for at, heard in enumerate(self.phone.heard, 1) if heard.fresh]
        answers = [press.key for press in self.phone.taken if fresh and press.after == fresh[-1]]
        return answers[:1] == ["1"]

    def _is_chosen(self, what: Sends) -> bool:
        """Cancelling what has just been read takes key 1 as well, but may be keyed ahead."""
        return what is Sends.CANCEL and self.phone.taken[-1].key == "1"


async def walk(dialogue: str, scene: Scene, keys: Sequence[str], *, burst: bool = False) -> Witness:
    """Walk a dialogue in a call of its own, after all that happened before."""
    hotline = scene.hotline()
    for other, earlier in scene.before:
        hotline.ships = menu_to(other)
        await hotline.dial("1", *LOGIN, *earlier, call=make.call(id="pbx-0.1"))
        hotline.calls.calls.clear()
    hotline.ships = menu_to(dialogue)
    phone = FakePhone("1", *LOGIN, *keys, burst=burst)
    witness = Witness(phone=phone)
    witness.watch(hotline)
    await hotline.take(phone)
    return witness


def test_every_dialogue_that_sends_has_a_walk_to_it() -> None:
    walks = {name: {scene.sends for scene in scenes} for name, scenes in SCENES.items()}

    assert walks == {name: set(known.sends) for name, known in DIALOGUES.items() if known.sends}


@pytest.mark.parametrize(("dialogue", "scene"), WALKS)
async def test_a_dialogue_sends_what_the_registry_says(dialogue: str, scene: Scene) -> None:
    witness = await walk(dialogue, scene, scene.keys)

    assert scene.sends in witness.sent
    assert set(witness.sent) <= DIALOGUES[dialogue].sends
    assert witness.unconfirmed == []


@pytest.mark.parametrize(("dialogue", "scene"), WALKS)
async def test_nothing_is_sent_before_the_last_key_of_the_walk(dialogue: str, scene: Scene) -> None:
    for end in ((), (SILENCE,), ("2",), ("9",), ("*",), ("#",)):
        witness = await walk(dialogue, scene, [*scene.keys[:-1], *end])

        assert witness.sent == []


def keys_near(scene: Scene | None) -> st.SearchStrategy[list[str]]:
    """Return what callers key who know the way, more or less."""
    own = scene.keys if scene else BUY
    any_key = st.sampled_from([*own, "1", "2", "3", "*", "#", "9", "1#", "*#", "112358#"])
    known = st.integers(0, len(own)).map(lambda n: list(own[:n]))
    return st.tuples(known, st.lists(any_key, max_size=7)).map(lambda both: [*both[0], *both[1]])


@pytest.mark.parametrize("dialogue", sorted(DIALOGUES))
def test_whatever_is_keyed_nothing_is_sent_that_was_not_read_back(dialogue: str) -> None:
    scenes = SCENES.get(dialogue, [Scene(keys=(), sends=Sends.ORDER)])

    @settings(max_examples=10, deadline=None)
    @given(st.sampled_from(scenes), st.data(), st.booleans())
    def keyed(scene: Scene, data: st.DataObject, burst: bool) -> None:
        keys = data.draw(keys_near(scene if scene.keys else None))
        witness = asyncio.run(walk(dialogue, scene, keys, burst=burst))
        assert witness.unconfirmed == []
        assert set(witness.sent) <= DIALOGUES[dialogue].sends

    keyed()


def silences(scene: Scene) -> Iterator[list[str]]:
    for keyed in range(len(scene.keys) + 1):
        yield [*scene.keys[:keyed], *[SILENCE] * 40]


@pytest.mark.parametrize("dialogue", sorted(DIALOGUES))
async def test_wherever_a_caller_falls_silent_the_call_ends(dialogue: str) -> None:
    for scene in SCENES.get(dialogue, [Scene(keys=(), sends=Sends.ORDER)]):
        for keys in silences(scene):
            call = await silent_call(dialogue, scene, keys)

            assert call.end is CallEnd.GOODBYE
            assert call.phone.left > 0


async def silent_call(dialogue: str, scene: Scene, keys: Sequence[str]) -> Dialled:
    hotline = scene.hotline()
    hotline.ships = menu_to(dialogue)
    return await hotline.dial("1", *LOGIN, *keys)


async def test_a_call_ends_after_as_many_failures_as_the_proof_says() -> None:
    menus = "".join(
        f"  {name}: [{{key: 1, name: next, words: menu-quotes, {goal}}}]\n"
        for name, goal in (("a", "menu: b"), ("b", "menu: c"), ("c", "dialogue: quotes"))
    )
    text = f"lines: [{{greeting: greeting, menu: a}}]\nmenus:\n{menus}"
    longest_stay = ["9", SILENCE, "9", SILENCE, "9"]

    call = await Hotline(ships=menu_reader().read(text)).dial("1", "1", *longest_stay * 4)

    failures = [outcome for _, outcome in call.answers if outcome in ("wrong-key", "silence")]
    assert call.end is CallEnd.GOODBYE
    assert len(failures) == menu_reader().prove(text).proof.most_failures
