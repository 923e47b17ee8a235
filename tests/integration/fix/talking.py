"""Somebody at a telephone of words, who listens before a key is pressed."""

import asyncio
from contextlib import suppress
from typing import Final

from callcenter.telephony.text_phone import Keyboard, Pressed, TextPhone

PATIENCE_S: Final = 20.0


class Talking(Keyboard):
    """One call. `hears` and `keys` are said in turn; what was heard before does not count again."""

    def __init__(self, port: int, call_id: str, caller: str = "13900000301") -> None:
        self.said = ""
        self._heard = 0
        self._changed = asyncio.Condition()
        self._keys: asyncio.Queue[str | None] = asyncio.Queue()
        phone = TextPhone(self._listen, self)
        ringing = phone.run("127.0.0.1", port, call_id=call_id, caller=caller, did="4008")
        self._call = asyncio.create_task(ringing)

    async def hears(self, words: str) -> None:
        """Wait until these words are said."""
        try:
            async with asyncio.timeout(PATIENCE_S), self._changed:
                await self._changed.wait_for(lambda: words in self.said[self._heard :])
        except TimeoutError:
            raise AssertionError(f"not {words!r}, but {self.said[self._heard :]!r}") from None
        self._heard = self.said.index(words, self._heard) + len(words)

    def keys(self, keys: str) -> None:
        self._keys.put_nowait(keys)

    async def answers(self, *turns: tuple[str, str]) -> None:
        """Hear a question and key the answer, again and again."""
        for question, keys in turns:
            await self.hears(question)
            self.keys(keys)

    async def hangs_up(self) -> None:
        self._keys.put_nowait(None)
        await self.is_cut_off()

    async def is_cut_off(self) -> None:
        """Wait until the call is over, however it ends."""
        with suppress(ConnectionError):
            async with asyncio.timeout(PATIENCE_S):
                await self._call

    def words_came(self) -> None:
        pass

    async def listening(self, words: str) -> str:
        return ""

    async def playing(self, words: str) -> Pressed:
        return Pressed(seconds=0.0, keys="")

    async def speaking(self, most_s: float) -> Pressed:
        return Pressed(seconds=0.0, keys=await self.waiting(most_s))

    async def waiting(self, within_s: float) -> str | None:
        # Nobody is in a hurry here: a busy machine must not make this caller silent.
        return await self._keys.get()

    def _listen(self, words: str) -> None:
        self.said += words
        self._tell = asyncio.create_task(self._told())

    async def _told(self) -> None:
        async with self._changed:
            self._changed.notify_all()
