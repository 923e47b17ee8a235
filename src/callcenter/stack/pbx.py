"""Asterisk as a part of the stack: installed, configured, started and asked by its scripts."""

import os
import subprocess
import time
from collections.abc import Mapping
from typing import Final

from callcenter.places import ASTERISK_SCRIPTS, Places
from callcenter.settings import Settings
from callcenter.stack.dialplan.proved import prove
from callcenter.stack.preconditions import CannotStart
from callcenter.stack.process import Background

_INSTALL_S: Final = 600.0
_START_S: Final = 30.0
_ASK_S: Final = 10.0


class Pbx:
    def __init__(self, settings: Settings, places: Places) -> None:
        self._settings = settings
        self._places = places
        self.program = Background("asterisk", run_dir=places.run, log_dir=places.logs)

    def install(self) -> None:
        """Find Asterisk and the voice, or get them. Costs time and network only once."""
        root = self._run("install", within_s=_INSTALL_S).strip()
        self._places.pbx_root_file.write_text(root)

    def start(self) -> None:
        """
        Prove the dialplan, configure and start; `wait_ready` tells when it takes calls.

        Raise `CannotStart` if something is wrong with the dialplan.
        """
        prove(self.environment(), self._places.proved_dialplan)
        self.configure()
        self.program.start([str(ASTERISK_SCRIPTS / "run")], self.environment())

    def wait_ready(self) -> None:
        deadline = time.monotonic() + _START_S
        while time.monotonic() < deadline:
            if self.program.process() is None:
                raise CannotStart(f"Asterisk ended at once:\n{self.program.last_words()}")
            if self._is_booted():
                return
            time.sleep(0.05)
        raise CannotStart(f"Asterisk did not come up within {_START_S:g} s. See `make logs`.")

    def environment(self) -> Mapping[str, str]:
        """What asterisk/configure and asterisk/run want to know."""
        s, places = self._settings, self._places
        root = places.pbx_root_file
        return {
            "CALLCENTER_PBX_DIR": str(places.pbx.resolve()),
            "CALLCENTER_PBX_ROOT": root.read_text() if root.exists() else "",
            "CALLCENTER_SIP_HOST": s.sip_host,
            "CALLCENTER_SIP_PORT": str(s.sip_port),
            "CALLCENTER_AGI_HOST": s.host,
            "CALLCENTER_AGI_PORT": str(s.agi_port),
            "CALLCENTER_AMI_HOST": s.ami_host,
            "CALLCENTER_AMI_PORT": str(s.ami_port),
            "CALLCENTER_AMI_SECRET_FILE": str(
                (s.ami_secret_file or places.ami_secret_file).resolve()
            ),
            "CALLCENTER_AGENT_PHONES_FILE": str(
                (s.agent_phones_file or places.agent_phones_file).resolve()
            ),
            "CALLCENTER_RTP_FIRST": str(s.rtp_first),
            "CALLCENTER_RTP_LAST": str(s.rtp_last),
            "CALLCENTER_SOUNDS_DIR": str((s.sounds_dir or places.sounds).resolve()),
            "CALLCENTER_RECORDINGS_DIR": str(places.recordings.resolve()),
            "CALLCENTER_TRUNK_MATCH": s.trunk_match or "127.0.0.1",
            "CALLCENTER_RECORD_CALLS": s.record_calls,
            "CALLCENTER_SYSTEM_NAME": s.system_name,
        }

    def configure(self) -> None:
        """Write the configuration anew, for the next reload. Raise `CannotStart` if that fails."""
        self._run("configure", within_s=_ASK_S)

    def ask(self, command: str) -> str:
        """Return what a console command prints. Raise `CannotStart` if Asterisk does not run."""
        return self._run("rx", command, within_s=_ASK_S)

    def _is_booted(self) -> bool:
        try:
            answer = self._run("rx", "core waitfullybooted", within_s=_ASK_S)
        except CannotStart:
            return False
        return "fully booted" in answer

    def _run(self, script: str, *arguments: str, within_s: float) -> str:
        command = [str(ASTERISK_SCRIPTS / script), *arguments]
        try:
            done = subprocess.run(  # noqa: S603 - our own scripts
                command,
                env={**os.environ, **self.environment()},
                capture_output=True,
                text=True,
                timeout=within_s,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise CannotStart(f"asterisk/{script} took longer than {within_s:g} s.") from None
        if done.returncode != 0:
            raise CannotStart(done.stderr.strip() or f"asterisk/{script} failed.")
        return done.stdout
