"""
The session layer: fixcore behind a door of our own. The only module that knows fixcore.

It keeps the sequence, the heartbeats and the logon. What was sent over another connection, and
what nobody waits for any more, is never sent again: a counter that asks for it is told that the
gap is filled, so that an order that was lost on its way never arrives late.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Final, Protocol

from fixcore.application import Application
from fixcore.log.base import Log
from fixcore.message.message import Message as FixMessage
from fixcore.session.session import Session
from fixcore.session.session_id import SessionID
from fixcore.session.session_settings import SessionSettings
from fixcore.store.base import MessageStore
from fixcore.transport.framer import MessageFramer

from callcenter.domain.clock import BEIJING, Clock
from callcenter.domain.errors import CounterUnavailable
from callcenter.domain.secret import Secret
from callcenter.gateways.fix.journal import Journal
from callcenter.gateways.fix.wirelog import WireLog
from callcenter.gateways.fix.words import Fields, Kind, Message, Tag

_VERSION: Final = "FIX.4.4"
_ASKS: Final = frozenset(
    b"35=" + kind.encode()
    for kind in (Kind.NEW_ORDER, Kind.CANCEL, Kind.STATUS_REQUEST, Kind.MASS_STATUS_REQUEST)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionTerms:
    """What both sides have agreed about the session. Times of day in Beijing; none: always on."""

    sender: str
    target: str
    heartbeat_s: int = 30
    hours: tuple[time, time] | None = None
    reset_on_logon: bool = False
    username: str | None = None
    password: Secret | None = None


class Listener(Protocol):
    """Whom the engine tells. Every method returns at once."""

    def logged_on(self) -> None: ...

    def logged_off(self) -> None: ...

    def received(self, message: Message) -> None:
        """Take a message in its turn; it is in the journal already."""
        ...

    def failed(self, error: OSError) -> None:
        """Drop the connection: a message could not be kept."""
        ...


class Engine:
    """One session, over whatever connection it is given."""

    def __init__(
        self,
        terms: SessionTerms,
        journal: Journal,
        clock: Clock,
        wirelog: WireLog,
        listener: Listener,
    ) -> None:
        session_id = SessionID(_VERSION, terms.sender, terms.target)
        settings = SessionSettings()
        settings.set_session(session_id, _settings(terms))
        application = _Application(terms, journal, listener)
        self._store = _Store(journal, clock)
        self._session = _Session(
            session_id, settings, application, self._store, _Log(wirelog), now_fn=clock.now
        )
        self._framer = MessageFramer()

    @property
    def is_logged_on(self) -> bool:
        return self._session.is_logged_on

    @property
    def seconds_until_hours(self) -> float:
        """How long until the session's hours begin; 0 within them."""
        return self._session.seconds_until_session_start()

    async def connected(self, write: Callable[[bytes], None], close: Callable[[], None]) -> None:
        """Begin on a new connection: log on."""

        async def send(data: bytes) -> None:
            write(data)

        async def shut() -> None:
            close()

        self._framer.reset()
        self._store.waited_for.clear()
        await self._session.on_connect(send, shut)

    async def take(self, data: bytes) -> None:
        """Take bytes as they came."""
        for message in self._framer.feed(data):
            await self._session.on_data(message)

    async def disconnected(self) -> None:
        await self._session.on_disconnect()

    async def log_out(self) -> None:
        await self._session.send_logout()

    async def send(self, kind: Kind, fields: Fields) -> int:
        """
        Put a message on the wire and return its number.

        Raise `CounterUnavailable`, with nothing sent, unless logged on.
        """
        if not self._session.is_logged_on:
            raise CounterUnavailable("not logged on to the FIX counter")
        message = FixMessage()
        message.header.set(Tag.MSG_TYPE, kind.value)
        message.body.update((int(tag), value) for tag, value in fields.items())
        try:
            await self._session.send_app(message)
        except OSError as e:  # of the line or the disk, before anything was sent
            # The counter misses a number then and asks for it: it must not come after all.
            self.forget(int(message.header.get_or(Tag.MSG_SEQ_NUM, "0")))
            raise CounterUnavailable("the line to the FIX counter broke") from e
        return int(message.header.get(Tag.MSG_SEQ_NUM))

    def forget(self, number: int) -> None:
        """Never send this message again: nobody waits for its answer any more."""
        self._store.waited_for.pop(number, None)


