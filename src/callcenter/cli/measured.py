"""What a call was measured to cost, by the result.json of a load run."""

from decimal import Decimal
from pathlib import Path

from callcenter.capacity.demand import CannotPlan
from callcenter.capacity.plan import Costs
from callcenter.capacity.servers import Cost
from callcenter.load.model import LoadResult
from callcenter.load.watched import ProcessSample


def costs_of(file: Path) -> Costs:
    """
    Return what a call cost each part that was watched. Raise CannotPlan if the file does not tell.

    A part is charged with all that it used while it was watched, set-ups and idle seconds
    included, shared by the calls of these seconds; and with the memory by which it grew, shared by
    the calls of the busiest second.
    """
    try:
        result = LoadResult.from_json(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise CannotPlan(f"{file} cannot be read.") from error
    except ValueError as error:
        raise CannotPlan(f"{file} is no result of `callcenter load`.") from error
    database = _cost(result, "postgresql")
    return Costs(
        daemon=_cost(result, "daemon"),
        asterisk=_cost(result, "asterisk"),
        postgresql=None if database is None else database.cpu,
        most_at_once=_most_at_once(result),
    )


def _most_at_once(result: LoadResult) -> int:
    most = max((second.calls_up for second in result.seconds), default=0)
    if most == 0:
        raise CannotPlan("No call was up in this load run, so it does not tell what one costs.")
    return most


def _cost(result: LoadResult, part: str) -> Cost | None:
    samples = [one for one in result.watched.processes if one.name == part]
    if len(samples) < 2:
        return None
    first, last = samples[0], samples[-1]
    call_seconds = sum(one.calls_up for one in result.seconds if first.at <= one.at <= last.at)
    if not call_seconds or last.cpu_s <= first.cpu_s:
        return None
    cpu = (last.cpu_s - first.cpu_s) / call_seconds
    return Cost(cpu=_rounded(cpu), memory_mb=_rounded(_grown_mb(samples) / _most_at_once(result)))


def _grown_mb(samples: list[ProcessSample]) -> float:
    return (max(one.memory for one in samples) - samples[0].memory) / 1e6


def _rounded(amount: float) -> Decimal:
    """Return three digits: no load run tells more."""
    return Decimal(f"{amount:.3g}")
