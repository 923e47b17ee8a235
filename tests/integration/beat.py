"""Arms timers as Asterisk does, and tells when each is due; run with and without asterisk/beat."""

import ctypes
import json
import sys
import time
from typing import Final

_MONOTONIC: Final = 1
_SECOND_NS: Final = 1_000_000_000

_libc: Final = ctypes.CDLL(None, use_errno=True)
_Setting: Final = ctypes.c_long * 4  # every: seconds, nanoseconds; first: seconds, nanoseconds


def main(every_ns: int, times: int) -> None:
    """Print for each timer between which moments it is due, in ns of the monotonic clock."""
    due = []
    for _ in range(times):
        timer = _libc.timerfd_create(_MONOTONIC, 0)
        assert _libc.timerfd_settime(timer, 0, _Setting(0, every_ns, 0, every_ns), None) == 0
        left = _Setting()
        before = time.monotonic_ns()
        assert _libc.timerfd_gettime(timer, left) == 0
        after = time.monotonic_ns()
        left_ns = left[2] * _SECOND_NS + left[3]
        due.append((before + left_ns, after + left_ns))
    json.dump(due, sys.stdout)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
