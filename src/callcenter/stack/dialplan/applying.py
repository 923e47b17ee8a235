"""A new dialplan takes the place of the old one, and goes again if it does not work."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Final, Protocol

from callcenter.stack.dialplan.listing import Dialplan, read_dialplan, read_globals
from callcenter.stack.dialplan.versions import NothingBefore, Versions
from callcenter.stack.preconditions import CannotStart
from callcenter.telephony.ami import AmiClient, AmiError, Application

TEST_NUMBER: Final = "4008"
_LINE: Final = "from-trunk"
_LED_BY: Final = "AGI"
_LOOK_EVERY_S: Final = 0.1
_LOOKS: Final = 2


class NotApplied(Exception):
    """The new dialplan did not work; the message says why, and whether the old one is back."""


class Asterisk(Protocol):
    """What must be done on the machine that Asterisk runs on."""

    def configure(self) -> None:
        """Write the configuration of the files as they are now, and put it in force."""
        ...

    def ask(self, command: str) -> str:
        """Return what a console command prints."""
        ...


def read_live(asterisk: Asterisk, proved: Dialplan) -> Dialplan:
    """Return what Asterisk has now of what was proved; raise `CannotStart` if it does not run."""
    values = read_globals(asterisk.ask("dialplan show globals"))
    # One that is no longer in a file stays until Asterisk starts anew, and harms nobody.
    known = {name: value for name, value in values.items() if name in proved.values}
    return replace(read_dialplan(asterisk.ask("dialplan show")), values=known)


class Applying:
    """
    Swaps the files, has Asterisk read them, and holds what it then has against what was proved.

    A caller who is on the line keeps the dialplan step that is running; new steps are the new ones.
    """

    def __init__(
        self,
        asterisk: Asterisk,
        ami: AmiClient,
        versions: Versions,
        *,
        test_call_s: float = 5.0,
    ) -> None:
        self._asterisk = asterisk
        self._ami = ami
        self._versions = versions
        self._test_call_s = test_call_s

    async def apply(self, proved: Dialplan) -> None:
        """Put the files in force; raise `NotApplied`, with the old ones in force, if they fail."""
        await asyncio.to_thread(self._asterisk.configure)
        try:
            await self._reload()
            await self._verify(proved)
            await self._call()
        except (NotApplied, AmiError, CannotStart) as error:
            raise NotApplied(f"{error} {await self._back()}") from error

    async def go_back(self) -> None:
        """Put the one before in force; raise `NothingBefore`, `NotApplied` or `AmiError`."""
        self._versions.go_back()
        await self._reload()
        await self._call()

    async def _back(self) -> str:
        try:
            self._versions.give_up()
            await self._reload()
        except (NothingBefore, OSError, CannotStart) as error:
            return f"The old dialplan is not back: {error}"
        return "The old dialplan is in force again."

    async def _reload(self) -> None:
        # On the console: AMI's Reload comes only with the right to load modules or write files.
        await asyncio.to_thread(self._asterisk.ask, "dialplan reload")

    async def _verify(self, proved: Dialplan) -> None:
        live = (await asyncio.to_thread(read_live, self._asterisk, proved)).lines()
        wanted = proved.lines()
        if live != wanted:
            differs = sorted(set(live) ^ set(wanted))[:3]
            raise NotApplied(f"Asterisk has another dialplan than was checked: {differs}.")

    async def _call(self) -> None:
        """Ring the hotline as the carrier does, without a line; the daemon must take the call."""
        rung = f"Local/{TEST_NUMBER}@{_LINE}"
        channel = await self._ami.originate(
            rung,
            Application(name="Wait", data=str(round(self._test_call_s))),
            caller_id="dialplan <0>",
            ring_s=self._test_call_s,
        )
        try:
            await self._is_led(rung)
        finally:
            await self._hang_up(channel)

    async def _is_led(self, rung: str) -> None:
        try:
            async with asyncio.timeout(self._test_call_s):
                looks = 0
                # Twice: one that is refused is in that application for a moment, too.
                while looks < _LOOKS:
                    await asyncio.sleep(_LOOK_EVERY_S)
                    looks = looks + 1 if _LED_BY in await self._running(rung) else 0
        except TimeoutError:
            why = f"A test call to {TEST_NUMBER} did not reach the daemon"
            raise NotApplied(f"{why} within {self._test_call_s:g} s.") from None

    async def _running(self, rung: str) -> Sequence[str]:
        answer = await self._ami.action("CoreShowChannels")
        ours = [row for row in answer.events if row.get("Channel").startswith(f"{rung}-")]
        return [row.get("Application") for row in ours]

    async def _hang_up(self, channel: str) -> None:
        try:
            await self._ami.action("Hangup", {"Channel": channel})
        except AmiError:
            return  # it is gone already
