"""One run of the local cloud as its user starts it, and what is left of it afterwards."""

import contextlib
import os
import re
import select
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Self

CHECKOUT = Path(__file__).resolve().parents[2]
RUN_SECONDS = 420  # the first run on a machine builds the emulator's environment and the layers
END_SECONDS = 90


class Run:
    """One `python -m infra.local` on free ports, in a folder of its own."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.said: list[str] = []
        self.started: set[int] = set()
        chosen = {"PORT": "0", "STRIPE_PORT": "0", "LOCAL_DIR": str(folder), **environment}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "infra.local"],
            cwd=CHECKOUT,
            env={**os.environ, **chosen},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._watchdog = threading.Timer(RUN_SECONDS, self.signal, [signal.SIGKILL])
        self._watchdog.daemon = True
        self._watchdog.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_failed: object) -> None:
        """Press Ctrl-C, if it still runs, and wait until it has tidied up."""
        self.signal(signal.SIGINT)
        self.ends()

    @property
    def text(self) -> str:
        return "".join(self.said)

    def until(self, pattern: str) -> re.Match[str]:
        """Read on until a line matches, and note which processes are there by then."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.said.append(line)
            if found := re.search(pattern, line):
                self.started.update(_below(self._process.pid))
                return found
        raise AssertionError(f"{pattern} was never said:\n{self.text}")

    def ends(self) -> int:
        """Read to the end and return the exit status."""
        assert self._process.stdout is not None
        if not self._process.stdout.closed:
            self.said += self._process.stdout.readlines()
            self._process.stdout.close()
        status = self._process.wait(END_SECONDS)
        self._watchdog.cancel()
        return status

    def signal(self, number: int) -> None:
        if self._process.poll() is None:
            os.kill(self._process.pid, number)

    def emulator(self) -> int:
        """Return the emulator's process id."""
        [found] = [pid for pid in self.started if "corrected_ministack" in _command(pid)]
        return found

    def left_over(self) -> list[str]:
        """Return the commands of processes that outlive the run: of its groups, or with its folder in their command."""
        everybody = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
        ours = [pid for pid in everybody if _group(pid) in self.started or str(self.folder) in _command(pid)]
        return [_command(pid) for pid in ours if not _ends(pid)]


def _below(pid: int) -> list[int]:
    with contextlib.suppress(FileNotFoundError):
        direct = [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        return direct + [below for child in direct for below in _below(child)]
    return []


def _command(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    return ""


def _group(pid: int) -> int:
    with contextlib.suppress(OSError):
        return os.getpgid(pid)
    return -1


def _ends(pid: int) -> bool:
    """Wait until a process has ended; False when it has not in END_SECONDS."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], END_SECONDS)[0])
    finally:
        os.close(handle)
