"""The message log (报文日志): everything that crossed the wire, by day, without secrets."""

import re
from datetime import date
from pathlib import Path
from typing import Final, TextIO

from callcenter.domain.clock import Clock

# Password, EncryptedPassword, NewPassword, RawData: of whatever length, wherever they stand.
# A secret may have the separator in it: it ends where the next field begins.
_SECRETS: Final = re.compile(r"(^|\|)(554|1402|925|1404|96)=[^|]*(?:\|(?!\d+=|$)[^|]*)*")
_LOGON: Final = "|35=A|"
_USER_REQUEST: Final = "|35=BE|"


class WireLog:
    """
    Lines of a time, a direction (`<` in, `>` out, `!` what happened) and a message.

    One file a day, readable by its owner alone. Lines wait in memory until `flush`.
    """

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock
        self._day = 0
        self._file: TextIO | None = None

    def write(self, direction: str, message: str) -> None:
        now = self._clock.now()
        if self._file is None or now.toordinal() != self._day:
            self._file = self._open(now.date())
        if _LOGON in message or _USER_REQUEST in message:
            message = _SECRETS.sub(r"\1\2=***", message)
        self._file.write(f"{now.time().isoformat('microseconds')} {direction} {message}\n")

    def flush(self) -> None:
        if self._file is not None:
            self._file.flush()

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _open(self, day: date) -> TextIO:
        self.close()
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._folder / f"fix-{day:%Y%m%d}.log"
        path.touch(mode=0o600)
        self._day = day.toordinal()
        return path.open("a", encoding="utf-8")
