from random import Random

import pytest

from callcenter.telephony.sipcaller import rtp
from callcenter.telephony.sipcaller.badline import BadLine

SENT = [
    rtp.Packet(101, number, 160, 7, b"key", marker=number == 0).encode() for number in range(1000)
]


def chance() -> Random:
    return Random(4733)  # noqa: S311 - the same for every run


def numbers(packets: list[bytes]) -> list[int]:
    return [rtp.parse(packet).sequence for packet in packets]


def over(line: BadLine) -> list[bytes]:
    """Send a packet in every beat, as a telephone does."""
    return [arrived for packet in SENT for arrived in line([packet])]


def test_a_good_line_changes_nothing() -> None:
    assert over(BadLine(random=chance())) == SENT


def test_a_line_that_loses_leaves_out_what_it_loses_and_nothing_else() -> None:
    arrived = numbers(over(BadLine(random=chance(), loses=0.1)))

    assert 850 < len(arrived) < 950
    assert arrived == sorted(set(arrived))


def test_a_line_that_swaps_brings_a_packet_after_its_successor() -> None:
    arrived = numbers(over(BadLine(random=chance(), swaps=0.2)))

    assert sorted(arrived) == list(range(len(arrived)))
    late = [at for at, number in enumerate(arrived) if number < at]
    assert len(late) > 100
    assert all(arrived[at - 1] == arrived[at] + 1 for at in late)


def test_a_line_that_repeats_brings_a_packet_twice() -> None:
    arrived = numbers(over(BadLine(random=chance(), repeats=1)))

    assert arrived == [number for number in range(1000) for _ in range(2)]


@pytest.mark.parametrize("rate", [0, 1])
def test_a_line_may_forget_the_marker_and_keeps_all_else(rate: int) -> None:
    first, *rest = over(BadLine(random=chance(), unmarks=rate))

    assert rtp.parse(first) == rtp.parse(SENT[0])._replace(marker=not rate)
    assert rest == SENT[1:]
