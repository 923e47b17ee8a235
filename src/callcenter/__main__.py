"""`callcenter …` and `python -m callcenter`."""

import sys

from callcenter.cli import starting


def main() -> None:
    if starting.has(*sys.argv[1:2]):
        starting.command_line()()
    else:
        from callcenter.cli.commands import app

        app()


if __name__ == "__main__":
    main()
