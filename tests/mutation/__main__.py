"""Mutation testing of what moves money: `make mutation` (python -m tests.mutation) writes docs/mutation.md.

What a mutant came to is kept (in .local/mutation.json) as long as its module stays as it is, so that a second run asks
only the survivors again. `--all` asks everybody.
"""

import argparse
import hashlib
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.mutation import killing, page
from tests.mutation.mutants import Mutant, mutants_of
from tests.mutation.targets import TARGETS, Target

KEPT = Path(".local/mutation.json")


class Outcomes:
    """What mutants came to, by module, its source, and the change."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}

    def of(self, mutant: Mutant) -> str | None:
        return self.known.get(_key(mutant))

    def keep(self, mutant: Mutant, outcome: str) -> None:
        self.known[_key(mutant)] = outcome
        self.path.parent.mkdir(exist_ok=True)
        self.path.write_text(json.dumps(self.known, indent=0))


def _key(mutant: Mutant) -> str:
    source = hashlib.sha256(mutant.path.read_bytes()).hexdigest()[:12]
    return f"{killing.module_name(mutant.path)} {source} {mutant.number}"


def run(target: Target, outcomes: Outcomes, *, ask_all: bool, until: float) -> None:
    """Let every mutant of a target meet the tests, as far as the time goes."""
    asked = [
        mutant
        for path in target.paths()
        for mutant in mutants_of(path)
        if ask_all or outcomes.of(mutant) != killing.KILLED
    ]
    inside = [mutant for mutant in asked if mutant.function]
    told = _told(outcomes)
    if inside:
        killing.in_place(inside, target.tests, told)
    for mutant in asked:
        if not mutant.function and time.monotonic() < until:
            told(mutant, killing.anew(mutant, target.quick))


def _told(outcomes: Outcomes) -> Callable[[Mutant, str], None]:
    def told(mutant: Mutant, outcome: str) -> None:
        outcomes.keep(mutant, outcome)
        sys.stdout.write("." if outcome == killing.KILLED else f"\n{outcome}: {mutant.line} {mutant.name}\n")
        sys.stdout.flush()

    return told


def main(given: Sequence[str] | None = None) -> int:
    """Run, write the page, and fail below the promised score or with an unexplained survivor."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help=f"of {', '.join(TARGETS)} (default: all)")
    parser.add_argument("--all", action="store_true", help="ask the killed again, too")
    parser.add_argument("--seconds", type=float, default=36_000, help="how long, about")
    asked = parser.parse_args(given)
    outcomes, until = Outcomes(KEPT), time.monotonic() + asked.seconds
    for name in asked.names or TARGETS:
        if time.monotonic() < until:
            run(TARGETS[name], outcomes, ask_all=asked.all, until=until)
    found = page.results(outcomes.of)
    if not asked.names:
        page.write(found)
    sys.stdout.write(f"\n{page.summary(found)}\n")
    return 0 if page.is_good(found) else 1


if __name__ == "__main__":
    # Loaded once here, so that no fork has to; nothing of ours may be among it.
    import boto3  # noqa: F401
    import botocore.session  # noqa: F401
    import msgspec  # noqa: F401
    import pynamodb.models  # noqa: F401
    import stripe  # noqa: F401

    sys.exit(main())
