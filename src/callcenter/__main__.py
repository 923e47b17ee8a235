"""`callcenter …` and `python -m callcenter`."""

from callcenter.cli.commands import app


def main() -> None:
    app()


if __name__ == "__main__":
    main()
