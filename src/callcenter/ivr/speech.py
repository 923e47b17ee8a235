"""What the telephone needs of a voice. An engine in `callcenter.telephony` provides it."""

from typing import Protocol

from callcenter.ivr.phone import Utterance


class Speech(Protocol):
    """Turns words into sound. Asking again for the same words is cheap."""

    async def sound(self, utterance: Utterance) -> str:
        """
        Return the path, without its extension, of one sound file that says the utterance.

        Raise `SpeechUnavailable` if no voice can speak it.
        """
        ...

    async def renew(self, utterance: Utterance) -> str:
        """Make the sound again, because the file that `sound` named has gone or is broken."""
        ...
