"""
Erlang's formulas for lost and for waiting calls, and the least number that keeps a promise.

The formulas are those of call-center-tools, which computes them by recurrences that neither
overflow nor lose digits. Traffic is in erlang, lines and agents are counted, times in seconds.
"""

from bisect import bisect_left
from collections.abc import Callable
from math import floor

from call_center_tools.erlang import erlang_b, erlang_c
from call_center_tools.staffing import calc_average_speed_of_answer, calc_service_level


def blocked(traffic: float, lines: int) -> float:
    """Return the share of calls that find no line free (Erlang B)."""
    return erlang_b(traffic, lines)


def waits(traffic: float, agents: int) -> float:
    """Return the share of calls that find no agent free, and wait (Erlang C)."""
    return erlang_c(traffic, agents)


def answered(traffic: float, agents: int, *, within_s: float, handling_s: float) -> float:
    """Return the share of calls that an agent takes within so many seconds."""
    waiting = waits(traffic, agents)
    return calc_service_level(traffic, agents, waiting, within_s, handling_s)


def mean_wait_s(traffic: float, agents: int, *, handling_s: float) -> float:
    """Return how long a call waits on average; those that need not wait count. Agents > traffic."""
    return calc_average_speed_of_answer(traffic, agents, waits(traffic, agents), handling_s)


def more_than(traffic: float) -> int:
    """Return the fewest agents with whom a queue does not grow for ever."""
    return floor(traffic) + 1


def least(meets: Callable[[int], bool], *, at_least: int) -> int:
    """Return the smallest number that meets a promise which every larger number meets as well."""
    high, step = at_least, 1
    while not meets(high):
        high, step = high + step, 2 * step
    return at_least + bisect_left(range(at_least, high), True, key=meets)
