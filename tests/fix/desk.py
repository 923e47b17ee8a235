"""A FIX counter whose answers are another counter's: QuickFIX in front of a fake one."""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, TypeVar

import quickfix as fix

from callcenter.customers.ports import PasswordCheck
from callcenter.domain.accounts import AccountId, Customer
from callcenter.domain.calls import e164
from callcenter.domain.errors import OutcomeUnknown, Refused
from callcenter.domain.orders import ClientOrderId, Order, OrderKind, Side, Station
from callcenter.domain.refusals import Refusal
from callcenter.domain.secret import Secret
from callcenter.domain.securities import SecurityCode
from callcenter.gateways.combined import CombinedCounter
from callcenter.gateways.fix import FixOrderEntry
from callcenter.gateways.fix.words import MARKETS
from tests import make
from tests.fakes.gateway import FakeCounter
from tests.fix.acceptor import Counter, fields_of, settings_text
from tests.fix.book import Book, Row
from tests.fix.counterparty import free_port

T = TypeVar("T")


class Desk(Counter):
    """Takes what comes over FIX to the counter `behind`, which lives on the loop of the test."""

    def __init__(self, folder: Path, port: int) -> None:
        super().__init__(Book(folder / "book.jsonl"))
        self.port = port
        self.behind = FakeCounter()
        self.loop: asyncio.AbstractEventLoop | None = None

    def stand_before(self, behind: FakeCounter) -> None:
        self.behind = behind
        self.loop = asyncio.get_running_loop()
        self.book.rows.clear()

    def _order(self, message: Any) -> None:
        order, fields = message.getField(11), fields_of(message)
        try:
            answer = self._ask(self._place(fields))
        except OutcomeUnknown:
            return
        refusal = None if answer.reason is None else answer.reason.value
        row = self.book.write(order=order, fields=fields, refusal=refusal)
        self._tell(row, "0" if answer.accepted else "8")

    def _status(self, message: Any) -> None:
        order = ClientOrderId(message.getField(11))
        found = self._ask(self.behind.find(order))
        if found is None:
            self._tell_unknown(order, {"790": message.getField(790)})
            return
        if order not in self.book.rows:  # booked, and the answer was lost
            fields = {"55": "600000", "54": "1", "38": "100", "207": "XSHG"}
            self.book.write(order=order, fields=fields)
        self._tell(self.book.rows[order], "I", {"790": message.getField(790)})

    def _cancel(self, message: Any) -> None:
        order, cancel_id = message.getField(41), message.getField(11)
        row = self.book.rows.get(order)
        try:
            self._ask(self._cancel_behind(row))
        except Refused as refused:
            more = {"20005": str(refused.reason.value)}
            self._tell_cancel_rejected(order, cancel_id, row, "99", more)
            return
        assert row is not None
        row = self.book.write(order=order, cancelled=True)
        self._tell(row, "4", {"11": cancel_id, "41": order})

    def _send(self, kind: str, fields: dict[str, str], *, resend: bool = False) -> None:
        day = {"75": f"{make.NOON:%Y%m%d}"} if kind == "8" else {}
        super()._send(kind, {**fields, **day}, resend=resend)

    async def _cancel_behind(self, row: Row | None) -> None:
        if row is None:
            raise Refused(Refusal.NO_SUCH_ORDER)
        await self.behind.cancel(await self._read(row.fields))

    async def _place(self, fields: dict[str, str]) -> Any:
        return await self.behind.place(await self._read(fields))

    async def _read(self, fields: dict[str, str]) -> Order:
        code, market = SecurityCode(fields["55"]), MARKETS[fields["207"]]
        listed = [s for s in await self.behind.securities(code) if s.market is market]
        return make.order(
            client_id=ClientOrderId(fields["11"]),
            account=AccountId(fields["1"]),
            side=Side.BUY if fields["54"] == "1" else Side.SELL,
            security=listed[0] if listed else make.security(code=code, market=market),
            price=Decimal(fields["44"]),
            quantity=int(fields["38"]),
            kind=OrderKind(fields["20006"]),
            station=make.station(caller=e164(fields.get("20001", ""))),
        )

    def _ask(self, question: Coroutine[Any, Any, T]) -> T:
        assert self.loop is not None
        return asyncio.run_coroutine_threadsafe(question, self.loop).result(timeout=10)


class DeskCounter(CombinedCounter, PasswordCheck):
    """What our side sees: orders over FIX, everything else from the counter behind the desk."""

    def __init__(self, orders: FixOrderEntry, behind: FakeCounter) -> None:
        super().__init__(orders, behind)
        self._behind = behind

    async def login(self, login: str, password: Secret, station: Station) -> Customer:
        return await self._behind.login(login, password, station)

    async def account_of(self, login: str) -> AccountId | None:
        return await self._behind.account_of(login)

    async def customer(self, account: AccountId) -> Customer:
        return await self._behind.customer(account)


# Stopping an acceptor while its thread looks after a session ends the process: it goes with it.
_OPEN: Final[list[tuple[fix.SocketAcceptor, Desk]]] = []


@contextmanager
def desk(folder: Path) -> Iterator[Desk]:
    """Open a desk for the rest of the run; tests come to it one after the other."""
    (folder / "store").mkdir()
    opened = Desk(folder, free_port())
    # The tests live at noon of one day, whenever they run.
    (folder / "desk.cfg").write_text(settings_text(folder, opened.port, {"CheckLatency": "N"}))
    settings = fix.SessionSettings(str(folder / "desk.cfg"))
    acceptor = fix.SocketAcceptor(opened, fix.FileStoreFactory(settings), settings)
    acceptor.start()
    _OPEN.append((acceptor, opened))
    yield opened