class _Session(Session):
    """
    fixcore's session, with one thing put right (0.15.0, which is why its version is pinned).

    When both sides miss something, the counter's ResendRequest comes with a number that is too
    high. FIX 4.4 (volume 2, "Message recovery") wants it answered at once all the same; fixcore
    puts it aside, the counter's gap fill then passes over it, and the counter waits for ever.
    """

    async def _handle_sequenced(self, msg: FixMessage) -> None:
        number = msg.header.get_or(Tag.MSG_SEQ_NUM, "0")
        is_early = number.isdigit() and int(number) > self._store.next_target_msg_seq_num()
        if is_early and msg.msg_type == Kind.RESEND_REQUEST:
            await self._on_resend_request(msg)
        await super()._handle_sequenced(msg)


class _Application(Application):
    """fixcore's call-backs: called in order, on the event loop."""

    def __init__(self, terms: SessionTerms, journal: Journal, listener: Listener) -> None:
        self._terms = terms
        self._journal = journal
        self._listener = listener

    def on_logon(self, session_id: SessionID) -> None:
        self._listener.logged_on()

    def on_logout(self, session_id: SessionID) -> None:
        self._listener.logged_off()

    def to_admin(self, message: FixMessage, session_id: SessionID) -> None:
        if message.msg_type == Kind.LOGON and self._terms.password is not None:
            message.set_field(Tag.USERNAME, self._terms.username or "")
            message.set_field(Tag.PASSWORD, self._terms.password.reveal())

    def to_app(self, message: FixMessage, session_id: SessionID) -> None:
        if message.header.has(Tag.POSS_DUP_FLAG):
            return  # a copy to look at, of what was sent and noted before
        self._journal.record_sent(_plain(message))

    def from_admin(self, message: FixMessage, session_id: SessionID) -> None:
        if message.msg_type == Kind.REJECT:
            self._listener.received(_plain(message))

    def from_app(self, message: FixMessage, session_id: SessionID) -> None:
        plain = _plain(message)
        try:
            self._journal.record_received(plain)
        except OSError as error:
            # What could not be kept is not taken: the counter will be asked for it again.
            self._journal.next_in = plain.number
            self._listener.failed(error)
        else:
            self._listener.received(plain)


class _Store(MessageStore):
    """
    fixcore's store: numbers in the journal, and the few messages that may be sent again.

    A counter that misses earlier numbers asks for all up to now, and that may take in an order
    which is on the wire this very moment: telling it that nothing is missing would lose the order.
    """

    def __init__(self, journal: Journal, clock: Clock) -> None:
        self._journal = journal
        self._clock = clock
        self.waited_for: dict[int, bytes] = {}  # sent over this connection, not answered yet

    def get(self, begin_seq: int, end_seq: int) -> list[bytes]:
        return [raw for number, raw in self.waited_for.items() if begin_seq <= number <= end_seq]

    def set(self, seq_num: int, message: bytes) -> None:
        if message.split(b"\x01", 3)[2] in _ASKS:
            self.waited_for[seq_num] = message

    def next_sender_msg_seq_num(self) -> int:
        return self._journal.next_out

    def next_target_msg_seq_num(self) -> int:
        return self._journal.next_in

    def incr_next_sender_msg_seq_num(self) -> None:
        self._journal.use_number()

    def incr_next_target_msg_seq_num(self) -> None:
        self._journal.next_in += 1

    def set_next_sender_msg_seq_num(self, seq_num: int) -> None:
        raise NotImplementedError("our numbers only ever grow by one")

    def set_next_target_msg_seq_num(self, seq_num: int) -> None:
        self._journal.next_in = seq_num

    def get_creation_time(self) -> datetime:
        return self._journal.created

    def set_creation_time(self, when: datetime) -> None:
        pass  # `reset` has just noted it

    def reset(self) -> None:
        self._journal.reset(self._clock.now())

    def refresh(self) -> None:
        pass


class _Log(Log):
    """fixcore's log, over ours."""

    def __init__(self, wirelog: WireLog) -> None:
        self._wirelog = wirelog

    def on_incoming(self, message: str) -> None:
        self._wirelog.write("<", message)

    def on_outgoing(self, message: str) -> None:
        self._wirelog.write(">", message)

    def on_event(self, text: str) -> None:
        self._wirelog.write("!", text)


def _plain(message: FixMessage) -> Message:
    return Message(
        kind=message.msg_type,
        number=int(message.header.get(Tag.MSG_SEQ_NUM)),
        fields=dict(message.body),
    )


def _settings(terms: SessionTerms) -> dict[str, str]:
    settings = {
        "ConnectionType": "initiator",
        "HeartBtInt": str(terms.heartbeat_s),
        "ResetOnLogon": "Y" if terms.reset_on_logon else "N",
    }
    if terms.hours is not None:
        start, end = terms.hours
        settings |= {
            "StartTime": f"{start:%H:%M:%S}",
            "EndTime": f"{end:%H:%M:%S}",
            "TimeZone": BEIJING.key,
        }
    return settings
