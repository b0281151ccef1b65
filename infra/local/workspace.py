"""The folder `.local/` in the checkout: everything the local cloud writes, so that one `rm -r` forgets it.

- `cache/`: built layers and the emulator's environment, by hash of what they were built from. Kept.
- `state/`: tables, queues and files of a PERSIST=1 run. Kept.
- `logs/`: what the last run's processes said. Kept until the next run.
- `tmp/`: everything else. Removed when the run ends, and when the next begins.

LOCAL_DIR names another folder for all but the cache, so that two clouds (a test's and a person's) can be up at once.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from infra.local.trouble import Trouble

CHECKOUT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Workspace:
    """Folders of one run, below `root`."""

    root: Path
    cache: Path = CHECKOUT / ".local" / "cache"

    @property
    def state(self) -> Path:
        """Return the folder that survives a PERSIST=1 run."""
        return self.root / "state"

    @property
    def logs(self) -> Path:
        """Return the folder of the processes' logs."""
        return self.root / "logs"

    @property
    def tmp(self) -> Path:
        """Return the folder that ends with the run."""
        return self.root / "tmp"


@contextmanager
def open_workspace(root: Path) -> Iterator[Workspace]:
    """Hold the workspace for one run at a time; begin and end with an empty tmp folder.

    Raises:
        Trouble: another run holds it.
    """
    root.mkdir(parents=True, exist_ok=True)
    workspace = Workspace(root)
    with (root / "lock").open("a+") as lock:
        _hold(lock.fileno(), root / "lock")
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        _empty(workspace)
        try:
            yield workspace
        finally:
            shutil.rmtree(workspace.tmp, ignore_errors=True)


def _hold(descriptor: int, path: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as held:
        holder = path.read_text().strip() or "unknown"
        raise Trouble(
            f"Another local cloud is running from this folder (process {holder}).",
            "Stop it with Ctrl-C in its own terminal, then try again.",
        ) from held


def _empty(workspace: Workspace) -> None:
    shutil.rmtree(workspace.tmp, ignore_errors=True)
    shutil.rmtree(workspace.logs, ignore_errors=True)
    for folder in (workspace.cache, workspace.state, workspace.logs, workspace.tmp):
        folder.mkdir(parents=True, exist_ok=True)
