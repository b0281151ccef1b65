"""Mutation testing of what moves money: `make mutation` (python -m tests.mutation) writes docs/mutation.md.

What a mutant came to is kept (in .local/mutation.json) as long as its function stays as it is, so that a second run
asks only the survivors again. `--all` asks everybody.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.mutation import killing, page
from tests.mutation.explained import why
from tests.mutation.mutants import Mutant, mutants_of, source_of
from tests.mutation.targets import TARGETS, Target

KEPT = Path(".local/mutation.json")


class Outcomes:
    """What mutants came to, as long as what is around them stays as it is."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}

    def of(self, mutant: Mutant) -> str | None:
        return self.known.get(mutant.key)

    def keep(self, mutant: Mutant, outcome: str) -> None:
        self.known[mutant.key] = outcome
        self.path.parent.mkdir(exist_ok=True)
        beside = self.path.with_suffix(".new")
        beside.write_text(json.dumps(self.known, indent=0))
        beside.replace(self.path)

    def forget_others(self) -> None:
        """Drop what is known of mutants that no longer exist."""
        keys = {each.key for target in TARGETS.values() for path in target.paths() for each in mutants_of(path)}
        self.known = {key: outcome for key, outcome in self.known.items() if key in keys}


def run(target: Target, outcomes: Outcomes, *, ask_all: bool, until: float) -> None:
    """Let every mutant of a target meet the tests, as far as the time goes; the explained ones come last."""
    asked = [
        mutant
        for path in target.paths()
        for mutant in mutants_of(path)
        if ask_all or outcomes.of(mutant) != killing.KILLED
    ]
    asked.sort(key=lambda each: why(each) is not None)
    told = _told(outcomes)
    at_import = [mutant for mutant in asked if not mutant.function]
    for mutant in (None, *at_import, None) if at_import else ():
        if time.monotonic() > until:
            break
        outcome = killing.anew(mutant, target.alone)
        if mutant is not None:
            told(mutant, outcome)
        elif outcome == killing.KILLED:
            raise SystemExit("the tests fail without any mutant: what they said before counts for nothing")
    inside = [mutant for mutant in asked if mutant.function]
    if inside and time.monotonic() < until:
        killing.in_place(inside, target.tests, told)


def _told(outcomes: Outcomes) -> Callable[[Mutant, str], None]:
    def told(mutant: Mutant, outcome: str) -> None:
        if mutant.path.read_text() != source_of(mutant.path):
            outcome = "changed meanwhile, ask again"
        else:
            outcomes.keep(mutant, outcome)
        sys.stdout.write("." if outcome == killing.KILLED else f"\n{outcome}: {mutant.name}\n")
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
    outcomes.forget_others()
    found = page.results(outcomes.of)
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
