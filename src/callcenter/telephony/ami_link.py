"""One connection to AMI, from its banner to its end: which answer belongs to which action."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from callcenter.telephony.ami_codec import AmiDecoder, encode_action
from callcenter.telephony.ami_words import (
    AmiDisconnected,
    AmiMessage,
    AmiProtocolError,
    AmiRefused,
    AmiResponse,
    AmiTimeout,
    Fields,
)

CHUNK: Final = 64 * 1024
ROWS_LIMIT: Final = 100_000


@dataclass(slots=True)
class _Pending:
    action: str
    answer: asyncio.Future[AmiResponse]
    list_head: AmiMessage | None = None
    rows: list[AmiMessage] = field(default_factory=list)


class AmiLink:
    """
    Actions and their answers over one connection, matched by ActionID.

    When the link ends, every action that waits fails with AmiDisconnected. A link that has
    ended stays so.
    """

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        id_prefix: str,
        on_event: Callable[[AmiMessage], None],
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._id_prefix = id_prefix
        self._on_event = on_event
        self._decoder = AmiDecoder()
        self._pending: dict[str, _Pending] = {}
        self._sent = 0
        self._ended = False

    async def read(self) -> None:
        """Read until Asterisk closes. Raises OSError or AmiProtocolError if it goes wrong."""
        try:
            while data := await self._reader.read(CHUNK):
                for message in self._decoder.feed(data):
                    self._take(message)
        finally:
            self.end()

    async def action(self, action: str, fields: Fields, deadline_s: float) -> AmiResponse:
        """Send one action and return its answer; see `AmiClient.action`."""
        self._sent += 1
        action_id = f"{self._id_prefix}-{self._sent}"
        data = encode_action(action, action_id, fields)
        if self._ended:
            raise AmiDisconnected(action, sent=False)
        pending = _Pending(action, asyncio.get_running_loop().create_future())
        self._pending[action_id] = pending
        try:
            async with asyncio.timeout(deadline_s):
                self._writer.write(data)
                with suppress(ConnectionError):  # `read` notices too, and fails the answer
                    await self._writer.drain()
                return await pending.answer
        except TimeoutError:
            raise AmiTimeout(action, deadline_s) from None
        finally:
            self._pending.pop(action_id, None)

    def end(self) -> None:
        """Close, and fail what waits. To be called as often as one likes."""
        self._ended = True
        self._writer.transport.abort()
        for pending in self._pending.values():
            if not pending.answer.done():
                pending.answer.set_exception(AmiDisconnected(pending.action, sent=True))

    def _take(self, message: AmiMessage) -> None:
        pending = self._pending.get(message.get("ActionID"))
        if message.get("Response") and not message.event:
            self._take_response(message, pending)
        elif message.event:
            self._take_event(message, pending)

    def _take_response(self, message: AmiMessage, pending: _Pending | None) -> None:
        if pending is None or pending.answer.done():  # too late: nobody waits any more
            return
        if message.get("Response").lower() == "error":
            reason = message.get("Message")
            pending.answer.set_exception(AmiRefused(pending.action, reason))
        elif message.get("EventList").lower() == "start":
            pending.list_head = message
        else:
            pending.answer.set_result(AmiResponse(message))

    def _take_event(self, message: AmiMessage, pending: _Pending | None) -> None:
        # An OriginateResponse has an ActionID too, and may come before the response.
        if pending is None or pending.list_head is None:
            self._on_event(message)
            return
        pending.rows.append(message)
        if len(pending.rows) > ROWS_LIMIT:
            raise AmiProtocolError(f"{pending.action} lists too much")
        if message.get("EventList") and not pending.answer.done():
            # The last row only says that the list is complete.
            pending.answer.set_result(AmiResponse(pending.list_head, tuple(pending.rows[:-1])))
