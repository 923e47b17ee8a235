"""`callcenter phone`: a telephone in the terminal."""

import asyncio
import sys
import termios
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Final
from uuid import uuid4

import typer

from callcenter.cli.configured import configured
from callcenter.cli.show import fail, note
from callcenter.telephony.channel import ALL_KEYS
from callcenter.telephony.text_phone import Keyboard, Pressed, ScriptedKeyboard, TextPhone

_READING_S: Final = 0.12  # about what a voice takes for one character
_PLAYING_S: Final = 10.0  # what we make of a recording, which cannot be heard here
_LONGEST_CALL_S: Final = 3600.0


def phone(
    caller: Annotated[str, typer.Option(help="The number that calls.")] = "13800138000",
    to: Annotated[str, typer.Option(help="The number that is dialled.")] = "4008",
    keys: Annotated[
        str | None,
        typer.Option(
            help="Keys to press and then hang up: groups separated by spaces, each pressed when "
            "the hotline waits for a key; _ is silence. Without it the keyboard is the keypad."
        ),
    ] = None,
) -> None:
    """Call the daemon from this terminal, without a PBX. Exit code 1 if keys were left over."""
    settings = configured()
    sys.exit(call(settings.host, settings.agi_port, caller, to, keys))


def call(
    host: str, port: int, caller: str, to: str, keys: str | None, *, menu: int | None = None
) -> int:
    """
    Place a call and return the exit code: 0 if every key was pressed.

    With `menu` it gets that version, in force or not.
    """
    script = ScriptedKeyboard(keys) if keys is not None else None
    call_id = f"text-{uuid4().hex[:12]}"
    try:
        if script is not None:
            ended = asyncio.run(_talk(script, host, port, call_id, caller, to, menu))
        else:
            with _raw_keys():
                ended = asyncio.run(_by_hand(host, port, call_id, caller, to, menu))
    except OSError as error:
        fail(f"The hotline does not answer at {host}:{port}: {error.strerror}. Try `make up`.")
    note("-- the hotline hung up" if ended else "-- you hung up")
    note(f"-- callcenter calls show {call_id}")
    return 1 if script is not None and not script.finished else 0


async def _by_hand(
    host: str, port: int, call_id: str, caller: str, to: str, menu: int | None
) -> bool:
    note("-- keys 0-9 * # are the keypad; h hangs up")
    return await _talk(TerminalKeyboard(), host, port, call_id, caller, to, menu)


async def _talk(
    keyboard: Keyboard,
    host: str,
    port: int,
    call_id: str,
    caller: str,
    to: str,
    menu: int | None,
) -> bool:
    phone = TextPhone(note, keyboard)
    async with asyncio.timeout(_LONGEST_CALL_S):
        return await phone.run(host, port, call_id=call_id, caller=caller, did=to, menu=menu)


class TerminalKeyboard:
    """The keys of a terminal, as they are pressed."""

    def __init__(self) -> None:
        self._pressed: asyncio.Queue[str] = asyncio.Queue()
        asyncio.get_running_loop().add_reader(sys.stdin, self._read)

    def words_came(self) -> None:
        pass

    async def listening(self, words: str) -> str:
        return await self._next(len(words) * _READING_S) or ""

    async def playing(self, words: str) -> Pressed:
        began = time.monotonic()
        keys = await self._next(len(words) * _READING_S or _PLAYING_S)
        return Pressed(seconds=time.monotonic() - began, keys=None if keys == "h" else keys or "")

    async def waiting(self, within_s: float) -> str | None:
        pressed = await self._next(within_s)
        return None if pressed == "h" else pressed or ""

    async def speaking(self, most_s: float) -> Pressed:
        began = time.monotonic()
        keys: str | None = ""
        while keys is not None and "#" not in keys and time.monotonic() < began + most_s:
            pressed = await self.waiting(began + most_s - time.monotonic())
            keys = None if pressed is None else keys + pressed
        return Pressed(seconds=time.monotonic() - began, keys=keys)

    async def _next(self, within_s: float) -> str | None:
        try:
            async with asyncio.timeout(within_s):
                key = await self._pressed.get()
        except TimeoutError:
            return None
        if key == "h":
            self._pressed.put_nowait(key)
        return key

    def _read(self) -> None:
        for key in sys.stdin.read(1) or "h":
            if key in ALL_KEYS:
                # A password must not stay on the screen.
                sys.stdout.write("•")
                sys.stdout.flush()
            if key in ALL_KEYS + "h":
                self._pressed.put_nowait(key)


@contextmanager
def _raw_keys() -> Iterator[None]:
    """Take keys one by one, without Enter and without an echo."""
    if not sys.stdin.isatty():
        fail("There is no keyboard here. Say which keys to press with --keys.")
    before = termios.tcgetattr(sys.stdin)
    try:
        tty.setcbreak(sys.stdin)
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)
