"""PostgreSQL refuses to run as root. This finds a user that it accepts."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from callcenter.domain.errors import StoreUnavailable


class EmbeddedPostgresError(StoreUnavailable):
    """The embedded PostgreSQL does not run. The message is one sentence for an operator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Runner:
    """How to run PostgreSQL's programs: what to put before them, and who must own its files."""

    prefix: tuple[str, ...]
    owner: int

    def run(self, *command: str | Path, timeout_s: float) -> subprocess.CompletedProcess[str]:
        """Run a program to its end, deaf to PG… variables that the operator may have set."""
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
        try:
            return subprocess.run(  # noqa: S603  our own words, no shell
                [*self.prefix, *map(str, command)],
                env=environment | {"LC_ALL": "C"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                cwd="/",
                timeout=timeout_s,
                check=False,
            )
        except subprocess.TimeoutExpired as e:
            raise EmbeddedPostgresError(f"{command[0]} did not end in {timeout_s:.0f} s") from e

    def own(self, directory: Path) -> None:
        """Make everything under `directory` belong to the owner, if it does not yet."""
        if directory.stat().st_uid != self.owner:
            for path in (directory, *directory.rglob("*")):
                os.chown(path, self.owner, -1, follow_symlinks=False)


def find_runner(program: Path) -> Runner:
    """Return a runner under which `program` runs and is not root."""
    for runner in _candidates():
        if _works(runner.prefix, program):
            return runner
    raise EmbeddedPostgresError(
        f"PostgreSQL does not run as root, and neither unshare nor setpriv lets {program} run as "
        "another user"
    )


def possible_owners() -> frozenset[int]:
    """Return whose files may be those of a server that we started, in whichever way."""
    return frozenset(runner.owner for runner in _candidates())


def _candidates() -> Iterator[Runner]:
    if os.geteuid() != 0:
        yield Runner(prefix=(), owner=os.geteuid())
        return
    # In a user namespace root's files stay root's, so nothing has to change hands.
    yield Runner(prefix=("unshare", "--user", "--map-user=1000", "--"), owner=0)
    nobody = pwd.getpwnam("nobody")
    yield Runner(
        prefix=(
            "setpriv",
            f"--reuid={nobody.pw_uid}",
            f"--regid={nobody.pw_gid}",
            "--clear-groups",
            "--",
        ),
        owner=nobody.pw_uid,
    )


def _works(prefix: Sequence[str], program: Path) -> bool:
    if prefix and shutil.which(prefix[0]) is None:
        return False
    tried = subprocess.run(  # noqa: S603  our own words, no shell
        [*prefix, str(program), "--version"], capture_output=True, check=False, cwd="/"
    )
    return tried.returncode == 0
