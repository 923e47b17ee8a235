"""
Bench `seal`: what sealing a row of the audit trail costs the processor, PostgreSQL's part too.

The bare limit reads the same rows as the text that PostgreSQL makes of them, hashes each with the
hash before it, and copies the hashes into a table.
"""

import hashlib
from typing import TYPE_CHECKING, Final

import asyncpg

from callcenter.storage.database import Database
from callcenter.storage.seal import Sealer
from tests.bench.processor import each_us
from tests.bench.report import Figure, duration
from tests.bench.server import Server
from tests.bench.turns import taking_turns

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]

ROWS: Final = 10_000
ROUNDS: Final = 5
_OFTEN: Final = 5

_TRAIL: Final = """
    INSERT INTO audit_trail
        (at, call_id, caller, did, branch, account, action, outcome, details)
    SELECT now(), 'bench-' || n, '+8613900000000', '4008', '001', '10000001', 'order', 'accepted',
        jsonb_build_object('number', 60000000 + n, 'security', 'SH600000', 'price', '10.05')
    FROM generate_series(1, $1::int) n
"""
_READ: Final = "SELECT t::text FROM audit_trail t ORDER BY id DESC LIMIT $1"


async def bench(server: Server) -> list[Figure]:
    database = Database(server.dsn)
    sealer, connection = Sealer(database), await asyncpg.connect(server.libpq_dsn)

    async def ours() -> float:
        await sealer.seal_all()
        await connection.execute(_TRAIL, ROWS)
        return await each_us(server, sealer.seal_all)

    async def bare() -> float:
        return await each_us(server, lambda: _hash_often(connection))

    try:
        await connection.execute("CREATE TABLE bench_digests (digest bytea)")
        measured = await taking_turns(ours, bare, rounds=ROUNDS)
    finally:
        await connection.close()
        await database.close()
    return [duration("processor to seal a row", *measured, " µs")]


async def _hash_often(connection: "Connection") -> int:
    """Hash so often that ticks of the processor's clock, 10 ms each, do not matter."""
    return sum([await _hash(connection) for _ in range(_OFTEN)])


async def _hash(connection: "Connection") -> int:
    async with connection.transaction():
        digests, last = [], bytes(32)
        for row in await connection.fetch(_READ, ROWS):
            last = hashlib.sha256(last + row[0].encode()).digest()
            digests.append((last,))
        await connection.copy_records_to_table("bench_digests", records=digests)
    return ROWS
