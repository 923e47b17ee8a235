import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from callcenter.load import sipp
from callcenter.load.sipp import causes, post_dial_delays

CALL = Path(sipp.__file__).with_name("call.xml")

REFUSED = """\
The following events occurred:
2026-11-23\t02:41:01.332572\t1795401661.332572: Aborting call on unexpected message for Call-Id \
'2-26221@127.0.0.1': while expecting '100' (index 3), received 'SIP/2.0 503 Service Unavailable
Via: SIP/2.0/UDP 127.0.0.1:7072;branch=z9hG4bK-26221-2-2
Call-ID: 2-26221@127.0.0.1
CSeq: 1 INVITE
Content-Length: 0

'"""
HUNG_UP = (  # 3.6.1 ends no line
    "2026-11-23\t02:41:02.247854\t1795401662.247854: Aborting call on an unexpected BYE for call: "
    "3-26221@127.0.0.1"
)
LATER = """\
2026-11-23\t02:41:02.248164\t1795401662.248164: Discarding message which can't be mapped to a \
known SIPp call:
SIP/2.0 200 OK
Call-ID: 3-26221@127.0.0.1
"""


UNANSWERED = (
    "2026-11-23\t02:43:52.327017\t1795401832.327017: Aborting call on UDP retransmission timeout "
    "for Call-ID '1-32148@127.0.0.1'"
)


@pytest.mark.parametrize(
    "errors",
    [
        pytest.param(REFUSED + HUNG_UP + LATER + UNANSWERED, id="3.6.1"),
        pytest.param(f"{REFUSED}\n{HUNG_UP}\n{LATER}\n{UNANSWERED}", id="3.8.0"),
    ],
)
def test_why_a_call_failed_is_read_from_what_sipp_wrote(errors: str) -> None:
    assert causes(errors) == {
        "1-32148@127.0.0.1": "no answer to SIP",
        "2-26221@127.0.0.1": "503 Service Unavailable",
        "3-26221@127.0.0.1": "the PBX hung up",
    }


def test_a_run_without_errors_has_no_causes() -> None:
    assert causes("") == {}


def test_post_dial_delays_are_read_in_seconds() -> None:
    told = "Date_ms;response_time_ms;rtd_no\n1116;0;answer\n2008;4;answer\n"

    assert post_dial_delays(told) == [0.0, 0.004]


def test_the_scenario_is_what_sipp_can_read() -> None:
    [*steps] = ElementTree.parse(CALL).getroot()  # noqa: S314 - our own

    assert [step.tag for step in steps if step.tag != "Reference"] == [
        "sendCmd",
        "recvCmd",
        "send",
        "recv",
        "recv",
        "recv",
        "recv",
        "send",
        "sendCmd",
        "recvCmd",
        "send",
        "recv",
        "sendCmd",
    ]


def test_sipp_never_gets_an_account_or_a_key() -> None:
    words = set(re.findall(r"[a-z]+", CALL.read_text().lower()))

    assert not words & {"account", "password", "field", "dtmf", "pcap"}
