"""Branch coverage of what moves money by its own tests: `make coverage` prints the table and fails under 100 %."""

import os
import sys
from collections.abc import Iterable
from pathlib import Path

from tests.mutation.targets import TARGETS

DATA = Path(".local/coverage")
TESTS = tuple(dict.fromkeys(test for target in TARGETS.values() for test in (*target.tests, *target.alone)))
PERCENT_MIN = 100


def _coverage(*given: str) -> int:
    return os.spawnv(os.P_WAIT, sys.executable, [sys.executable, "-m", "coverage", *given])  # noqa: S606 - our own command


def modules() -> Iterable[Path]:
    """Name the files that are measured."""
    return [path for target in TARGETS.values() for path in target.paths()]


def main() -> int:
    """Run the tests of the five parts, and say what of each module they do not run."""
    DATA.parent.mkdir(exist_ok=True)
    measured = f"--include={','.join(map(str, modules()))}"
    data = f"--data-file={DATA}"
    failed = _coverage("run", data, "--branch", measured, "-m", "pytest", "-q", "-p", "no:xdist", *TESTS)
    poor = _coverage("report", data, "-m", f"--fail-under={PERCENT_MIN}")
    return failed or poor


if __name__ == "__main__":
    sys.exit(main())
