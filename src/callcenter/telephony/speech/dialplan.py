"""The few sentences that Asterisk says on its own, when the daemon cannot."""

import asyncio
import shutil
from pathlib import Path
from typing import Final

import structlog

from callcenter.domain.calls import Language
from callcenter.domain.errors import SpeechUnavailable
from callcenter.ivr.catalogue import Catalogue, say
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.speech import Speech

log = structlog.get_logger()

_SAID_BY_ASTERISK: Final = (Prompt.ONE_MOMENT, Prompt.MAINTENANCE, Prompt.LINE_TEST)
_EXTENSION: Final = ".alaw"


async def lay_out(speech: Speech, catalogue: Catalogue, sounds: Path) -> None:
    """Put them where the dialplan looks: sounds/dialplan/LANGUAGE/NAME."""
    for language in Language:
        directory = sounds / "dialplan" / language.value
        directory.mkdir(parents=True, exist_ok=True)
        for prompt in _SAID_BY_ASTERISK:
            try:
                made = await speech.sound(catalogue.utterance([say(prompt)], language))
            except SpeechUnavailable as error:
                log.warning("speech.dialplan_sound_missing", prompt=prompt, reason=str(error))
                continue
            target = directory / f"{prompt.value}{_EXTENSION}"
            await asyncio.to_thread(shutil.copyfile, f"{made}{_EXTENSION}", target)
