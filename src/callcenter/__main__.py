"""`callcenter …` and `python -m callcenter`."""

import sys

from callcenter.cli.commands import command_line


def main() -> None:
    command_line(*sys.argv[1:2])()


if __name__ == "__main__":
    main()
