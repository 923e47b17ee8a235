"""Processes and what they cost, those below them included."""

from collections.abc import Container, Mapping, Sequence
from contextlib import suppress

import psutil

from callcenter.load.watched import ProcessSample

Tree = Sequence[psutil.Process]


def trees(roots: Mapping[str, int | None]) -> Mapping[str, Tree]:
    """
    Return each part that runs with the processes below it, by one look at the machine.

    A part below another part is counted there only where it has its own name.
    """
    children: dict[int, list[psutil.Process]] = {}
    every: dict[int, psutil.Process] = {}
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            children.setdefault(process.ppid(), []).append(process)
            every[process.pid] = process
    found = {name: every[pid] for name, pid in roots.items() if pid is not None and pid in every}
    return {name: _below(root, children, set(found.values())) for name, root in found.items()}


def lives(tree: Tree) -> bool:
    """Tell whether the first of a tree still runs; of one that has ended nothing can be read."""
    with suppress(psutil.NoSuchProcess):
        return tree[0].is_running() and tree[0].status() != psutil.STATUS_ZOMBIE
    return False


def cpu_s(tree: Tree) -> float:
    """Return the CPU seconds used so far, those of children that have ended included."""
    return sum(_cpu_s(process) for process in tree)


def memory(tree: Tree) -> int:
    """Return the bytes resident: what processes share, as PostgreSQL's do, is counted once."""
    own, shared = 0, 0
    for process in tree:
        with suppress(psutil.Error):
            info = process.memory_info()
            own += info.rss - info.shared
            shared = max(shared, info.shared)
    return own + shared


def files(tree: Tree) -> int | None:
    """Return how many files and sockets are open, None if we may not look."""
    try:
        return sum(_files(process) for process in tree)
    except psutil.AccessDenied:
        return None


def sample(at: float, name: str, tree: Tree) -> ProcessSample:
    return ProcessSample(
        at=at,
        name=name,
        cpu_s=cpu_s(tree),
        memory=memory(tree),
        files=files(tree),
        threads=sum(_threads(process) for process in tree),
    )


def _below(
    root: psutil.Process, children: Mapping[int, Tree], roots: Container[psutil.Process]
) -> Tree:
    found = [root]
    for process in found:  # grows while we go
        found += [child for child in children.get(process.pid, ()) if child not in roots]
    return found


# A process that has just ended is counted by its parent, or by nobody.
def _cpu_s(process: psutil.Process) -> float:
    with suppress(psutil.NoSuchProcess):
        return sum(process.cpu_times()[:4])
    return 0.0


def _files(process: psutil.Process) -> int:
    with suppress(psutil.NoSuchProcess):
        return process.num_fds()
    return 0


def _threads(process: psutil.Process) -> int:
    with suppress(psutil.Error):
        return process.num_threads()
    return 0
