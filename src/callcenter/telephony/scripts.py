"""The scripts that the dialplan may call, by name."""

from collections.abc import Mapping

import structlog

from callcenter.telephony.agi_session import AgiSession
from callcenter.telephony.fastagi import Handler

log = structlog.get_logger()


class Scripts:
    """Hands each session to the script that it asks for."""

    def __init__(self, scripts: Mapping[str, Handler]) -> None:
        self._scripts = scripts

    async def lead(self, session: AgiSession) -> None:
        script = self._scripts.get(session.request.script)
        if script is None:
            log.warning("agi.unknown_script", script=session.request.script)
            return
        await script(session)
