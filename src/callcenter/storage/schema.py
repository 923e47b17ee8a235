"""Every table of ours, for whoever has to know them all: migrations and their tests."""

from typing import Final

from sqlalchemy import MetaData

from callcenter.storage import (
    menu_tables,
    news_tables,
    request_tables,
    subscription_tables,
    tables,
    ticket_tables,
)

metadata: Final[MetaData] = tables.metadata

__all__ = [
    "menu_tables",
    "metadata",
    "news_tables",
    "request_tables",
    "subscription_tables",
    "ticket_tables",
]
