"""Where an operator works with the counter's list of securities."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from callcenter.app.address import database_address
from callcenter.app.parts import load_rule_book
from callcenter.domain.clock import SystemClock
from callcenter.domain.securities import Board, Market
from callcenter.gateways.paper.listing import PaperListing
from callcenter.gateways.paper.listing_file import BoardOf, Fault, Listed, read_file
from callcenter.settings import Settings


@asynccontextmanager
async def open_listing(settings: Settings) -> AsyncIterator[PaperListing]:
    """Connect for as long as a command takes."""
    listing = PaperListing(database_address(settings))
    await listing.start()
    try:
        yield listing
    finally:
        await listing.stop()


def read_listing(settings: Settings, file: Path) -> tuple[Sequence[Listed], Sequence[Fault]]:
    """Return what a file lists, and all that is wrong with it by the rules of this moment."""
    return read_file(file, _boards(settings, SystemClock().now()))


def _boards(settings: Settings, at: datetime) -> BoardOf:
    rules = load_rule_book(settings.rule_choices)

    def board_of(market: Market, code: str) -> Board | None:
        rule = rules.listing(market, code, at)
        return None if rule is None else rule.values.board

    return board_of
