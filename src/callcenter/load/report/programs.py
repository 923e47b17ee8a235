"""What the programs were busy with: CPU, memory, waits, channels, and what grew."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final

from callcenter.load.model import LoadResult
from callcenter.load.report.plots import Plot, lines, stacked
from callcenter.load.report.section import Cell, Drawing, Section, Table, row
from callcenter.load.report.words import NOT_MEASURED, count, duration, memory, met
from callcenter.load.watch.trends import PARTS
from callcenter.load.watched import ProcessSample, Trend

_MB: Final = 2**20
_MOST_WAITS: Final = 6
_OTHERS: Final = "others"

Samples = Mapping[str, Sequence[ProcessSample]]


def sections(result: LoadResult) -> Sequence[Section]:
    return (cpu(result), resident(result), waits(result), inside(result), growth(result))


def cpu(result: LoadResult) -> Section:
    samples = _by_part(result)
    return Section(
        title="CPU",
        about=(
            "How many processor cores each program kept busy, on one another. The telephones "
            "(SIPp, the load kit and its capture) run on the same machine unless you chose another."
        ),
        good=(
            "The sum stays clearly below the cores that there are; at the line, everybody waits."
        ),
        tables=[_cpu_table(samples, result.attempted)] if samples else [],
        drawings=_cpu_plot(samples, result.environment.cores) if samples else [],
        notes=[] if samples else [NOT_MEASURED],
    )


def _cpu_table(samples: Samples, calls: int) -> Table:
    used = {name: seen[-1].cpu_s - seen[0].cpu_s for name, seen in samples.items()}
    rows = []
    for name, seen in samples.items():
        lasted_s = seen[-1].at - seen[0].at
        mean = f"{used[name] / lasted_s:.2f}" if lasted_s else "–"
        most = max((value for _, value in _cores(seen)), default=0.0)
        rows.append(
            row(name, f"{used[name]:,.1f} s", mean, f"{most:.2f}", _each(used[name], calls))
        )
    hotline = sum(used_s for name, used_s in used.items() if name in PARTS)
    rows.append(row("hotline alone", f"{hotline:,.1f} s", "", "", _each(hotline, calls)))
    heads = ("program", "CPU used", "cores, mean", "cores, busiest moment", "CPU per call")
    return Table(heads=heads, rows=rows)


def _each(used_s: float, calls: int) -> str:
    return duration(used_s / calls) if calls else "–"


def _cpu_plot(samples: Samples, cores: int | None) -> Sequence[Drawing]:
    busy = {name: dict(_cores(seen)) for name, seen in samples.items()}
    at = sorted({time for of in busy.values() for time in of})
    if not at:
        return []
    plot = Plot("cpu", height=2.8)
    layers = {name: [of.get(time, 0.0) for time in at] for name, of in busy.items()}
    limit = (float(cores), f"all {cores} cores") if cores else None
    stacked(plot.axes[0], at, layers, unit="cores busy", line=limit)
    said = "Busy cores by program; the dashed line is all that the machine has."
    return [Drawing(svg=plot.svg(), caption=said)]


def _cores(seen: Sequence[ProcessSample]) -> Sequence[tuple[float, float]]:
    """Return how many cores were busy in the time up to each sample."""
    return [
        (late.at, max(0.0, late.cpu_s - early.cpu_s) / (late.at - early.at))
        for early, late in pairwise(seen)
        if late.at > early.at
    ]


def resident(result: LoadResult) -> Section:
    samples = _by_part(result)
    drawings = []
    if samples:
        plot = Plot("memory")
        mb = {name: [(one.at, one.memory / _MB) for one in of] for name, of in samples.items()}
        lines(plot.axes[0], mb, unit="MB")
        drawings = [Drawing(svg=plot.svg(), caption="Resident memory by program.")]
    return Section(
        title="Memory, files and threads",
        about="What each program holds; memory that its processes share is counted once.",
        good="It rises with the first calls and then stays level while the load does.",
        tables=[_held(samples)] if samples else [],
        drawings=drawings,
        notes=[] if samples else [NOT_MEASURED],
    )


def _held(samples: Samples) -> Table:
    rows = [
        row(
            name,
            memory(seen[0].memory),
            memory(max(one.memory for one in seen)),
            memory(seen[-1].memory),
            count(_most_files(seen)),
            count(max(one.threads for one in seen)),
        )
        for name, seen in samples.items()
    ]
    heads = ("program", "first", "most", "last", "most open files", "most threads")
    return Table(heads=heads, rows=rows)


def _most_files(seen: Sequence[ProcessSample]) -> int | None:
    return max((one.files for one in seen if one.files is not None), default=None)


def waits(result: LoadResult) -> Section:
    about = (
        "What PostgreSQL's sessions with a statement under way waited for, asked once a second. "
        "“running” is on a processor; “idle in transaction” waits for the daemon."
    )
    good = (
        "On average less than one session, most of it “running” or writing the log (WALSync); "
        "many that wait for a Lock stand in each other's way."
    )
    looks = sorted(
        {gauge.at for gauge in result.watched.gauges if gauge.name == "postgresql connections"}
    )
    if not looks:
        return Section(title="PostgreSQL", about=about, good=good, notes=[NOT_MEASURED])
    layers = _waits(result, looks)
    return Section(
        title="PostgreSQL",
        about=about,
        good=good,
        tables=[_connections(result), *_waits_table(layers)],
        drawings=_waits_plot(result, looks, layers),
    )


def _connections(result: LoadResult) -> Table:
    open_ = [value for _, value in _gauge(result, "postgresql connections")]
    told = row("connections", count(open_[0]), count(max(open_)), count(open_[-1]))
    return Table(heads=("", "first", "most", "last"), rows=[told])


def _waits(result: LoadResult, looks: Sequence[float]) -> Mapping[str, Sequence[float]]:
    """Return the sessions at each look by event, the rare ones together."""
    by_event: dict[str, dict[float, float]] = {}
    for one in result.watched.waits:
        by_event.setdefault(one.event, {})[one.at] = float(one.sessions)
    most = sorted(by_event, key=lambda event: -sum(by_event[event].values()))
    layers = {event: [by_event[event].get(at, 0.0) for at in looks] for event in most[:_MOST_WAITS]}
    if rest := most[_MOST_WAITS:]:
        layers[_OTHERS] = [sum(by_event[event].get(at, 0.0) for event in rest) for at in looks]
    return layers


def _waits_table(layers: Mapping[str, Sequence[float]]) -> Sequence[Table]:
    rows = [
        row(event, f"{sum(values) / len(values):.2f}", count(max(values)))
        for event, values in layers.items()
    ]
    heads = ("waits for", "sessions, mean", "sessions, most")
    return [Table(heads=heads, rows=rows)] if rows else []


def _waits_plot(
    result: LoadResult, looks: Sequence[float], layers: Mapping[str, Sequence[float]]
) -> Sequence[Drawing]:
    drawings = []
    if layers:
        plot = Plot("waits")
        stacked(plot.axes[0], looks, layers, unit="sessions")
        drawings.append(Drawing(svg=plot.svg(), caption="Sessions by what they waited for."))
    commits = _commits_per_s(_gauge(result, "postgresql commits"))
    if commits:
        plot = Plot("commits")
        lines(plot.axes[0], {"commits": commits}, unit="commits per second")
        drawings.append(Drawing(svg=plot.svg(), caption="Transactions that were committed."))
    return drawings


def _commits_per_s(counted: Sequence[tuple[float, float]]) -> Sequence[tuple[float, float]]:
    return [
        (late, max(0.0, (many - few) / (late - early)))
        for (early, few), (late, many) in pairwise(counted)
        if late > early
    ]


def inside(result: LoadResult) -> Section:
    counts = {
        name: points
        for name in ("asterisk channels", "daemon connections", "daemon tasks", "daemon calls")
        if (points := _gauge(result, name))
    }
    lag = [(at, 1000 * value) for at, value in _gauge(result, "daemon lag")]
    drawings = []
    if counts:
        plot = Plot("inside")
        lines(plot.axes[0], counts, unit="number")
        said = "Channels of Asterisk; connections, calls and tasks of the daemon."
        drawings.append(Drawing(svg=plot.svg(), caption=said))
    if lag:
        plot = Plot("lag")
        lines(plot.axes[0], {"daemon lag": lag}, unit="ms")
        said = f"How late the daemon's event loop was at worst: {max(v for _, v in lag):.0f} ms."
        drawings.append(Drawing(svg=plot.svg(), caption=said))
    return Section(
        title="Inside Asterisk and the daemon",
        about=(
            "Asterisk has a channel for each call, the daemon a connection and a few tasks. The "
            "lag says how long everything in the daemon waited for its one thread."
        ),
        good="The counts follow the calls up and back down; the lag stays below 50 ms.",
        drawings=drawings,
        notes=[] if drawings else [NOT_MEASURED],
    )


def growth(result: LoadResult) -> Section:
    rows = [_growth_row(trend) for trend in result.trends]
    heads = ("what", "mean", "slope per hour", "flat?", "first", "last", "left behind?")
    return Section(
        title="Growth and leaks",
        about=(
            "The slope of the line through what was seen while the load was steady, and what was "
            "there before the first call and after the last. Mean and slope of memory leave out "
            "the first third of the steady time, in which caches fill."
        ),
        good=(
            "Flat: the line gains or loses at most 5 % of its mean (or 8 MB, or 20) over the "
            "steady time, which must be five minutes. Nothing left behind: no channel and no call, "
            "at most 20 files, tasks or connections that are kept for the next call."
        ),
        tables=[Table(heads=heads, rows=rows)] if rows else [],
        notes=[] if rows else [NOT_MEASURED],
    )


def _growth_row(trend: Trend) -> Sequence[Cell]:
    told = memory if trend.name.endswith("memory") else count
    if trend.flat is None or trend.per_hour is None:
        slope, flat = "–", Cell(text="too short to tell")
    else:
        sign = "+" if trend.per_hour > 0 else ""
        slope = f"{sign}{told(round(trend.per_hour, 1))}"
        flat = Cell(text=met(trend.flat, so="flat", not_so="grows or falls"), good=trend.flat)
    return row(
        trend.name,
        told(trend.mean),
        slope,
        flat,
        told(trend.first),
        told(trend.last),
        Cell(
            text="–" if trend.leaks is None else met(not trend.leaks, so="no", not_so="yes"),
            good=None if trend.leaks is None else not trend.leaks,
        ),
    )


def _by_part(result: LoadResult) -> Samples:
    samples: dict[str, list[ProcessSample]] = {}
    for one in result.watched.processes:
        samples.setdefault(one.name, []).append(one)
    return {name: sorted(of, key=lambda one: one.at) for name, of in samples.items()}


def _gauge(result: LoadResult, name: str) -> Sequence[tuple[float, float]]:
    return sorted((one.at, one.value) for one in result.watched.gauges if one.name == name)
