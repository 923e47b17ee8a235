"""What a run needs of this machine, looked at before the first call."""

import resource
import socket
from typing import Final

from callcenter.load.model import Plan, Target

_FILES_PER_CALL: Final = 1
_FILES_BESIDES: Final = 200
_ASKS_EVERY_S: Final = 1.0
_OPTIONS: Final = (
    "OPTIONS sip:{host}:{port} SIP/2.0\r\n"
    "Via: SIP/2.0/UDP {us}:{ours};rport;branch=z9hG4bK-load\r\n"
    "From: <sip:load@{us}>;tag=load\r\n"
    "To: <sip:{host}:{port}>\r\n"
    "Call-ID: load-{ours}@{us}\r\n"
    "CSeq: 1 OPTIONS\r\n"
    "Contact: <sip:load@{us}:{ours}>\r\n"
    "Max-Forwards: 70\r\n"
    "Content-Length: 0\r\n\r\n"
)


class CannotRun(Exception):
    """The run cannot begin; the message says what to do."""


def address_of(target: Target) -> Target:
    """Return the target with an IP address for its name. Raise `CannotRun`."""
    try:
        found = socket.getaddrinfo(target.host, target.port, socket.AF_INET, socket.SOCK_DGRAM)
    except OSError as error:
        raise CannotRun(f"{target.host} cannot be found: {error}.") from error
    return Target(host=str(found[0][4][0]), port=target.port, number=target.number)


def own_address(target: Target) -> str:
    """Return our address on the way to the target. Raise `CannotRun`."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        try:
            one.connect((target.host, target.port))
        except OSError as error:
            raise CannotRun(f"There is no way to {target.host}: {error}.") from error
        return str(one.getsockname()[0])


def check_answers(target: Target, own: str, *, within_s: float = 5.0) -> None:
    """Ask whether anybody is there (SIP OPTIONS; any answer will do). Raise `CannotRun`."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind((own, 0))
        one.connect((target.host, target.port))
        one.settimeout(_ASKS_EVERY_S)
        asked = _OPTIONS.format(
            host=target.host, port=target.port, us=own, ours=one.getsockname()[1]
        ).encode()
        for _ in range(int(within_s / _ASKS_EVERY_S)):
            try:
                one.send(asked)
                one.recv(2048)
            except TimeoutError:
                continue
            except OSError:
                break
            return
    raise CannotRun(f"Nothing answers at {target}. Does the PBX run, and does it listen there?")


def raise_file_limit(plan: Plan) -> None:
    """Let us open as many files as calls need. Raise `CannotRun` if that is not allowed."""
    needed = plan.calls_at_once * _FILES_PER_CALL + _FILES_BESIDES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if needed <= soft:
        return
    if needed > hard:
        raise CannotRun(
            f"{plan.calls_at_once} calls at once need {needed} open files and the limit is {hard}. "
            f"Raise it (ulimit -Hn, or LimitNOFILE of the service) or ask for fewer calls."
        )
    resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))


def check_rtp_ports(plan: Plan, first: int, last: int) -> None:
    """Raise `CannotRun` if our own PBX has fewer RTP ports than the calls need, two for each."""
    if (last - first + 1) // 2 < plan.calls_at_once:
        raise CannotRun(
            f"{plan.calls_at_once} calls at once need {2 * plan.calls_at_once} RTP ports and the "
            f"PBX has those from {first} to {last}. Set CALLCENTER_RTP_FIRST and "
            "CALLCENTER_RTP_LAST and start it again, or ask for fewer calls."
        )


def check_callers(plan: Plan) -> None:
    """Raise `CannotRun` if there are fewer callers than calls at once."""
    if plan.callers < plan.calls_at_once:
        raise CannotRun(
            f"{plan.calls_at_once} calls at once need as many callers, since each has one call at "
            f"a time, and there are {plan.callers}."
        )
