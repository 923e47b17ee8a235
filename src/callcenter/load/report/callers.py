"""What callers met with: how many were up, what failed, how long they waited, what they heard."""

from collections import Counter
from collections.abc import Sequence

from callcenter.load.model import LoadResult, TurnDelay, Wire
from callcenter.load.report.plots import Plot, lines, shares
from callcenter.load.report.section import Cell, Drawing, Section, Table, row
from callcenter.load.report.words import NOT_MEASURED, count, duration, share
from callcenter.load.spread import Spread

SPREAD_HEADS = ("count", "half within (p50)", "95 % within", "99 % within", "worst")


def sections(result: LoadResult) -> Sequence[Section]:
    return (
        calls_up(result),
        failures(result),
        post_dial(result),
        key_to_prompt(result),
        sound(result),
        orders(result),
    )


def calls_up(result: LoadResult) -> Section:
    plan = result.plan
    return Section(
        title="Calls over time",
        about="How many calls were up at once, and how many were answered in each second.",
        good=(
            f"Calls rise for {duration(plan.ramp_s)} and then stay level; answered calls follow "
            "the rate that was asked for, without holes."
        ),
        drawings=_calls_up(result) if result.seconds else (),
    )


def _calls_up(result: LoadResult) -> Sequence[Drawing]:
    plot = Plot("calls", rows=2, height=2.1)
    up, rate = plot.axes
    lines(
        up,
        {"calls up": [(one.at, one.calls_up) for one in result.seconds]},
        unit="calls up",
        line=(result.plan.calls_at_once, "most at once"),
    )
    up.set_xlabel("")
    lines(
        rate,
        {"answered": [(one.at, one.answered) for one in result.seconds]},
        unit="calls per second",
        line=(result.plan.calls_per_s, "rate asked for"),
    )
    peak = max(one.calls_up for one in result.seconds)
    best = max(one.answered for one in result.seconds)
    said = f"At most {count(peak)} calls were up; the fastest second answered {count(best)}."
    return (Drawing(svg=plot.svg(), caption=said),)


def failures(result: LoadResult) -> Section:
    by_scenario = [
        row(
            one.scenario,
            count(one.attempted),
            count(one.succeeded),
            Cell(text=count(one.failed), good=one.failed == 0),
        )
        for one in result.scenarios
    ]
    causes = Counter[str]()
    for one in result.scenarios:
        causes.update(one.failures)
    tables = [Table(heads=("scenario", "attempted", "succeeded", "failed"), rows=by_scenario)]
    if causes:
        rows = [row(why, count(n), share(n, result.attempted)) for why, n in causes.most_common()]
        tables.append(Table(heads=("cause", "calls", "share of all"), rows=rows))
    return Section(
        title="Failures by cause",
        about=(
            "A call fails if it is not answered, breaks off, or does not say what a caller expects."
        ),
        good="None fails; the plan's threshold says how many may.",
        tables=tables,
    )


def post_dial(result: LoadResult) -> Section:
    return Section(
        title="Post-dial delay",
        about="From the invitation to the PBX (INVITE) to its answer (200 OK): the caller's wait.",
        good="99 % within a second; on one machine some ten milliseconds.",
        tables=_spread_table(result.post_dial),
        drawings=_histogram("post-dial", result.post_dial, "answered within"),
    )


def key_to_prompt(result: LoadResult) -> Section:
    wire = result.wire
    about = (
        "From the end of the last key of an entry to the first audible packet of the next prompt, "
        "taken from the packets on the wire: the silence that a caller hears."
    )
    good = "99 % within 250 ms: people do not notice. Above 500 ms they press again."
    if wire is None:
        return Section(title="Key to prompt", about=about, good=good, notes=[NOT_MEASURED])
    return Section(
        title="Key to prompt",
        about=about,
        good=good,
        tables=[*_spread_table(wire.key_to_prompt), *_by_turn(wire.by_turn)],
        drawings=[
            *_histogram("key-to-prompt", wire.key_to_prompt, "next prompt within"),
            *_over_time(result, wire),
        ],
        notes=_untold(wire),
    )


def _by_turn(turns: Sequence[TurnDelay]) -> Sequence[Table]:
    slowest_first = sorted(turns, key=lambda turn: -turn.delay.p99)
    rows = [row(turn.turn, *_spread_cells(turn.delay)) for turn in slowest_first]
    return [Table(heads=("by what was keyed", *SPREAD_HEADS), rows=rows)] if rows else []


