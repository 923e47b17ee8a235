"""Captures with known keys, prompts, losses and delays; the analysis gives exactly these."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from callcenter.load.model import CallTrace, Keyed, Wire
from callcenter.load.wire import calls as cutting
from callcenter.load.wire.analysis import analyse
from tests.unit.load.wire.line import EPOCH_S, LOUD, SILENT, Line, captured

BEGAN = datetime.fromtimestamp(EPOCH_S, UTC)


def told(*keyed: tuple[str, float, float], port: int = 7000) -> CallTrace:
    """A call from second 0 to 60 with entries: what, first key down, last key up."""
    return CallTrace(
        scenario="buy",
        caller="13800138000",
        media_port=port,
        dialled_at=0.0,
        answered_at=0.0,
        ended_at=60.0,
        keyed=tuple(Keyed(turn=turn, began_at=began, at=at) for turn, began, at in keyed),
    )


def analysed(folder: Path, *lines: Line, traces: Sequence[CallTrace] = ()) -> Wire:
    return analyse(captured(folder, *lines), traces, BEGAN)


def test_a_turn_lasts_from_the_first_end_of_the_last_key_to_the_first_sound(tmp_path: Path) -> None:
    line = Line()
    line.sends(0, 1000, LOUD)
    line.keys(1, from_ms=1000, to_ms=1100)
    line.keys(2, from_ms=1200, to_ms=1300)
    line.sends(1000, 1380, SILENT)
    line.sends(1380, 2000, LOUD)

    wire = analysed(tmp_path, line, traces=[told(("account", 1.0, 1.3))])

    assert wire.key_to_prompt is not None
    assert wire.key_to_prompt.count == 1
    assert wire.key_to_prompt.worst == pytest.approx(0.080)
    assert [(turn.turn, turn.delay.count) for turn in wire.by_turn] == [("account", 1)]
    assert [(moment.at, moment.count) for moment in wire.over_time] == [(1.0, 1)]
    assert (wire.turns_untold, wire.turns_unanswered) == (0, 0)


def test_where_nobody_tells_the_turns_pauses_part_them(tmp_path: Path) -> None:
    line = Line()
    line.keys(1, from_ms=0, to_ms=100)
    line.sends(0, 140, SILENT)
    line.sends(140, 1500, LOUD)
    line.keys(2, from_ms=1500, to_ms=1600)
    line.sends(1500, 1660, SILENT)
    line.sends(1660, 1800, LOUD)

    wire = analysed(tmp_path, line)

    assert wire.key_to_prompt is not None
    assert wire.key_to_prompt.count == 2
    assert wire.key_to_prompt.mean == pytest.approx(0.05)
    assert [turn.turn for turn in wire.by_turn] == ["unknown"]
    assert wire.heard_after_confirmation is None


@pytest.mark.parametrize("pause", [0, 40], ids=["silence", "nothing at all"])
def test_a_key_into_a_prompt_is_timed_when_the_prompt_breaks_off(
    tmp_path: Path, pause: int
) -> None:
    line = Line()
    line.keys(1, from_ms=0, to_ms=110)
    line.sends(0, 140, LOUD)  # one packet of the old prompt after the key
    if not pause:
        line.sends(140, 180, SILENT)
    line.sends(180, 400, LOUD)

    wire = analysed(tmp_path, line, traces=[told(("confirmation", 0.0, 0.11))])

    assert wire.key_to_prompt is not None
    assert wire.key_to_prompt.worst == pytest.approx(0.070)
    assert wire.heard_after_confirmation == 1


def test_a_prompt_at_another_beat_is_the_next_one(tmp_path: Path) -> None:
    line = Line()
    line.keys(1, from_ms=0, to_ms=110)
    line.sends(0, 140, LOUD)  # the last at 120
    line.sends(130, 400, LOUD)

    wire = analysed(tmp_path, line, traces=[told(("menu", 0.0, 0.11))])

    assert wire.key_to_prompt is not None
    assert wire.key_to_prompt.worst == pytest.approx(0.020)


def test_one_late_packet_is_no_new_prompt(tmp_path: Path) -> None:
    line = Line()
    line.keys(1, from_ms=0, to_ms=110)
    line.sends(0, 140, LOUD)
    line.sends(149, 150, LOUD)
    line.sends(160, 400, LOUD)

    wire = analysed(tmp_path, line, traces=[told(("menu", 0.0, 0.11))])

    assert wire.turns_untold == 1


def test_a_prompt_that_goes_over_into_the_next_is_counted_and_not_timed(tmp_path: Path) -> None:
    line = Line()
    line.keys(1, from_ms=0, to_ms=110)
    line.sends(0, 1000, LOUD)
    line.sends(1000, 1200, SILENT)  # a pause for breath, which is not the key's doing
    line.sends(1200, 1500, LOUD)

    wire = analysed(tmp_path, line, traces=[told(("menu", 0.0, 0.11))])

    assert wire.key_to_prompt is None
    assert (wire.turns_untold, wire.turns_unanswered) == (1, 0)


def test_a_key_without_an_answer_before_the_next_is_counted_as_such(tmp_path: Path) -> None:
    line = Line()
    line.sends(0, 3000, SILENT)
    line.keys(1, from_ms=0, to_ms=100)
    line.keys(1, from_ms=1400, to_ms=1500)

    traces = [told(("menu", 0.0, 0.1), ("confirmation", 1.4, 1.5))]
    wire = analysed(tmp_path, line, traces=traces)

    assert wire.turns_unanswered == 2
    assert wire.heard_after_confirmation == 0


def test_losses_repeats_and_disorder_are_told_by_number_beyond_the_wrap(tmp_path: Path) -> None:
    line = Line(sequence=65_530)
    line.sends(0, 100, LOUD)  # 65530 to 65534
    line.send(100, LOUD, 65_536)  # overtakes 65535
    line.send(120, LOUD, 65_535)
    line.send(140, LOUD, 65_537)
    line.send(160, LOUD, 65_537)
    line.send(180, LOUD, 65_541)  # 65538 to 65540 never come

    wire = analysed(tmp_path, line)

    assert (wire.packets_received, wire.packets_lost) == (9, 3)
    assert (wire.packets_repeated, wire.packets_reordered) == (1, 1)
    assert wire.lost_share == pytest.approx(3 / 12)


def test_jitter_is_that_of_rfc_3550_on_average(tmp_path: Path) -> None:
    line = Line()
    arrivals = [0.0, 25.0, 40.0, 60.0]  # by 5, 5 and 0 ms off their time
    for number, at in enumerate(arrivals):
        line.send(at, LOUD, number)
    one = 5 / 16
    two = one + (5 - one) / 16
    three = two + (0 - two) / 16

    wire = analysed(tmp_path, line)

    assert wire.jitter is not None
    assert wire.jitter.mean == pytest.approx((one + two + three) / 3 / 1000)


def test_a_hole_in_a_prompt_is_told_and_one_after_a_key_is_not(tmp_path: Path) -> None:
    line = Line()
    line.sends(0, 200, LOUD)
    line.sends(260, 400, LOUD)  # 80 ms after the packet before
    line.keys(1, from_ms=300, to_ms=395)
    line.sends(500, 600, LOUD)

    wire = analysed(tmp_path, line)

    assert wire.prompt_gaps is not None
    assert wire.prompt_gaps.count == 1
    assert wire.prompt_gaps.worst == pytest.approx(0.060)


def test_silence_between_prompts_is_no_hole(tmp_path: Path) -> None:
    line = Line()
    line.sends(0, 200, LOUD)
    line.sends(300, 400, SILENT)
    line.sends(500, 600, LOUD)

    assert analysed(tmp_path, line).prompt_gaps is None


def test_two_calls_after_one_another_on_one_port_are_two(tmp_path: Path) -> None:
    one, two = Line(ssrc=1), Line(ssrc=2, sequence=30_000)
    for line, from_ms in ((one, 0), (two, 2000)):
        line.keys(1, from_ms=from_ms, to_ms=from_ms + 100)
        line.sends(from_ms, from_ms + 140, SILENT)
        line.sends(from_ms + 140, from_ms + 500, LOUD)
    first = told(("menu", 0.0, 0.1))
    second = told(("confirmation", 2.0, 2.1))
    traces = [_during(first, 0.0, 1.0), _during(second, 2.0, 3.0)]

    wire = analysed(tmp_path, one, two, traces=traces)

    assert wire.calls == 2
    assert [(turn.turn, turn.delay.count) for turn in wire.by_turn] == [
        ("confirmation", 1),
        ("menu", 1),
    ]
    assert wire.packets_lost == 0


def test_a_file_beyond_memory_gives_the_same_calls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [Line(pbx_port=10_000 + 2 * n, caller_port=7000 + n) for n in range(8)]
    for line in lines:
        line.keys(1, from_ms=0, to_ms=100)
        line.sends(0, 140, SILENT)
        line.sends(140, 300, LOUD)
    whole = analysed(tmp_path, *lines)

    monkeypatch.setattr(cutting, "_AT_ONCE", 30)

    assert analysed(tmp_path, *lines) == whole
    assert whole.calls == 8
    assert [file.name for file in tmp_path.iterdir()] == ["capture"]


def test_a_sample_of_the_calls_does_not_say_how_many_confirmations_were_heard(
    tmp_path: Path,
) -> None:
    line = Line()
    line.sends(0, 100, LOUD)

    wire = analyse(captured(tmp_path, line), [told()], BEGAN, dropped=5, one_in=4)

    assert wire.heard_after_confirmation is None
    assert (wire.one_in, wire.dropped_by_capture) == (4, 5)


def test_an_empty_capture_has_no_figures(tmp_path: Path) -> None:
    wire = analysed(tmp_path)

    assert wire.key_to_prompt is wire.jitter is wire.prompt_gaps is None
    assert (wire.calls, wire.packets_received, wire.lost_share) == (0, 0, 0.0)


def _during(trace: CallTrace, dialled_at: float, ended_at: float) -> CallTrace:
    return CallTrace(
        scenario=trace.scenario,
        caller=trace.caller,
        media_port=trace.media_port,
        dialled_at=dialled_at,
        ended_at=ended_at,
        keyed=trace.keyed,
    )
