"""Where everything of one installation lies: below its state directory."""

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_AGENT_PHONES: Final = 3
ASTERISK_SCRIPTS: Final = Path(__file__).parents[2] / "asterisk"


@dataclass(frozen=True, slots=True)
class Places:
    """The directories below `state`, none of them shared with another installation."""

    state: Path

    @property
    def database(self) -> Path:
        return self.state / "postgresql" / "data"

    @property
    def run(self) -> Path:
        return self.state / "run"

    @property
    def logs(self) -> Path:
        return self.state / "log"

    @property
    def pbx(self) -> Path:
        return self.state / "asterisk"

    @property
    def pbx_root_file(self) -> Path:
        """Names the root that Asterisk and espeak-ng were found under."""
        return self.run / "pbx-root"

    @property
    def proved_dialplan(self) -> Path:
        """Tells which dialplan was sound when it was checked last."""
        return self.run / "proved-dialplan"

    @property
    def sounds(self) -> Path:
        return self.state / "sounds"

    @property
    def voice(self) -> Path:
        """The voice that renders, if tools/voice has installed it."""
        return self.state / "voice"

    @property
    def prompts(self) -> Path:
        """Recordings of operations staff that are played instead of our sounds."""
        return self.state / "prompts"

    @property
    def recordings(self) -> Path:
        return self.state / "recordings"

    @property
    def fix(self) -> Path:
        """Numbers and journal of the FIX session."""
        return self.state / "fix"

    @property
    def fix_log(self) -> Path:
        """Its message log."""
        return self.state / "fix-log"

    @property
    def ami_secret_file(self) -> Path:
        return self.state / "secrets" / "ami"

    @property
    def agent_phones_file(self) -> Path:
        """The telephones of the agents, with their passwords."""
        return self.state / "secrets" / "agent-phones"

    def make(self) -> None:
        """Make the directories, and the secret that Asterisk and the daemon share."""
        for directory in (self.run, self.logs, self.sounds, self.recordings):
            directory.mkdir(parents=True, exist_ok=True)
        if not self.ami_secret_file.exists():
            self.ami_secret_file.parent.mkdir(mode=0o700, exist_ok=True)
            self.ami_secret_file.touch(mode=0o600)
            self.ami_secret_file.write_text(secrets.token_urlsafe(24))
        if not self.agent_phones_file.exists():
            self.agent_phones_file.touch(mode=0o600)
            self.agent_phones_file.write_text(_agent_phones())


def _agent_phones() -> str:
    """Write the file that asterisk/configure reads, for a start with a few telephones."""
    phones = [f"agent{n} {secrets.token_urlsafe(12)}\n" for n in range(1, _AGENT_PHONES + 1)]
    return "".join(
        ["# The agents' telephones: a name and its password, or sip:address.\n", *phones]
    )
