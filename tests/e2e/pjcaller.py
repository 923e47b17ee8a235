"""
A second caller, on a SIP stack that is not ours (PJSIP): proof that other telephones can dial us.

    python -m tests.e2e.pjcaller --to sip:4008@127.0.0.1:5060 --caller 13800138000 \\
        --record heard.wav "hear 5" "quiet 1" "keys 10000001#" "gone 20"

The steps are taken one after another:

* `wait S`   stay on the line for S seconds
* `keys K`   press the keys
* `hear S`   wait until something is audible, at most S seconds
* `quiet S`  wait until nothing was audible for S seconds
* `gone S`   wait until the far end hangs up, at most S seconds
* `hangup`   hang up; otherwise done after the last step

Each step and each change of the call is a line of JSON on standard output, with the time of day.
The exit status is 0 when every step was done, 1 when one was not, 2 when the script is wrong; the
alarm of the clock ends a script that hangs.
"""

import argparse
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import pjsua2 as pj  # type: ignore[import-untyped]

RATE: Final = 8000
HOST: Final = "127.0.0.1"
AUDIBLE: Final = 2  # of 255, as PJSIP measures; speech is 15 to 40, digital silence 0
KEY_S: Final = 0.35  # PJSIP holds a key for 200 ms
VERBS: Final = ("wait", "keys", "hear", "quiet", "gone", "hangup")
GRACE_S: Final = 10
ANSWER_S: Final = 30.0


