"""
The counter as a program: python -m tests.fix.acceptor FOLDER PORT '{"a": "setting"}'

Prints `ready`, then obeys one JSON command a line on its standard input and answers each with
`ok`. Its book is FOLDER/book.jsonl; killed and started again it goes on with it.
"""

import json
import sys
import threading
from pathlib import Path
from typing import Any, Final

import quickfix as fix

from tests.fix.book import Book, Row

_SETTINGS: Final = """[DEFAULT]
ConnectionType=acceptor
SocketAcceptPort={port}
SocketReuseAddress=Y
FileStorePath={folder}/store
DataDictionary={dictionary}
UseDataDictionary=Y
ValidateUserDefinedFields=N
StartTime=00:00:00
EndTime=00:00:00
{more}
[SESSION]
BeginString=FIX.4.4
SenderCompID={sender}
TargetCompID={target}
"""
DICTIONARY: Final = Path(sys.prefix) / "share" / "quickfix" / "FIX44.xml"


class Counter(fix.Application):  # type: ignore[misc]
    """Takes orders as `mode` says: accept, fill, reject, lose (as if they never came), mute."""

    def __init__(self, book: Book) -> None:
        super().__init__()
        self.book = book
        self.mode = "accept"
        self.refusal = 0
        self.cancels = "at-once"  # or pend, too-late, mute
        self.session: Any = None
        self._reports = 0
        self._lock = threading.RLock()

    def onCreate(self, session: Any) -> None:
        self.session = session

    def onLogon(self, session: Any) -> None: ...

    def onLogout(self, session: Any) -> None: ...

    def toAdmin(self, message: Any, session: Any) -> None: ...

    def fromAdmin(self, message: Any, session: Any) -> None: ...

    def toApp(self, message: Any, session: Any) -> None: ...

    def fromApp(self, message: Any, session: Any) -> None:
        take = {"D": self._order, "F": self._cancel, "H": self._status, "AF": self._mass_status}
        with self._lock:
            take[message.getHeader().getField(35)](message)

    def obey(self, do: str, **what: Any) -> None:
        with self._lock:
            getattr(self, "do_" + do.replace("-", "_"))(**what)

    # what a test commands

    def do_mode(self, mode: str, refusal: int = 0) -> None:
        self.mode, self.refusal = mode, refusal

    def do_cancels(self, how: str) -> None:
        self.cancels = how

    def do_fill(self, order: str, quantity: int, price: str) -> None:
        number = f"{len(self.book.rows)}-{order}-{len(self.book.rows[order].fills)}"
        row = self.book.write(order=order, fill=number, quantity=quantity, price=price)
        self._tell_fill(row, row.fills[-1])

    def do_repeat_fills(self, order: str, resend: bool = False) -> None:
        row = self.book.rows[order]
        for fill in row.fills:
            self._tell_fill(row, fill, resend=resend)

    def do_cancel(self, order: str) -> None:
        self._tell(self.book.write(order=order, cancelled=True), "4")

    def do_bust(self, order: str) -> None:
        row = self.book.rows[order]
        self._tell(row, "H", {"19": row.fills[0][0]})

    def do_stranger(self, order: str) -> None:
        fields = {"55": "600000", "207": "XSHG", "54": "1", "38": "100"}
        self._tell(Row(order, fields), "0")

    def do_drop(self) -> None:
        fix.Session.lookupSession(self.session).disconnect()

    def do_next_out(self, number: int) -> None:
        fix.Session.lookupSession(self.session).setNextSenderMsgSeqNum(number)

    def do_next_in(self, number: int) -> None:
        fix.Session.lookupSession(self.session).setNextTargetMsgSeqNum(number)

    # what the other side asks

    def _order(self, message: Any) -> None:
        order = message.getField(11)
        if self.mode == "lose":
            return
        if order in self.book.rows:
            self._tell(Row(order, fields_of(message), 6), "8", {"103": "6"})
            return
        refusal = self.refusal if self.mode == "reject" else None
        row = self.book.write(order=order, fields=fields_of(message), refusal=refusal)
        if self.mode == "mute":
            return
        self._tell(row, "0" if refusal is None else "8")
        if self.mode == "fill":
            self.do_fill(order, row.quantity, row.fields["44"])

    def _cancel(self, message: Any) -> None:
        order, cancel_id = message.getField(41), message.getField(11)
        row = self.book.rows.get(order)
        if self.cancels == "mute":
            return
        if row is None or row.is_over or self.cancels == "too-late":
            self._tell_cancel_rejected(order, cancel_id, row, "1" if row is None else "0")
            return
        row = self.book.write(order=order, asked=cancel_id)
        self._tell(row, "6", {"11": cancel_id, "41": order})
        if self.cancels == "at-once":
            row = self.book.write(order=order, cancelled=True)
            self._tell(row, "4", {"11": cancel_id, "41": order})

    def _status(self, message: Any) -> None:
        order, question = message.getField(11), message.getField(790)
        row = self.book.rows.get(order)
        if row is None:
            self._tell_unknown(order, {"790": question})
        else:
            self._tell(row, "I", {"790": question})

    def _mass_status(self, message: Any) -> None:
        question, rows = message.getField(584), list(self.book.rows.values())
        if not rows:
            self._tell_unknown("NONE", {"584": question, "911": "0", "912": "Y"})
        for number, row in enumerate(rows, start=1):
            last = "Y" if number == len(rows) else "N"
            self._tell(row, "I", {"584": question, "911": str(len(rows)), "912": last})

    # what it answers

    def _tell_fill(self, row: Row, fill: tuple[str, int, str], *, resend: bool = False) -> None:
        number, quantity, price = fill
        more = {"17": number, "32": str(quantity), "31": price}
        self._tell(row, "F", more, resend=resend)

    def _tell_unknown(self, order: str, more: dict[str, str]) -> None:
        nothing = Row(order, {"55": "[N/A]", "54": "7", "38": "0"}, 0)
        self._tell(nothing, "I", {**more, "103": "5"})

    def _tell_cancel_rejected(
        self,
        order: str,
        cancel_id: str,
        row: Row | None,
        reason: str,
        more: dict[str, str] | None = None,
    ) -> None:
        status = "8" if row is None else row.status
        fields = {"37": order, "11": cancel_id, "41": order, "39": status, "434": "1"}
        self._send("9", {**fields, "102": reason, **(more or {})})

    def _tell(
        self, row: Row, exec_type: str, more: dict[str, str] | None = None, *, resend: bool = False
    ) -> None:
        self._reports += 1
        fields = {
            "37": f"O{row.id}",
            "11": row.id,
            "17": f"R{self._reports}",
            "150": exec_type,
            "39": row.status,
            "151": "0" if row.is_over else str(row.quantity - row.filled),
            "14": str(row.filled),
            "6": "0",
            **{tag: row.fields[tag] for tag in ("1", "55", "207", "54", "38") if tag in row.fields},
            **(more or {}),
        }
        if row.refusal:
            fields["20005"] = str(row.refusal)
        self._send("8", fields, resend=resend)

    def _send(self, kind: str, fields: dict[str, str], *, resend: bool = False) -> None:
        message = fix.Message()
        message.getHeader().setField(fix.StringField(35, kind))
        if resend:
            message.getHeader().setField(fix.StringField(97, "Y"))
        for tag, value in fields.items():
            message.setField(fix.StringField(int(tag), value))
        if kind == "8":
            message.setField(fix.TransactTime())
        fix.Session.sendToTarget(message, self.session)


def fields_of(message: Any) -> dict[str, str]:
    parts = message.toString().split("\x01")
    return dict(part.split("=", 1) for part in parts if part)


def settings_text(folder: Path, port: int, more: dict[str, str]) -> str:
    """Return the configuration that QuickFIX reads; `more` may change the names of both sides."""
    names = {"sender": more.pop("sender", "BROKER"), "target": more.pop("target", "HOTLINE")}
    return _SETTINGS.format(
        port=port,
        folder=folder,
        dictionary=DICTIONARY,
        more="\n".join(f"{name}={value}" for name, value in more.items()),
        **names,
    )


def main() -> None:
    folder, port, more = Path(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3])
    (folder / "acceptor.cfg").write_text(settings_text(folder, int(port), more))
    counter = Counter(Book(folder / "book.jsonl"))
    settings = fix.SessionSettings(str(folder / "acceptor.cfg"))
    acceptor = fix.SocketAcceptor(counter, fix.FileStoreFactory(settings), settings)
    acceptor.start()
    _say("ready")
    for line in sys.stdin:
        counter.obey(**json.loads(line))
        _say("ok")
    acceptor.stop()


def _say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
