"""The command line: every command and its help. What they do is in the modules beside this one."""

import sys
from typing import Annotated

import typer

from callcenter.cli import phone as terminal_phone
from callcenter.cli.agents import agents_app
from callcenter.cli.applications import applications_app
from callcenter.cli.configured import configured
from callcenter.cli.demo import demo
from callcenter.cli.dialplan import dialplan_app
from callcenter.cli.load import load
from callcenter.cli.menu import menu_app
from callcenter.cli.news import news_app
from callcenter.cli.paper import paper_app
from callcenter.cli.plan import plan
from callcenter.cli.prompts import prompts_app
from callcenter.cli.reports import add_reports
from callcenter.cli.rules import rules_app
from callcenter.cli.securities import securities_app
from callcenter.cli.staff import staff_app
from callcenter.cli.starting import command_line
from callcenter.cli.statements import statements_app
from callcenter.cli.subscriptions import subscriptions
from callcenter.cli.tickets import tickets_app
from callcenter.cli.transfers import transfers_app

app = command_line()
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
app.command()(load)
app.command()(plan)
