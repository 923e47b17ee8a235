"""The settings of whoever typed a command."""

from callcenter.app import Settings, load_settings
from callcenter.cli.show import fail


def configured() -> Settings:
    """Read the settings; if some are wrong, say which and leave."""
    try:
        return load_settings()
    except ValueError as error:
        fail(f"{error}. docs/runbook.md lists the settings.")
