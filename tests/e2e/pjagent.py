"""
An agent's telephone, on a SIP stack that is not ours (PJSIP): registers, rings, and answers.

    python -m tests.e2e.pjagent --at 127.0.0.1:5060 --name agent1 --password … \\
        --record heard.wav --play said.wav "answer 20" "wait 3" "hangup"

The steps are taken one after another:

* `ring S`    wait for a call and let it ring for S seconds
* `answer S`  answer the call that comes, within S seconds
* `wait S`    stay on the line for S seconds
* `hangup`    hang up

Each step is a line of JSON on standard output, `ready` when the telephone is registered, and
`rings` with the headers of ours that came with the call.
"""

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pjsua2 as pj  # type: ignore[import-untyped]

from tests.e2e.pjcaller import HOST, Call, Telephone, send_chatter_to_stderr, tell

REGISTERED_S: Final = 10.0
CALLED_S: Final = 60.0
_OURS: Final = re.compile(r"^(X-Callcenter-\w+): ?(.*?)\r?$", re.MULTILINE)


class Desk(pj.Account):  # type: ignore[misc]
    """The account of the agent. One call at a time."""

    def __init__(self, record: Path | None, play: Path | None) -> None:
        super().__init__()
        self.call: Call | None = None
        self._record = record
        self._play = play

    def onIncomingCall(self, prm: pj.OnIncomingCallParam) -> None:
        self.call = Call(self, self._record, call_id=prm.callId, play=self._play)
        headers = dict(_OURS.findall(prm.rdata.wholeMsg))
        tell("rings", caller=self.call.getInfo().remoteUri, headers=headers)


def account_config(wanted: argparse.Namespace) -> pj.AccountConfig:
    config = pj.AccountConfig()
    config.idUri = f"sip:{wanted.name}@{wanted.at}"
    config.regConfig.registrarUri = f"sip:{wanted.at}"
    config.sipConfig.authCreds.append(
        pj.AuthCredInfo("digest", "*", wanted.name, 0, wanted.password)
    )
    config.mediaConfig.transportConfig.boundAddress = HOST
    return config


def work(wanted: argparse.Namespace, telephone: Telephone, desk: Desk) -> bool:
    """Take every step; tell whether all were done."""
    if not telephone.until(lambda: desk.getInfo().regIsActive, REGISTERED_S):
        return False
    tell("ready")
    return all(take(step, telephone, desk) for step in wanted.script)


def take(step: str, telephone: Telephone, desk: Desk) -> bool:
    tell("step", step=step)
    verb, _, value = step.partition(" ")
    match verb:
        case "ring":
            return ring(telephone, desk, float(value))
        case "answer":
            return answer(telephone, desk, float(value))
        case "wait":
            telephone.until(lambda: desk.call is None or desk.call.over, float(value))
            return True
        case _:
            return hang_up(telephone, desk)


def ring(telephone: Telephone, desk: Desk, for_s: float) -> bool:
    if not telephone.until(lambda: desk.call is not None, CALLED_S) or desk.call is None:
        return False
    ringing = pj.CallOpParam()
    ringing.statusCode = 180
    desk.call.answer(ringing)
    telephone.until(lambda: False, for_s)
    return True


def answer(telephone: Telephone, desk: Desk, within_s: float) -> bool:
    if not telephone.until(lambda: desk.call is not None, within_s) or desk.call is None:
        return False
    accepted = pj.CallOpParam()
    accepted.statusCode = 200
    call = desk.call
    call.answer(accepted)
    return telephone.until(lambda: call.media is not None, within_s)


def hang_up(telephone: Telephone, desk: Desk) -> bool:
    if desk.call is None:
        return False
    call = desk.call
    if not call.over:
        call.hangup(pj.CallOpParam(True))
    return telephone.until(lambda: call.over, REGISTERED_S)


def parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="pjagent")
    parser.add_argument("--at", required=True)
    parser.add_argument("--name", required=True)
    parser.add_argument("--password", required=True)
    parser.add_argument("--record", type=Path)
    parser.add_argument("--play", type=Path)
    parser.add_argument("script", nargs="*")
    return parser.parse_args(arguments)


def main() -> int:
    wanted = parsed(sys.argv[1:])
    send_chatter_to_stderr()
    telephone = Telephone(lambda: account_config(wanted), lambda: Desk(wanted.record, wanted.play))
    desk: Desk = telephone.account
    try:
        done = work(wanted, telephone, desk)
        tell("done" if done else "failed")
        return 0 if done else 1
    finally:
        if desk.call is not None:
            desk.call.let_go()
            desk.call = None
        telephone.close()


if __name__ == "__main__":
    sys.exit(main())
