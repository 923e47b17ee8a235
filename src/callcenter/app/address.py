"""Where everything is: the settings, and the database that they name."""

from pydantic import ValidationError

from callcenter.places import Places
from callcenter.settings import Settings
from callcenter.storage.embedded import EmbeddedPostgres


def embedded_postgres(settings: Settings) -> EmbeddedPostgres:
    places = Places(settings.state_dir)
    return EmbeddedPostgres(places.database, sockets=places.run)


def database_address(settings: Settings) -> str:
    """Return the address of PostgreSQL: the one that is set, else the embedded one's."""
    if settings.database_url_file is not None:
        return settings.database_url_file.read_text().strip()
    return embedded_postgres(settings).dsn


def load_settings() -> Settings:
    """Read the settings; raise ValueError, naming each, if some are wrong."""
    try:
        return Settings()
    except ValidationError as error:
        faults = [_fault(fault["loc"], fault["msg"]) for fault in error.errors()]
        raise ValueError("; ".join(faults)) from error


def _fault(location: tuple[int | str, ...], message: str) -> str:
    if not location:
        return message.removeprefix("Value error, ")
    return f"CALLCENTER_{str(location[0]).upper()}: {message}"
