"""The page as a whole, and where it is written."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from callcenter.load.model import LoadResult, Plan
from callcenter.load.report import callers, programs
from callcenter.load.report.plots import styled
from callcenter.load.report.section import Cell, Section, row
from callcenter.load.report.words import count, duration, met

_PAGES: Final = Environment(
    loader=PackageLoader("callcenter.load.report", "."),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(result: LoadResult) -> str:
    """Return the report as HTML that stands by itself."""
    with styled():
        sections = (*callers.sections(result), *programs.sections(result))
    return _PAGES.get_template("page.html").render(
        result=result,
        began=f"{result.began:%Y-%m-%d %H:%M:%S %Z}".strip(),
        outcome=_outcome(result),
        verdicts=_verdicts(result),
        run=_what_was_run(result),
        sections=sections,
        anchors=_anchors(sections),
    )


def write(result: LoadResult, folder: Path) -> Path:
    """Write result.json and report.html to the folder; return the latter."""
    (folder / "result.json").write_text(result.to_json(), encoding="utf-8")
    report = folder / "report.html"
    report.write_text(page(result), encoding="utf-8")
    return report


def _outcome(result: LoadResult) -> Cell:
    missed = [one for one in result.verdicts if one.met is False]
    unknown = [one for one in result.verdicts if one.met is None]
    if missed:
        names = ", ".join(one.name for one in missed)
        return Cell(text=f"{len(missed)} of {len(result.verdicts)} missed: {names}", good=False)
    if not result.verdicts:
        return Cell(text="No thresholds were set")
    if unknown:
        said = f"All that was measured is met; {len(unknown)} not measured"
        return Cell(text=said, good=None)
    return Cell(text=f"All {len(result.verdicts)} thresholds met", good=True)


def _verdicts(result: LoadResult) -> Sequence[Sequence[Cell]]:
    return [
        row(one.name, one.bar, one.measured, Cell(text=met(one.met), good=one.met))
        for one in result.verdicts
    ]


def _what_was_run(result: LoadResult) -> Sequence[Sequence[Cell]]:
    plan, environment = result.plan, result.environment
    versions = ", ".join(f"{name} {of}" for name, of in environment.versions.items())
    ended = "stopped early" if result.stopped_early else "to its end"
    rows = [
        row("profile", plan.profile),
        row("called", str(plan.target)),
        row("calls", _calls(result)),
        row("load", _load(plan)),
        row("mix", _mix(plan)),
        row("callers", f"{count(plan.callers)} numbers, each with an account of its own"),
        row("ran", f"{duration(result.lasted_s)}, {ended}"),
        row("machine", environment.machine),
        row("versions", versions or "–"),
        row("commit", environment.commit or "–"),
    ]
    return rows


def _calls(result: LoadResult) -> str:
    failed = count(result.failed) if result.failed else "none"
    return f"{count(result.attempted)} attempted, {failed} failed"


def _load(plan: Plan) -> str:
    return (
        f"up to {count(plan.calls_at_once)} calls at once, {plan.calls_per_s:g} new ones a second "
        f"(reached in {duration(plan.ramp_s)}), new calls for {duration(plan.lasts_s)}"
    )


def _mix(plan: Plan) -> str:
    whole = sum(share.weight for share in plan.mix)
    return ", ".join(f"{share.scenario} {100 * share.weight / whole:.0f} %" for share in plan.mix)


def _anchors(sections: Sequence[Section]) -> Sequence[str]:
    return [section.title.lower().replace(",", "").replace(" ", "-") for section in sections]
