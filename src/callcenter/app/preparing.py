"""Prepares a database before anything is started on it."""

from callcenter.app.address import database_address
from callcenter.app.news import seed_news
from callcenter.gateways.paper.seed import seed_demo
from callcenter.settings import Settings
from callcenter.storage import migrate


async def prepare_database(settings: Settings) -> None:
    """Bring the database to the shape that this version needs; in the demo, fill it."""
    dsn = database_address(settings)
    await migrate.upgrade(dsn)
    if settings.environment == "demo":
        await seed_demo(dsn, production=False)
        await seed_news(settings)
