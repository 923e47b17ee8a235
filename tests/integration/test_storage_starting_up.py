"""A PostgreSQL that answers, and lets nobody in yet."""

import asyncio
import struct
from collections.abc import AsyncIterator
from typing import Final

import pytest

from callcenter.domain.errors import StoreUnavailable
from callcenter.storage.database import Database

SSL_REQUEST: Final = struct.pack("!II", 8, 80877103)
NOT_YET: Final = (
    b"SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0"  # cannot_connect_now
)


@pytest.fixture
async def starting() -> AsyncIterator[Database]:
    server = await asyncio.start_server(_refuse, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    database = Database(f"postgresql://callcenter@127.0.0.1:{port}/callcenter")
    yield database
    await database.close()
    server.close()
    await server.wait_closed()


async def _refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    if await reader.readexactly(len(SSL_REQUEST)) == SSL_REQUEST:
        writer.write(b"N")
    await reader.read(1)
    writer.write(b"E" + struct.pack("!I", 4 + len(NOT_YET)) + NOT_YET)
    writer.close()
    await writer.wait_closed()


async def test_a_look_at_a_server_that_starts_up_is_an_outage(starting: Database) -> None:
    with pytest.raises(StoreUnavailable, match="starting up"):
        await starting.glance("SELECT")


async def test_so_is_a_transaction(starting: Database) -> None:
    with pytest.raises(StoreUnavailable, match="starting up"):
        async with starting.transaction():
            pass
