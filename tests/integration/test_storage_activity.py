"""What the server tells of its sessions."""

import asyncio

from sqlalchemy import text

from callcenter.load.watch.sources import DatabaseServer
from callcenter.storage.activity import IDLE_IN_TRANSACTION, activity
from callcenter.storage.database import Database


async def test_sessions_are_counted_and_named_by_what_they_wait_for(database: Database) -> None:
    async with database.transaction() as holder, database.transaction() as waiter:
        await holder.execute(text("SELECT pg_advisory_xact_lock(4242)"))
        waiting = asyncio.create_task(
            waiter.execute(text("SELECT pg_advisory_xact_lock(4242)")), name="waiter"
        )
        while "Lock:advisory" not in (seen := await activity(database)).waits:
            assert not waiting.done()
        await holder.rollback()
        await waiting

    assert seen.waits["Lock:advisory"] == 1
    assert seen.waits[IDLE_IN_TRANSACTION] >= 1
    assert seen.connections >= 2
    assert seen.commits > 0


async def test_a_load_run_sees_them_as_gauges(database: Database) -> None:
    seen = await DatabaseServer(database).look()

    assert seen.gauges["postgresql connections"] >= 0
    assert seen.gauges["postgresql commits"] > 0