class ScriptFailed(Exception):
    """A step could not be done; the text says which and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    verb: str
    value: str

    @classmethod
    def of(cls, text: str) -> Self:
        verb, _, value = text.partition(" ")
        if verb not in VERBS:
            raise argparse.ArgumentTypeError(f"{text!r} begins with none of {', '.join(VERBS)}")
        if verb == "keys" and not set(value) <= set("0123456789*#ABCD"):
            raise argparse.ArgumentTypeError(f"no such keys: {value!r}")
        if verb not in ("keys", "hangup"):
            float(value)
        return cls(verb=verb, value=value)


def tell(event: str, **facts: object) -> None:
    sys.stdout.write(json.dumps({"at": round(time.time(), 3), "event": event, **facts}) + "\n")
    sys.stdout.flush()


class Call(pj.Call):  # type: ignore[misc]
    """The call as PJSIP tells of it. What it hears goes to the recorder; it may play a file."""

    def __init__(
        self,
        account: pj.Account,
        record: Path | None,
        *,
        call_id: int = pj.PJSUA_INVALID_ID,
        play: Path | None = None,
    ) -> None:
        super().__init__(account, call_id)
        self.over = False
        self.status = 0
        self.media: pj.AudioMedia | None = None
        self._record = record
        self._play = play
        self._player: pj.AudioMediaPlayer | None = None
        self._recorder: pj.AudioMediaRecorder | None = None
        self._silence: pj.ToneGenerator | None = None

    def onCallState(self, prm: pj.OnCallStateParam) -> None:
        info = self.getInfo()
        self.status = info.lastStatusCode
        self.over = info.state == pj.PJSIP_INV_STATE_DISCONNECTED
        tell("state", state=info.stateText, status=info.lastStatusCode, reason=info.lastReason)

    def onCallMediaState(self, prm: pj.OnCallMediaStateParam) -> None:
        if self.media is not None:
            return
        self.media = self.getAudioMedia(-1)
        # Without any source of sound PJSIP stops sending, keys included.
        self._silence = pj.ToneGenerator()
        self._silence.createToneGenerator(RATE, 1)
        self._silence.startTransmit(self.media)
        if self._play is not None:
            self._player = pj.AudioMediaPlayer()
            self._player.createPlayer(str(self._play))
            self._player.startTransmit(self.media)
        if self._record is not None:
            self._recorder = pj.AudioMediaRecorder()
            self._recorder.createRecorder(str(self._record))
            self.media.startTransmit(self._recorder)

    def is_audible(self) -> bool:
        # PJSIP looks from its mixer: what the far end says is transmitted to it.
        return self.media is not None and self.media.getTxLevel() >= AUDIBLE

    def let_go(self) -> None:
        """Give back what must be gone before the library is; the recording is whole then."""
        self.media = self._silence = self._recorder = self._player = None


class Telephone:
    """PJSIP with one account and no sound card."""

    def __init__(
        self,
        config: Callable[[], pj.AccountConfig],
        account: Callable[[], pj.Account] = pj.Account,
    ) -> None:
        self.endpoint = pj.Endpoint()
        self.endpoint.libCreate()
        self.endpoint.libInit(_settings())
        transport = pj.TransportConfig()
        transport.boundAddress = HOST
        self.endpoint.transportCreate(pj.PJSIP_TRANSPORT_UDP, transport)
        self.endpoint.audDevManager().setNullDev()
        self.endpoint.libStart()
        for codec, priority in [("PCMA/8000", 255), ("PCMU/8000", 254)]:
            self.endpoint.codecSetPriority(codec, priority)
        self.account = account()
        self.account.create(config())

    def until(self, done: Callable[[], bool], within_s: float) -> bool:
        """Serve the library until `done`; tell whether that was in time."""
        deadline = time.monotonic() + within_s
        while not done() and time.monotonic() < deadline:
            self.endpoint.libHandleEvents(10)
        return done()

    def close(self) -> None:
        self.account.shutdown()
        self.endpoint.libDestroy()


def _settings() -> pj.EpConfig:
    settings = pj.EpConfig()
    settings.logConfig.level = settings.logConfig.consoleLevel = 1
    # All of Python runs in our own thread, inside libHandleEvents.
    settings.uaConfig.threadCnt = 0
    settings.uaConfig.mainThreadOnly = True
    settings.medConfig.clockRate = settings.medConfig.sndClockRate = RATE
    settings.medConfig.noVad = True
    return settings


def _account(caller: str) -> pj.AccountConfig:
    account = pj.AccountConfig()
    account.idUri = f"sip:{caller}@{HOST}"
    account.mediaConfig.transportConfig.boundAddress = HOST
    return account


def play(script: Sequence[Step], telephone: Telephone, call: Call, within_s: float) -> None:
    """Take every step. Raise `ScriptFailed` at the first that cannot be taken."""
    deadline = time.monotonic() + within_s
    for step in script:
        tell("step", step=f"{step.verb} {step.value}".strip())
        left_s = deadline - time.monotonic()
        if call.over and step.verb not in ("gone", "hangup"):
            raise ScriptFailed(f"the call was over before {step.verb} {step.value}")
        if left_s <= 0 or not take(step, telephone, call, left_s):
            raise ScriptFailed(f"not done: {step.verb} {step.value}")


def take(step: Step, telephone: Telephone, call: Call, left_s: float) -> bool:
    """Take one step; tell whether it was done."""
    match step.verb:
        case "keys":
            return all(press(key, telephone, call) for key in step.value)
        case "hangup":
            return hang_up(telephone, call)
        case "hear":
            return telephone.until(call.is_audible, min(float(step.value), left_s))
        case "quiet":
            return keep_quiet(float(step.value), telephone, call, left_s)
        case "gone":
            return telephone.until(lambda: call.over, min(float(step.value), left_s))
        case _:
            telephone.until(lambda: call.over, min(float(step.value), left_s))
            return not call.over


def press(key: str, telephone: Telephone, call: Call) -> bool:
    if call.over:
        return False
    call.dialDtmf(key)
    telephone.until(lambda: call.over, KEY_S)
    return True


def keep_quiet(quiet_s: float, telephone: Telephone, call: Call, left_s: float) -> bool:
    audible_at = time.monotonic()

    def is_quiet() -> bool:
        nonlocal audible_at
        if call.over or call.is_audible():
            audible_at = time.monotonic()
        return call.over or time.monotonic() - audible_at >= quiet_s

    return telephone.until(is_quiet, left_s) and not call.over


def hang_up(telephone: Telephone, call: Call) -> bool:
    if not call.over:
        call.hangup(pj.CallOpParam(True))
    return telephone.until(lambda: call.over, GRACE_S)


def converse(wanted: argparse.Namespace, telephone: Telephone) -> None:
    call = Call(telephone.account, wanted.record)
    try:
        call.makeCall(wanted.to, pj.CallOpParam(True))
        telephone.until(lambda: call.media is not None or call.over, min(ANSWER_S, wanted.within))
        if call.media is None:
            raise ScriptFailed(f"not answered: {call.status}")
        play(wanted.script, telephone, call, wanted.within)
    finally:
        hang_up(telephone, call)
        call.let_go()


def parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="pjcaller", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--to", required=True, help="sip:4008@127.0.0.1:5060")
    parser.add_argument("--caller", required=True)
    parser.add_argument("--record", type=Path, help="WAV file of what is heard")
    parser.add_argument("--within", type=float, default=120.0, help="seconds for the whole script")
    parser.add_argument("script", type=Step.of, nargs="*")
    return parser.parse_args(arguments)


def send_chatter_to_stderr() -> None:
    """Keep PJSIP's own lines, which it writes before it can be told not to, from ours."""
    sys.stdout = os.fdopen(os.dup(1), "w", closefd=False)
    os.dup2(2, 1)


def main(arguments: Sequence[str]) -> int:
    wanted = parsed(arguments)
    # Whatever hangs, in PJSIP or in us, the process ends.
    signal.alarm(int(wanted.within + ANSWER_S + 2 * GRACE_S))
    send_chatter_to_stderr()
    telephone = Telephone(lambda: _account(wanted.caller))
    try:
        converse(wanted, telephone)
    except ScriptFailed as e:
        tell("failed", why=str(e))
        return 1
    finally:
        telephone.close()
    tell("done")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