def _over_time(result: LoadResult, wire: Wire) -> Sequence[Drawing]:
    if len(wire.over_time) < 2:
        return ()
    bar_s = result.plan.bars.key_to_prompt_p99_s
    plot = Plot("key-to-prompt-over-time")
    lines(
        plot.axes[0],
        {
            "99 % within": [(one.at, 1000 * one.p99) for one in wire.over_time],
            "half within": [(one.at, 1000 * one.p50) for one in wire.over_time],
        },
        unit="ms",
        line=(1000 * bar_s, "threshold (p99)") if bar_s else None,
    )
    said = "Key to prompt over time: a peak in one second is a moment in which everybody waited."
    return (Drawing(svg=plot.svg(), caption=said),)


def _untold(wire: Wire) -> Sequence[str]:
    notes = []
    if wire.turns_untold:
        notes.append(
            f"{count(wire.turns_untold)} entries interrupted a prompt that went over into the "
            "next one without a break; nobody can time these from outside, so they are left out."
        )
    if wire.turns_unanswered:
        notes.append(
            f"After {count(wire.turns_unanswered)} entries nothing was heard before the next entry "
            "or the end of the call, as when a caller hangs up at once."
        )
    return notes


def sound(result: LoadResult) -> Section:
    about = "Whether callers heard the PBX's packets (RTP) whole, in order and in time."
    good = (
        "No packet lost; no hole in a prompt; jitter of a few milliseconds, "
        "which every telephone evens out."
    )
    wire = result.wire
    if wire is None:
        return Section(title="Sound", about=about, good=good, notes=[NOT_MEASURED])
    return Section(
        title="Sound",
        about=about,
        good=good,
        tables=[
            Table(heads=("figure", "measured", ""), rows=_sound_rows(wire)),
            *_two_spreads(wire),
        ],
        notes=_limits(wire),
    )


def _sound_rows(wire: Wire) -> Sequence[Sequence[Cell]]:
    due = wire.packets_received + wire.packets_lost
    return [
        row("calls captured", count(wire.calls), ""),
        row("packets received", count(wire.packets_received), ""),
        row("lost", _bad_if(wire.packets_lost), share(wire.packets_lost, due)),
        row("out of order", _bad_if(wire.packets_reordered), share(wire.packets_reordered, due)),
        row("repeated", _bad_if(wire.packets_repeated), share(wire.packets_repeated, due)),
    ]


def _two_spreads(wire: Wire) -> Sequence[Table]:
    named = (
        ("holes in prompts beyond 60 ms", wire.prompt_gaps),
        ("jitter, mean of each call", wire.jitter),
    )
    rows = [
        row(name, *(_spread_cells(spread) if spread else ("none", "–", "–", "–", "–")))
        for name, spread in named
    ]
    return [Table(heads=("", *SPREAD_HEADS), rows=rows)]


def _limits(wire: Wire) -> Sequence[str]:
    notes = []
    if wire.dropped_by_capture:
        notes.append(
            f"The capture missed {count(wire.dropped_by_capture)} packets, so lost packets and "
            "holes above may be its own, and not the PBX's."
        )
    if wire.one_in > 1:
        notes.append(f"A sample: one call of {wire.one_in} was captured.")
    return notes


def orders(result: LoadResult) -> Section:
    told = result.orders
    rows = [
        row("placed by callers", count(told.placed)),
        row("found in the store", count(told.found)),
        row("confirmations heard", count(told.heard)),
        row("found twice", _bad_if(told.found_twice)),
        row("wrong", _bad_if(told.wrong)),
    ]
    return Section(
        title="Orders",
        about=(
            "Each order is counted three times: when a caller confirms it with key 1, in the "
            "store, and when the caller hears the answer."
        ),
        good="All three agree, none is there twice, and none differs from what was dictated.",
        tables=[Table(heads=("orders", "count"), rows=rows)],
        notes=[] if told.agree else ["These counts do not agree."],
    )


def _bad_if(number: int | None) -> Cell:
    return Cell(text=count(number), good=None if number is None else number == 0)


def _spread_cells(spread: Spread) -> Sequence[str]:
    figures = (spread.p50, spread.p95, spread.p99, spread.worst)
    return (count(spread.count), *map(duration, figures))


def _spread_table(spread: Spread | None) -> Sequence[Table]:
    if spread is None:
        return [Table(heads=("",), rows=[row(NOT_MEASURED)])]
    return [Table(heads=("", *SPREAD_HEADS), rows=[row("all", *_spread_cells(spread))])]


def _histogram(name: str, spread: Spread | None, label: str) -> Sequence[Drawing]:
    if spread is None or len(spread.buckets) < 2:
        return ()  # one bar says nothing that the table does not
    plot = Plot(name, height=2.2)
    labels = [duration(bucket.up_to) for bucket in spread.buckets]
    shares(plot.axes[0], labels, [bucket.count for bucket in spread.buckets])
    plot.axes[0].set_xlabel(f"{label} (each bar: from the one to its left up to this)")
    return (Drawing(svg=plot.svg(), caption=f"{count(spread.count)} values."),)
