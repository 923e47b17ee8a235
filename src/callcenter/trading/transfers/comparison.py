"""The end of the day: our transfers against the bank's list (日终对账), to the fen."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import Final

import structlog

from callcenter.domain.clock import Clock, trade_date
from callcenter.domain.errors import CallcenterError
from callcenter.domain.requests import RequestId
from callcenter.domain.transfers import (
    OPEN,
    Difference,
    DifferenceKind,
    Transfer,
    TransferOutcome,
    TransferState,
    may_become,
)
from callcenter.trading.requests.engine import Requests
from callcenter.trading.transfers.ports import BankLink, BankRecord, TransferBook

log = structlog.get_logger()

_NOTHING: Final = "-"
_POSTED: Final = frozenset({TransferState.DONE, TransferState.ACCEPTED, TransferState.MANUAL})


def compare(
    day: date, ours: Sequence[Transfer], theirs: Mapping[RequestId, BankRecord], *, as_of: datetime
) -> Iterator[Difference]:
    """
    Tell where the two disagree; what is open on our side is left to reconciliation.

    `as_of` is when they were asked: what has moved since is left for the next time. A request that
    only one side has is a difference only if money moved for it.
    """
    for transfer in ours:
        if transfer.state not in OPEN and transfer.updated_at <= as_of:
            yield from _differences(day, transfer, theirs.get(transfer.request_id))
    known = {transfer.request_id for transfer in ours}
    for record in theirs.values():
        if record.request_id not in known and record.outcome.state in _POSTED:
            yield _difference(day, record.request_id, DifferenceKind.ONLY_BANK, None, record)


def _differences(day: date, transfer: Transfer, record: BankRecord | None) -> Iterator[Difference]:
    request_id, ours, done = transfer.request_id, transfer.state, TransferState.DONE
    if record is None:
        if ours is done:
            yield _difference(day, request_id, DifferenceKind.ONLY_OURS, transfer, None)
        return
    if (record.outcome.state in _POSTED) != (ours is done):
        yield _difference(day, request_id, DifferenceKind.STATE, transfer, record)
    if _what(transfer) != _what(record):
        yield _difference(day, request_id, DifferenceKind.AMOUNT, transfer, record)


def _difference(
    day: date,
    request_id: RequestId,
    kind: DifferenceKind,
    ours: Transfer | None,
    theirs: BankRecord | None,
) -> Difference:
    known = ours.account if ours else theirs.account if theirs else None
    if known is None:
        raise ValueError("a difference needs a side")
    return Difference(
        day=day,
        request_id=request_id,
        account=known,
        kind=kind,
        ours=_words(ours),
        theirs=_words(theirs),
    )


def _what(side: Transfer | BankRecord) -> tuple[str, ...]:
    of = side.draft if isinstance(side, Transfer) else side
    return of.account, of.bank, of.direction, str(of.amount)


def _words(side: Transfer | BankRecord | None) -> str:
    return _NOTHING if side is None else " ".join((*_what(side), side.outcome.state))


class TransferComparison:
    """Compares once a day, when the banks have closed, in any number of daemons."""

    def __init__(
        self,
        link: BankLink,
        book: TransferBook,
        clock: Clock,
        requests: Requests[Transfer, TransferOutcome],
        *,
        at: time,
        look_every_s: float,
    ) -> None:
        self._link = link
        self._book = book
        self._clock = clock
        self._requests = requests
        self._at = at
        self._look_every_s = look_every_s
        self._compared: date | None = None

    async def run(self) -> None:
        """Compare each day at its time, or on a later start, until cancelled."""
        while True:
            now = self._clock.now()
            if now.time() >= self._at and self._compared != trade_date(now):
                await self._try(trade_date(now))
            await asyncio.sleep(self._look_every_s)

    async def once(self, day: date) -> Sequence[Difference]:
        """
        Compare a day and keep what disagrees; return what was not known before.

        What the bank has taken back (冲正) since it told us is written down, and is no difference.
        """
        as_of = self._clock.now()
        theirs = {record.request_id: record async for record in self._link.records(day)}
        # Ours are read last: whatever the bank has seen was written down here before.
        ours = [
            await self._follow(one, theirs.get(one.request_id))
            for one in await self._book.of_day(day)
        ]
        new = await self._book.note(list(compare(day, ours, theirs, as_of=as_of)))
        for one in new:
            log.error("transfers.differ", request=one.request_id, kind=one.kind.value)
        return new

    async def _follow(self, transfer: Transfer, record: BankRecord | None) -> Transfer:
        if record is None or not may_become(transfer.state, record.outcome.state):
            return transfer
        await self._requests.settle(transfer)
        return await self._book.find(transfer.number) or transfer

    async def _try(self, day: date) -> None:
        try:
            await self.once(day)
        except CallcenterError as error:
            log.warning("transfers.not_compared", error=str(error))
        else:
            self._compared = day
