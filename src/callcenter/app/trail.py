"""What is written into the audit trail by persons who are on no call."""

from collections.abc import Mapping
from typing import Final

from callcenter.app.address import database_address
from callcenter.domain.audit import Action, AuditEntry
from callcenter.domain.calls import CallerNumber, CallId, Did
from callcenter.domain.clock import SystemClock
from callcenter.domain.orders import Station
from callcenter.settings import Settings
from callcenter.storage import audit
from callcenter.storage.database import Database

_NOBODY: Final = Station(call=CallId(""), caller=CallerNumber(""), did=Did(""), branch=None)


async def note_dialplan(
    settings: Settings, action: Action, outcome: str, details: Mapping[str, str]
) -> None:
    """Write down what a person does to the dialplan; raise `StoreUnavailable` if that cannot be."""
    database = Database(database_address(settings), pool_size=1)
    entry = AuditEntry(
        at=SystemClock().now(),
        station=_NOBODY,
        account=None,
        action=action,
        outcome=outcome,
        details=details,
    )
    try:
        async with database.at_once() as connection:
            await audit.write(connection, entry)
    finally:
        await database.close()
