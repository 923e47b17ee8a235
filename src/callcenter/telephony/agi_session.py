"""One call in our hands: commands go out one at a time, each gets its own reply."""

import asyncio

from callcenter.telephony.agi import encode_command
from callcenter.telephony.agi_words import (
    AgiProtocolError,
    AgiReply,
    AgiRequest,
    AgiTimeout,
    CommandRejected,
    DeadChannel,
    SessionLost,
)


class AgiSession:
    """
    The conversation with Asterisk about one call.

    `hung_up` turns True as soon as Asterisk says so, even while no command runs. Variables
    can still be read and set then; what needs a caller raises DeadChannel.
    """

    def __init__(
        self, request: AgiRequest, transport: asyncio.WriteTransport, *, reply_deadline_s: float
    ) -> None:
        self.request = request
        self.hung_up = False
        self.timed_out = False
        self._transport = transport
        self._reply_deadline_s = reply_deadline_s
        self._waiting: asyncio.Future[AgiReply] | None = None
        self._lost_because = ""

    @property
    def lost(self) -> bool:
        """True once no command can be sent any more."""
        return bool(self._lost_because)

    async def command(
        self, verb: str, *arguments: str | int, deadline_s: float | None = None
    ) -> AgiReply:
        """
        Send one command and return its reply.

        Raises SessionLost, AgiTimeout, DeadChannel or CommandRejected, and ValueError for
        what cannot be sent. A command that is cancelled or late closes the session: its
        reply could no longer be told from the next one's.
        """
        line = encode_command(verb, *arguments)
        # Asterisk drops the reply of a command when the next one comes too soon.
        if self._waiting is not None:
            raise RuntimeError(f"{verb} while another command is waiting for its reply")
        deadline_s = self._reply_deadline_s if deadline_s is None else deadline_s
        reply = await self._reply_to(line, verb, deadline_s)
        if reply.code == 511:
            raise DeadChannel(verb)
        if reply.code >= 300:
            raise CommandRejected(verb, reply.code, reply.text)
        return reply

    async def _reply_to(self, line: bytes, verb: str, deadline_s: float) -> AgiReply:
        if self.lost:
            raise SessionLost(self._lost_because)
        self._waiting = asyncio.get_running_loop().create_future()
        # No drain: Asterisk has read the last command before this one, so at most one waits.
        self._transport.write(line)
        try:
            async with asyncio.timeout(deadline_s):
                return await self._waiting
        except TimeoutError:
            self.timed_out = True
            self._end(f"no reply to {verb}")
            raise AgiTimeout(verb, deadline_s) from None
        except asyncio.CancelledError:
            self._end(f"{verb} was cancelled")
            raise
        finally:
            self._waiting = None

    def close(self) -> None:
        """Give the call back to the dialplan."""
        self._end("closed by us")

    def _end(self, because: str) -> None:
        self._lost_because = self._lost_because or because
        self._transport.abort()  # nothing is unsent, unless to a peer that does not read

    def take_hangup(self) -> None:
        """Remember the HANGUP line. It is nobody's reply."""
        self.hung_up = True

    def take_reply(self, reply: AgiReply) -> None:
        """Hand `reply` to the command that waits; a reply that nobody waits for is an error."""
        if reply.code < 200:  # "100 Trying..." comes before the real one
            return
        if self._waiting is None or self._waiting.done():
            raise AgiProtocolError("a reply to no command")
        self._waiting.set_result(reply)

    def take_loss(self, because: str) -> None:
        """Fail the command that waits, and all later ones."""
        self._lost_because = self._lost_because or because
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(SessionLost(self._lost_because))
