"""
The commands that start and stop the hotline.

A start waits for none of the libraries of the others: what few need is imported where it is used.
"""

import asyncio
import sys
from typing import Annotated

import typer

import callcenter.app as parts
from callcenter.cli.configured import configured
from callcenter.cli.show import fail, note
from callcenter.domain.errors import StoreUnavailable
from callcenter.stack.preconditions import CannotStart
from callcenter.stack.stack import Stack
from callcenter.storage.unprivileged import EmbeddedPostgresError


def serve(
    when_told: Annotated[
        bool, typer.Option(hidden=True, help="Wait for a line before beginning.")
    ] = False,
) -> None:
    """Run the daemon in the foreground until SIGTERM."""
    settings = configured()
    try:
        run = parts.serve
        if not when_told or sys.stdin.readline():
            run(settings)
    except parts.RuleBookError as error:
        fail(str(error))
    except OSError as error:
        fail(f"The daemon cannot start: {error}. `callcenter up` starts it with all it needs.")


def migrate() -> None:
    """Bring the database to the shape that this version needs; in the demo, fill it."""
    try:
        asyncio.run(parts.prepare_database(configured()))
    except StoreUnavailable as error:
        fail(str(error))


def up() -> None:
    """Start PostgreSQL, Asterisk and the daemon, whichever of them does not run."""
    settings = configured()
    try:
        Stack(settings, note).up()
    except (CannotStart, EmbeddedPostgresError, StoreUnavailable, OSError) as error:
        fail(str(error))
    note("")
    note(f"Dial      sip:4008@{settings.sip_host}:{settings.sip_port} (6001 … 6017, 9000: echo)")
    note("or type   .venv/bin/callcenter phone")
    note("account   10000001, password 246810")


def down() -> None:
    """Stop the daemon, Asterisk and PostgreSQL."""
    try:
        Stack(configured(), note).down()
    except (EmbeddedPostgresError, OSError) as error:
        fail(str(error))


def status() -> None:
    """Tell which parts run; exit code 1 unless all do."""
    parts = Stack(configured(), note).status()
    for name, pid in parts.items():
        note(f"{name:<11} {f'runs (process {pid})' if pid else 'does not run'}")
    if not all(parts.values()):
        raise typer.Exit(1)


def log_files() -> None:
    """Print the paths of the logs."""
    for file in Stack(configured(), note).log_files():
        note(str(file))
