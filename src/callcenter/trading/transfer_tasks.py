"""Transfers that nobody knew the outcome of for too long: tasks for a person."""

from callcenter.domain.audit import Action, AuditEntry
from callcenter.domain.clock import Clock
from callcenter.domain.requests import RequestNumber
from callcenter.domain.transfers import Transfer, TransferOutcome, TransferState
from callcenter.trading.transfer_matter import TRANSFER
from callcenter.trading.transfer_ports import TransferBook


class TransferTasks:
    """Where a person writes down what the bank said on the telephone."""

    def __init__(self, book: TransferBook, clock: Clock) -> None:
        self._book = book
        self._clock = clock

    async def resolve(
        self, number: RequestNumber, outcome: TransferOutcome, *, by: str, why: str
    ) -> bool:
        """
        Bring a transfer that is MANUAL to its end, once, and keep who said so and why.

        Return False, and write nothing, if it is not MANUAL (any more).
        """
        transfer = await self._book.find(number)
        if transfer is None or transfer.state is not TransferState.MANUAL:
            return False
        async with self._book.transaction() as tx:
            # Nothing leads back to MANUAL: it is applied to a task, or not at all.
            applied = await tx.move(number, outcome)
            if applied:
                await tx.audit(self._entry(transfer, outcome, by, why))
                await tx.publish(TRANSFER.event(transfer, outcome))
        return applied

    def _entry(self, transfer: Transfer, outcome: TransferOutcome, by: str, why: str) -> AuditEntry:
        return AuditEntry(
            at=self._clock.now(),
            station=transfer.station,
            account=transfer.account,
            action=Action.TRANSFER_RESOLVED,
            outcome=outcome.state.value,
            details={**TRANSFER.details(transfer), "by": by, "why": why},
        )
