"""What the run says while it works: one line a step, with the time it took."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Progress:
    """Lines on standard output, with the seconds since the run began."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    @contextmanager
    def step(self, doing: str) -> Iterator[None]:
        """Say what is being waited for, and how long it took when that is worth a line."""
        self.say(f"{doing} ...")
        began = time.monotonic()
        yield
        took = time.monotonic() - began
        if took >= 1:
            self.say(f"{doing}: done in {took:.1f} s")

    def say(self, text: str) -> None:
        """Print `text` with the age of the run."""
        self.plain(f"[{time.monotonic() - self._began:6.1f} s] {text}")

    def plain(self, text: str) -> None:
        """Print `text` as it is, at once."""
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
