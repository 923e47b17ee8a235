"""A link to Asterisk for one command."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from callcenter.places import Places
from callcenter.settings import Settings
from callcenter.telephony.ami import AmiClient

_LINKED_WITHIN_S: Final = 5.0


class NoPbx(Exception):
    """Asterisk does not answer."""


def ami_client(settings: Settings, *, event_classes: str = "on") -> AmiClient:
    """Return a client that is not connected yet. Raise `OSError` if its password is not there."""
    file = settings.ami_secret_file or Places(settings.state_dir).ami_secret_file
    secret = file.read_text().strip()
    return AmiClient(
        settings.ami_host,
        settings.ami_port,
        settings.ami_user,
        secret,
        event_classes=event_classes,
    )


@asynccontextmanager
async def pbx_link(settings: Settings, *, event_classes: str = "on") -> AsyncIterator[AmiClient]:
    """Link for as long as the block takes; raise `NoPbx` if nobody answers."""
    where = f"{settings.ami_host}:{settings.ami_port}"
    try:
        ami = ami_client(settings, event_classes=event_classes)
    except OSError as error:
        raise NoPbx(f"{error}") from error
    await ami.start()
    try:
        try:
            async with asyncio.timeout(_LINKED_WITHIN_S):
                await ami.wait_connected()
        except TimeoutError:
            raise NoPbx(f"Asterisk does not answer at {where}") from None
        yield ami
    finally:
        await ami.stop()
