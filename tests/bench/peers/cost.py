"""What calls cost, and how that compares."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """
    What the processes of one contestant used for so many calls.

    `cpu_s` and `idle_cpu_s` are CPU seconds by part, children included: all that was used while
    the calls were there, and what the same parts would have used in that time without any.
    `memory_mb` is resident, at the end. `ordered` are the orders that arrived as they were keyed.
    """

    calls: int
    failures: Mapping[str, int]  # by cause
    ordered: int
    cpu_s: Mapping[str, float]
    idle_cpu_s: Mapping[str, float]
    memory_mb: Mapping[str, float]

    @property
    def failed(self) -> int:
        return sum(self.failures.values())

    @property
    def wrong(self) -> int:
        """Calls that went well for the caller, whose order never arrived as it was keyed."""
        return max(0, self.calls - self.failed - self.ordered)

    @property
    def per_call_ms(self) -> float:
        """CPU per call, with that of idling."""
        return self._per_call_ms(self.cpu_s)

    @property
    def beyond_idle_ms(self) -> float:
        """CPU per call that would not have been used without calls."""
        return self.per_call_ms - self._per_call_ms(self.idle_cpu_s)

    def part_ms(self, part: str) -> float:
        """CPU per call of one part, 0 for one that it has not."""
        return 1000 * self.cpu_s.get(part, 0.0) / self.calls

    def _per_call_ms(self, used_s: Mapping[str, float]) -> float:
        return 1000 * sum(used_s.values()) / self.calls


Round = Mapping[str, Cost]


def ratio(rounds: Sequence[Round], one: str, other: str) -> float:
    """Return how many times the CPU of `other` a call of `one` needs: the median of the rounds."""
    return median(each[one].per_call_ms / each[other].per_call_ms for each in rounds)


def in_turn(names: Sequence[str], nth: int) -> Sequence[str]:
    """Return the names in the order of a round: another one begins, and every second goes back."""
    at = nth % len(names)
    rotated = [*names[at:], *names[:at]]
    return rotated if nth % 2 == 0 else rotated[::-1]
