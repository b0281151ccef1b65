"""Child processes: each leads a group of its own, logs to a file, and ends with the run, whatever ends it."""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from infra.local.trouble import Trouble

GRACE_SECONDS = 15.0
POLL_SECONDS = 0.05
LOG_TAIL_LINES = 15
LOOPBACK = "127.0.0.1"
_PR_SET_PDEATHSIG = 1


class Child:
    """A process of the local cloud with everything it starts in turn."""

    def __init__(
        self, name: str, command: Sequence[str], *, environment: Mapping[str, str], folder: Path, log: Path
    ) -> None:
        self.name = name
        self.log = log
        with log.open("wb") as output:
            try:
                self._process = subprocess.Popen(  # noqa: S603 - our own commands, by list
                    command,
                    env=dict(environment),
                    cwd=folder,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    preexec_fn=_end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - before threads
                )
            except FileNotFoundError as missing:
                raise Trouble(
                    f"{name} could not start: there is no {command[0]}.", "Run `make clean setup`, then try again."
                ) from missing

    @property
    def pid(self) -> int:
        """Return the process's id, which is its group's too."""
        return self._process.pid

    def ended(self) -> bool:
        """Tell whether the process is gone."""
        return self._process.poll() is not None

    def require_alive(self) -> None:
        """Raise Trouble with the end of the log when the process is gone."""
        if self.ended():
            code = self._process.returncode
            how = f"was killed by signal {-code}" if code < 0 else f"ended with status {code}"
            raise Trouble(f"{self.name} {how} while it was needed.", f"The end of {self.log}:\n{self.log_tail()}")

    def log_tail(self) -> str:
        """Return the last lines of the log, indented."""
        lines = self.log.read_text(errors="replace").splitlines()[-LOG_TAIL_LINES:]
        return "\n".join(f"    {line}" for line in lines)

    def finish(self) -> int:
        """Return the exit status, after ending whatever is still running of the group."""
        self.stop()
        return self._process.returncode

    def stop(self) -> None:
        """End the whole group: politely, then after GRACE_SECONDS by force. Safe to call twice."""
        self._signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(GRACE_SECONDS)
        self._signal(signal.SIGKILL)
        self._process.wait()

    def _signal(self, number: int) -> None:
        try:
            os.killpg(self._process.pid, number)
        except (ProcessLookupError, PermissionError):
            return


def _end_with_parent() -> None:
    """Ask Linux to end this child should the run itself be killed with no chance to tidy up."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def claim_port(port: int, name: str, variable: str) -> int:
    """Return `port`, or a free one for 0, after seeing that it can be listened on.

    Raises:
        Trouble: somebody else listens there.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as taken:
            raise Trouble(
                f"Port {port}, where {name} should listen, is in use.",
                f"Stop the program that uses it, or choose another port: make run {variable}={port + 1}",
            ) from taken
        return int(probe.getsockname()[1])


def wait_for_port(port: int, child: Child, seconds: float) -> None:
    """Return once `child` listens on `port`.

    Raises:
        Trouble: it ended, or took longer than `seconds`.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        child.require_alive()
        with socket.socket() as probe:
            if probe.connect_ex((LOOPBACK, port)) == 0:
                return
        time.sleep(POLL_SECONDS)
    raise Trouble(
        f"{child.name} did not listen on port {port} within {seconds:.0f} seconds.",
        f"The end of {child.log}:\n{child.log_tail()}",
    )


def run_tool(name: str, command: Sequence[str], *, folder: Path, log: Path, advice: str) -> None:
    """Run `command` to its end; end its whole group when the run is interrupted meanwhile.

    Raises:
        Trouble: it failed; `advice` says what to do.
    """
    tool = Child(name, command, environment=os.environ, folder=folder, log=log)
    try:
        while not tool.ended():
            time.sleep(POLL_SECONDS)
    finally:
        status = tool.finish()
    if status != 0:
        raise Trouble(f"{name} failed with status {status}.", f"{advice}\nThe end of {log}:\n{tool.log_tail()}")
