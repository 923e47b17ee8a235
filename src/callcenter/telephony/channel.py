"""One Asterisk channel in the words that the phone needs: play, wait for a key, take the keys."""

import asyncio
from typing import Final

from callcenter.domain.errors import CallerHungUp, LineLost
from callcenter.telephony.agi_session import AgiSession
from callcenter.telephony.agi_words import AgiReply, DeadChannel, SessionLost
from callcenter.telephony.pauses import PauseFiller

ALL_KEYS: Final = "0123456789*#"
FAILED: Final = "-1"
# The dialplan's StoreDTMF collects every key in KEYS. Reading and emptying in one expression
# loses none, as the channel's own thread evaluates it and reads no key meanwhile.
TAKE_KEYS: Final = "${KEYS}${SET(KEYS=)}"
# These sounds come with Asterisk, for 1 to 10 seconds.
SILENCE: Final = "silence/"
SAMPLES_PER_S: Final = 8000
LONGEST_SOUND_S: Final = 900.0
# The dialplan ends a call before that.
LONGEST_CALL_S: Final = 24 * 3600.0
RECORDING_ENDS_AT: Final = "#"
MOST_KEYS: Final = 40
LONGEST_FIELD_S: Final = 2.0 * MOST_KEYS + 10


class Channel:
    """
    Every method raises `CallerHungUp` once the line is gone.

    While nothing is asked of it for a moment it plays silence, with `fills_pauses`: between two
    commands Asterisk without keys.so may count a key twice, while one runs it never does; and
    media keeps flowing. A command that comes meanwhile waits for the end of that piece of silence,
    which is no longer than half of the pause so far.
    """

    def __init__(self, session: AgiSession, *, fills_pauses: bool = False) -> None:
        self._session = session
        self._turn = asyncio.Lock()
        self._filler = PauseFiller(self._play_silence) if fills_pauses else None

    @property
    def name(self) -> str:
        return self._session.request.channel

    async def stream(self, sound: str) -> str | None:
        """
        Play a sound file until its end or a key.

        Return the key that ended it, "" if none did, None if there is no such file. The key
        itself waits to be taken.
        """
        reply = await self.command("STREAM FILE", sound, ALL_KEYS, deadline_s=LONGEST_SOUND_S)
        if reply.result != FAILED:
            return _key_of(reply)
        await self._must_live()
        return None

    async def stream_from(self, sound: str, start_s: float) -> tuple[str, float] | None:
        """
        Play a sound file from a position, until its end or a key, or until the caller is gone.

        Return the key that ended it, `FAILED` for a caller who has gone, and how far that is
        from the beginning, in seconds; None if there is no such file.
        """
        reply = await self.command(
            "STREAM FILE",
            sound,
            ALL_KEYS,
            round(start_s * SAMPLES_PER_S),
            deadline_s=LONGEST_CALL_S,
            may_end_the_call=True,
        )
        if reply.result == FAILED and await self._lives():
            return None
        key = FAILED if reply.result == FAILED else _key_of(reply)
        return key, (reply.endpos or 0) / SAMPLES_PER_S

    async def record(self, file: str, *, most_s: int, silence_s: int) -> AgiReply:
        """
        Sound a tone and write what the caller says into `file`.wav; return what ended it.

        Its text is "dtmf" for the key #, "timeout" for silence or `most_s`, and "hangup" for a
        caller who has gone, with whom the file is kept as well.
        """
        return await self.command(
            "RECORD FILE",
            file,
            "wav",
            RECORDING_ENDS_AT,
            1000 * most_s,
            "BEEP",
            f"s={silence_s}",
            deadline_s=most_s + 10.0,
            may_end_the_call=True,
        )

    async def wait_for_key(self, within_s: int) -> str:
        """Return the key that is pressed, which waits to be taken, or "" after so many seconds."""
        reply = await self.command("WAIT FOR DIGIT", 1000 * within_s, deadline_s=10.0 + within_s)
        if reply.result == FAILED:
            await self._must_live()
        return _key_of(reply)

    async def wait_for_field(self) -> None:
        """
        Return after the key #, or after a second without a key.

        The keys wait to be taken. One command for all of them: between two commands Asterisk
        without keys.so may count a key twice (docs/pbx.md, "Keys"), while one runs it never does.
        """
        await self.command("GET DATA", f"{SILENCE}1", 1000, MOST_KEYS, deadline_s=LONGEST_FIELD_S)

    async def take_keys(self) -> str:
        """Return all keys pressed since the last time, in order, and forget them."""
        return (await self.command("GET FULL VARIABLE", TAKE_KEYS)).text

    async def say_digits(self, digits: str) -> None:
        """Say bare digits with the sounds that come with Asterisk."""
        await self.command("SAY DIGITS", digits, ALL_KEYS, deadline_s=LONGEST_SOUND_S)

    async def get(self, variable: str) -> str:
        return (await self.command("GET VARIABLE", variable)).text

    async def set(self, variable: str, value: str) -> None:
        await self.command("SET VARIABLE", variable, value)

    async def execute(self, application: str, arguments: str) -> None:
        await self.command("EXEC", application, arguments)

    async def gosub(self, context: str) -> None:
        """Run a part of the dialplan, however long that takes; a hang-up in it ends it too."""
        if self._filler is not None:
            self._filler.stop()
        async with self._turn:
            await self._reply("GOSUB", context, "s", 1, deadline_s=LONGEST_CALL_S)

    async def read(self, expression: str) -> str:
        """Return what an expression with variables is worth, also of a call that is over."""
        return (await self._reply("GET FULL VARIABLE", expression)).text

    def close(self) -> None:
        """Play no more silence: the dialplan goes on."""
        if self._filler is not None:
            self._filler.stop()

    async def command(
        self,
        verb: str,
        *arguments: str | int,
        deadline_s: float | None = None,
        may_end_the_call: bool = False,
    ) -> AgiReply:
        """Send it and return its reply, with `may_end_the_call` even if the caller has gone."""
        if self._filler is not None:
            self._filler.stop()
        async with self._turn:
            ask = self._reply if may_end_the_call else self._command
            reply = await ask(verb, *arguments, deadline_s=deadline_s)
        if self._filler is not None:
            self._filler.start()
        return reply

    async def _command(
        self, verb: str, *arguments: str | int, deadline_s: float | None = None
    ) -> AgiReply:
        reply = await self._reply(verb, *arguments, deadline_s=deadline_s)
        if self._session.hung_up:
            raise CallerHungUp
        return reply

    async def _reply(
        self, verb: str, *arguments: str | int, deadline_s: float | None = None
    ) -> AgiReply:
        try:
            return await self._session.command(verb, *arguments, deadline_s=deadline_s)
        except DeadChannel:
            raise CallerHungUp from None
        except SessionLost as lost:
            raise LineLost from lost

    async def _play_silence(self, for_s: float) -> bool:
        start = round((1 - for_s) * SAMPLES_PER_S)
        async with self._turn:
            try:
                reply = await self._command("STREAM FILE", f"{SILENCE}1", "", start)
            except CallerHungUp:
                return False  # the next command finds that out for itself
        return reply.result != FAILED

    async def _lives(self) -> bool:
        try:
            await self._must_live()
        except LineLost:
            raise
        except CallerHungUp:
            return False
        return True

    async def _must_live(self) -> None:
        # A missing file and a hang-up are the same -1; only a dead channel refuses to say
        # how it is.
        await self.command("CHANNEL STATUS")


def _key_of(reply: AgiReply) -> str:
    """Return the key that a reply names by its ASCII code, "" if it names none."""
    return chr(int(reply.result)) if reply.result not in ("", "0", FAILED) else ""
