"""The command line: every command and its help. What they do is in the modules beside this one."""

import asyncio
import sys
from typing import Annotated

import typer

from callcenter import logs
from callcenter.app import RuleBookError, prepare_database, serve
from callcenter.cli import phone as terminal_phone
from callcenter.cli.agents import agents_app
from callcenter.cli.applications import applications_app
from callcenter.cli.configured import configured
from callcenter.cli.demo import demo
from callcenter.cli.dialplan import dialplan_app
from callcenter.cli.menu import menu_app
from callcenter.cli.news import news_app
from callcenter.cli.paper import paper_app
from callcenter.cli.plan import plan
from callcenter.cli.prompts import prompts_app
from callcenter.cli.reports import add_reports
from callcenter.cli.rules import rules_app
from callcenter.cli.securities import securities_app
from callcenter.cli.show import fail, note
from callcenter.cli.staff import staff_app
from callcenter.cli.statements import statements_app
from callcenter.cli.subscriptions import subscriptions
from callcenter.cli.tickets import tickets_app
from callcenter.cli.transfers import transfers_app
from callcenter.domain.errors import StoreUnavailable
from callcenter.stack.preconditions import CannotStart
from callcenter.stack.stack import Stack
from callcenter.storage.unprivileged import EmbeddedPostgresError

app = typer.Typer(
    help="The securities hotline that a broker runs on Asterisk.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
add_reports(app)
app.add_typer(agents_app, name="agents")
app.add_typer(dialplan_app, name="dialplan")
app.add_typer(transfers_app, name="transfers")
app.add_typer(tickets_app, name="tickets")
app.add_typer(news_app, name="news")
app.add_typer(staff_app, name="staff")
app.add_typer(applications_app, name="applications")
app.add_typer(statements_app, name="statements")
app.command()(subscriptions)
app.add_typer(paper_app, name="paper")
app.add_typer(prompts_app, name="prompts")
app.add_typer(securities_app, name="securities")
app.add_typer(rules_app, name="rules")
app.add_typer(menu_app, name="menu")


@app.callback(help=app.info.help)
def only_warnings() -> None:
    # The commands speak for themselves, and the daemon sets up its own log.
    logs.set_up("console", "WARNING")


@app.command("serve")
def serve_command() -> None:
    """Run the daemon in the foreground until SIGTERM."""
    settings = configured()
    try:
        serve(settings)
    except RuleBookError as error:
        fail(str(error))
    except OSError as error:
        fail(f"The daemon cannot start: {error}. `callcenter up` starts it with all it needs.")


@app.command()
def migrate() -> None:
    """Bring the database to the shape that this version needs; in the demo, fill it."""
    try:
        asyncio.run(prepare_database(configured()))
    except StoreUnavailable as error:
        fail(str(error))


@app.command()
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


@app.command()
def down() -> None:
    """Stop the daemon, Asterisk and PostgreSQL."""
    try:
        Stack(configured(), note).down()
    except (EmbeddedPostgresError, OSError) as error:
        fail(str(error))


@app.command()
def status() -> None:
    """Tell which parts run; exit code 1 unless all do."""
    parts = Stack(configured(), note).status()
    for name, pid in parts.items():
        note(f"{name:<11} {f'runs (process {pid})' if pid else 'does not run'}")
    if not all(parts.values()):
        raise typer.Exit(1)


@app.command()
def phone(
    caller: Annotated[str, typer.Option(help="The number that calls.")] = "13800138000",
    to: Annotated[str, typer.Option(help="The number that is dialled.")] = "4008",
    keys: Annotated[
        str | None,
        typer.Option(
            help="Keys to press and then hang up: groups separated by spaces, each pressed when "
            "the hotline waits for a key; _ is silence. Without it the keyboard is the keypad."
        ),
    ] = None,
) -> None:
    """Call the daemon from this terminal, without a PBX. Exit code 1 if keys were left over."""
    settings = configured()
    sys.exit(terminal_phone.call(settings.host, settings.agi_port, caller, to, keys))


app.command()(demo)
app.command()(plan)


@app.command("log-files")
def log_files() -> None:
    """Print the paths of the logs."""
    for file in Stack(configured(), note).log_files():
        note(str(file))
