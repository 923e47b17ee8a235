"""
The command line: the name of every command, and where it is.

Who types a command waits for no library of the others: only what was named is imported.
"""

from importlib import import_module
from typing import Any, Final

import typer

from callcenter import logs

_LIKE: Final[dict[str, Any]] = {
    "help": "The securities hotline that a broker runs on Asterisk.",
    "no_args_is_help": True,
    "add_completion": False,
    "pretty_exceptions_enable": False,
}
# A module beside this one, and the function or group of commands there.
_COMMANDS: Final = {
    "up": ("starting", "up"),
    "down": ("starting", "down"),
    "status": ("starting", "status"),
    "serve": ("starting", "serve"),
    "migrate": ("starting", "migrate"),
    "log-files": ("starting", "log_files"),
    "calls": ("reports", "calls_app"),
    "audit": ("reports", "audit_app"),
    "orders": ("reports", "orders"),
    "fills": ("differences", "fills"),
    "reconcile": ("differences", "reconcile"),
    "money": ("reports", "money"),
    "positions": ("reports", "positions"),
    "agents": ("agents", "agents_app"),
    "dialplan": ("dialplan", "dialplan_app"),
    "transfers": ("transfers", "transfers_app"),
    "tickets": ("tickets", "tickets_app"),
    "news": ("news", "news_app"),
    "staff": ("staff", "staff_app"),
    "applications": ("applications", "applications_app"),
    "statements": ("statements", "statements_app"),
    "subscriptions": ("subscriptions", "subscriptions"),
    "paper": ("paper", "paper_app"),
    "prompts": ("prompts", "prompts_app"),
    "securities": ("securities", "securities_app"),
    "rules": ("rules", "rules_app"),
    "menu": ("menu", "menu_app"),
    "phone": ("phone", "phone"),
    "demo": ("demo", "demo"),
    "load": ("load", "load"),
    "plan": ("plan", "plan"),
}


def command_line(typed: str = "") -> typer.Typer:
    """Return a command line that has the command `typed`; one that has all if it is none."""
    app = typer.Typer(**_LIKE)
    app.callback(help=_LIKE["help"])(_only_warnings)
    for name in [typed] if typed in _COMMANDS else _COMMANDS:
        _add(app, name)
    return app


def _add(app: typer.Typer, name: str) -> None:
    module, member = _COMMANDS[name]
    found = getattr(import_module(f"callcenter.cli.{module}"), member)
    if isinstance(found, typer.Typer):
        app.add_typer(found, name=name)
    else:
        app.command(name)(found)


def _only_warnings() -> None:
    # The commands speak for themselves, and the daemon sets up its own log.
    logs.set_up("console", "WARNING")
