"""The audit trail keeps what was written, and whoever changes it is found out."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.storage import audit
from callcenter.storage.database import Database
from callcenter.storage.seal import BEGINNING, Anchor, Sealer, anchor
from callcenter.storage.verify import Fault, Finding, verify
from tests import make


@pytest.fixture
def sealer(database: Database) -> Sealer:
    return Sealer(database)


async def write(database: Database, *outcomes: str) -> None:
    async with database.transaction() as connection:
        for outcome in outcomes:
            await audit.write(connection, make.entry(outcome=outcome))


@asynccontextmanager
async def tampering(database: Database) -> AsyncIterator[AsyncConnection]:
    """What somebody with full access to the server can do."""
    async with database.transaction() as connection:
        for table in ("audit_trail", "audit_seals"):
            await connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER append_only"))
        yield connection
        for table in ("audit_trail", "audit_seals"):
            await connection.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER append_only"))


async def tamper(database: Database, *statements: str) -> None:
    async with tampering(database) as connection:
        for statement in statements:
            await connection.execute(text(statement))


async def faults(database: Database, known: Anchor | None = None) -> list[Finding]:
    return list((await verify(database, anchor=known)).findings)


@pytest.mark.parametrize("table", ["audit_trail", "audit_seals"])
@pytest.mark.parametrize(
    "statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}"], ids=lambda s: s[:6]
)
async def test_rows_and_seals_cannot_be_changed(
    database: Database, sealer: Sealer, table: str, statement: str
) -> None:
    await write(database, "accepted")
    await sealer.seal_all()
    column = {"audit_trail": "outcome", "audit_seals": "sealed_at"}[table]

    with pytest.raises(Exception, match=f"{table} is append-only"):
        async with database.transaction() as connection:
            await connection.execute(text(statement.format(table, column, column)))

    assert (await verify(database)).intact


async def test_an_empty_trail_is_intact(database: Database) -> None:
    report = await verify(database)

    assert report.intact
    assert (report.seals, report.unsealed, report.last) == (0, 0, BEGINNING)


async def test_what_was_written_is_sealed_without_gaps(database: Database, sealer: Sealer) -> None:
    await write(database, "pending", "accepted")
    first = await sealer.seal_once()
    await write(database, "refused:1001")
    second = await sealer.seal_once()

    report = await verify(database)
    assert (first, second) == (2, 1)
    assert report.intact
    assert (report.seals, report.unsealed) == (3, 0)
    assert report.last == await anchor(database)
    assert report.last.seal_no == 3


async def test_sealing_again_seals_nothing(database: Database, sealer: Sealer) -> None:
    await write(database, "accepted")
    await sealer.seal_all()

    assert await sealer.seal_once() == 0


async def test_a_row_that_is_committed_late_is_sealed_too(
    database: Database, sealer: Sealer
) -> None:
    async with database.transaction() as slow:
        await audit.write(slow, make.entry(outcome="numbered first, committed last"))
        await write(database, "accepted")
        before = await sealer.seal_all()
    after = await sealer.seal_all()

    assert (before, after) == (1, 1)
    assert (await verify(database)).intact


async def test_a_row_that_was_rolled_back_leaves_no_gap(database: Database, sealer: Sealer) -> None:
    await write(database, "accepted")
    with suppress(ZeroDivisionError):
        async with database.transaction() as connection:
            await audit.write(connection, make.entry())
            raise ZeroDivisionError
    await write(database, "accepted")

    await sealer.seal_all()

    assert (await verify(database)).intact


async def test_many_daemons_seal_each_row_once(dsn: str) -> None:
    daemons = [Database(dsn) for _ in range(3)]
    await write(daemons[0], *["accepted"] * 50)

    sealed = await asyncio.gather(*(Sealer(database).seal_all() for database in daemons * 3))

    assert sum(sealed) == 50
    assert (await verify(daemons[0])).intact
    for database in daemons:
        await database.close()


async def test_a_running_sealer_seals_what_comes(database: Database) -> None:
    behind = asyncio.create_task(Sealer(database, every_s=0.001).run())

    await write(database, "accepted")
    async with asyncio.timeout(10):
        while (await anchor(database)).seal_no == 0:
            pass

    behind.cancel()
    await asyncio.wait([behind])


async def test_rows_that_wait_for_their_seal_are_counted(database: Database) -> None:
    just_now = datetime.now(UTC)
    async with database.transaction() as connection:
        await audit.write(connection, make.entry(at=just_now))
        await audit.write(connection, make.entry(at=just_now))

    report = await verify(database)

    assert report.intact
    assert (report.unsealed, report.oldest_unsealed) == (2, just_now)


async def test_rows_that_wait_for_too_long_are_a_fault(database: Database) -> None:
    await write(database, "accepted")

    assert await faults(database) == [Finding(fault=Fault.UNSEALED)]


@pytest.mark.parametrize(
    "change",
    [
        "outcome = 'refused:1001'",
        "at = at + interval '1 microsecond'",
        "account = '10000002'",
        "account = NULL",
        "branch = ''",
        "caller = '+8613800138001'",
        """details = details || '{"price": "10.06"}'""",
    ],
)
async def test_a_changed_row_is_found(database: Database, sealer: Sealer, change: str) -> None:
    await write(database, "pending", "accepted", "accepted")
    await sealer.seal_all()

    await tamper(database, f"UPDATE audit_trail SET {change} WHERE id = 2")  # noqa: S608

    assert await faults(database) == [Finding(fault=Fault.CHANGED, seal_no=2, audit_id=2)]


async def test_a_removed_row_is_found(database: Database, sealer: Sealer) -> None:
    await write(database, "pending", "accepted", "accepted")
    await sealer.seal_all()

    await tamper(database, "DELETE FROM audit_trail WHERE id = 2")

    assert await faults(database) == [Finding(fault=Fault.ROW_REMOVED, seal_no=2, audit_id=2)]


async def test_a_row_removed_with_its_seal_is_found(database: Database, sealer: Sealer) -> None:
    await write(database, "pending", "accepted", "accepted")
    await sealer.seal_all()

    await tamper(
        database,
        "DELETE FROM audit_trail WHERE id = 2",
        "DELETE FROM audit_seals WHERE seal_no = 2",
    )

    assert await faults(database) == [Finding(fault=Fault.SEAL_MISSING, seal_no=2)]


async def test_a_row_removed_with_its_seal_is_found_when_the_seals_close_up(
    database: Database, sealer: Sealer
) -> None:
    await write(database, "pending", "accepted", "accepted")
    await sealer.seal_all()

    await tamper(
        database,
        "DELETE FROM audit_trail WHERE id = 2",
        "DELETE FROM audit_seals WHERE seal_no = 2",
        "UPDATE audit_seals SET seal_no = 2 WHERE seal_no = 3",
    )

    assert await faults(database) == [Finding(fault=Fault.CHANGED, seal_no=2, audit_id=3)]


async def test_seals_that_changed_places_are_found(database: Database, sealer: Sealer) -> None:
    await write(database, "pending", "accepted", "accepted")
    await sealer.seal_all()

    await tamper(
        database,
        "UPDATE audit_seals SET seal_no = 10 WHERE seal_no = 1",
        "UPDATE audit_seals SET seal_no = 1 WHERE seal_no = 2",
        "UPDATE audit_seals SET seal_no = 2 WHERE seal_no = 10",
    )

    found = await faults(database)
    assert {finding.fault for finding in found} == {Fault.CHANGED}
    assert found[0].seal_no == 1


async def test_a_row_whose_wait_was_ended_without_a_seal_is_found(
    database: Database, sealer: Sealer
) -> None:
    await write(database, "accepted")

    await tamper(database, "DELETE FROM audit_unsealed")
    await sealer.seal_all()

    assert await faults(database) == [Finding(fault=Fault.UNSEALED)]


async def test_a_row_slipped_in_between_later_is_found(database: Database, sealer: Sealer) -> None:
    await write(database, "pending", "accepted")
    await sealer.seal_all()
    await tamper(
        database,
        "UPDATE audit_seals SET sealed_at = sealed_at - interval '1 hour'",
        """
        INSERT INTO audit_trail OVERRIDING SYSTEM VALUE
        SELECT 0, at, call_id, caller, did, branch, account, action, 'forged', details
        FROM audit_trail WHERE id = 1
        """,
    )

    await sealer.seal_all()

    assert await faults(database) == [Finding(fault=Fault.OUT_OF_ORDER, seal_no=3, audit_id=0)]


async def test_an_anchor_from_before_proves_what_was_before_it(
    database: Database, sealer: Sealer
) -> None:
    await write(database, "pending")
    await sealer.seal_all()
    known = Anchor.parse(str(await anchor(database)))
    await write(database, "accepted")
    await sealer.seal_all()

    assert await faults(database, known) == []


async def test_a_tail_that_was_cut_with_its_seals_shows_against_an_anchor(
    database: Database, sealer: Sealer
) -> None:
    await write(database, "pending", "accepted")
    await sealer.seal_all()
    known = await anchor(database)

    await tamper(
        database,
        "DELETE FROM audit_trail WHERE id = 2",
        "DELETE FROM audit_seals WHERE seal_no = 2",
    )

    assert await faults(database) == []
    assert await faults(database, known) == [Finding(fault=Fault.ANCHOR_MISSING, seal_no=2)]


async def test_a_trail_that_was_sealed_anew_shows_against_an_anchor(
    database: Database, sealer: Sealer
) -> None:
    await write(database, "pending", "accepted")
    await sealer.seal_all()
    known = await anchor(database)

    await tamper(
        database,
        "UPDATE audit_trail SET outcome = 'forged' WHERE id = 2",
        "DELETE FROM audit_seals",
        "INSERT INTO audit_unsealed SELECT id FROM audit_trail",
    )
    await sealer.seal_all()

    assert await faults(database) == []
    assert await faults(database, known) == [
        Finding(fault=Fault.ANCHOR_DIFFERS, seal_no=2, audit_id=2)
    ]


async def test_a_trail_of_many_pages_is_sealed_and_proved(
    database: Database, sealer: Sealer
) -> None:
    await tamper(
        database,
        """
        INSERT INTO audit_trail (at, call_id, caller, did, action, outcome, details)
        SELECT now(), 'pbx-1.' || i, '', '4008', 'order', 'accepted', '{}'
        FROM generate_series(1, 12000) AS i
        """,
    )

    assert await sealer.seal_all() == 12000

    report = await verify(database, patience=timedelta(0))
    assert report.intact
    assert report.seals == 12000


async def test_words_of_any_script_are_sealed(database: Database, sealer: Sealer) -> None:
    async with database.transaction() as connection:
        await audit.write(connection, make.entry(details={"name": '浦发银行 "\\\u2028', "": "é"}))

    await sealer.seal_all()

    assert (await verify(database)).intact
