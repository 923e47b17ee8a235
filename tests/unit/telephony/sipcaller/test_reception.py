"""Packets counted: what is lost, what came twice, how evenly they come."""

from hypothesis import given
from hypothesis import strategies as st

from callcenter.telephony.sipcaller.reception import Reception
from callcenter.telephony.sipcaller.rtp import Packet


def packet(sequence: int, *, ssrc: int = 1, timestamp: int = 0) -> Packet:
    return Packet(8, sequence % 65536, timestamp, ssrc, b"")


@given(
    first=st.integers(0, 65535),
    length=st.integers(3, 300),
    missing=st.sets(st.integers(1, 298), max_size=20),
)
def test_every_lost_packet_is_counted_also_where_the_numbers_begin_anew(
    first: int, length: int, missing: set[int]
) -> None:
    reception = Reception()
    sent = [n for n in range(length) if n not in missing or n == length - 1]

    for n in sent:
        assert reception.count(packet(first + n))

    assert (reception.received, reception.lost) == (len(sent), length - len(sent))


@given(first=st.integers(0, 65535), order=st.permutations(range(12)))
def test_packets_out_of_order_are_neither_lost_nor_doubled(first: int, order: list[int]) -> None:
    reception = Reception()

    for n in order:
        assert reception.count(packet(first + n))

    assert (reception.lost, reception.duplicates) == (0, 0)


@given(order=st.permutations([*range(10), *range(10)]))
def test_a_packet_that_comes_twice_is_counted_once(order: list[int]) -> None:
    reception = Reception()

    for n in order:
        reception.count(packet(n))

    assert (reception.received, reception.duplicates, reception.lost) == (10, 10, 0)


def test_a_new_source_starts_counting_anew_and_forgets_no_loss() -> None:
    reception = Reception()

    for sequence, ssrc in [(1, 1), (3, 1), (40_000, 2), (40_002, 2)]:
        reception.count(packet(sequence, ssrc=ssrc))

    assert (reception.received, reception.lost) == (4, 2)


def test_nothing_received_is_nothing_lost() -> None:
    assert Reception().lost == 0


def test_even_arrival_has_no_jitter() -> None:
    reception = Reception()

    for n in range(50):
        reception.time(packet(n, timestamp=n * 160), n * 0.02, continuous=n > 0)

    assert reception.jitter_ms < 0.001


def test_arrival_that_alternates_by_8_ms_has_a_jitter_of_8_ms() -> None:
    reception = Reception()

    for n in range(200):
        at = n * 0.02 + (n % 2) * 0.008
        reception.time(packet(n, timestamp=n * 160), at, continuous=n > 0)

    assert 7.9 < reception.jitter_ms < 8.1


def test_a_pause_of_the_far_end_is_no_jitter() -> None:
    reception = Reception()

    reception.time(packet(0, timestamp=0), 0.0, continuous=False)
    reception.time(packet(1, timestamp=160), 5.0, continuous=False)
    reception.time(packet(2, timestamp=320), 5.02, continuous=True)

    assert reception.jitter_ms < 0.001
