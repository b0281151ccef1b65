"""Write docs/mutation.md from what the mutants came to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.mutation.explained import why
from tests.mutation.killing import KILLED
from tests.mutation.mutants import Mutant, mutants_of
from tests.mutation.targets import TARGETS

PAGE = Path("docs/mutation.md")
SCORE_MIN = 95  # percent, of each target

TEXT = """\
<!-- Written by `make mutation`. Change tests/mutation/, not this page. -->

# Mutants of what moves money

Each mutant is one small change of the source: a number, a truth, a comparison, an operator, a condition, what is
returned or raised, a call that is left out, a row that a table loses. A test must fail for it, or it is listed below
with the reason why it may live. Texts are not changed: a name means the same under any other name.

`make mutation` asks the survivors again after each change, and everybody whose module changed.

| Part | Mutants | Killed | Score | Survivors | of them explained |
|---|---:|---:|---:|---:|---:|
{table}

## Survivors

{survivors}
"""


@dataclass(frozen=True)
class Result:
    """The mutants of one target with what they came to."""

    name: str
    mutants: Sequence[tuple[Mutant, str]]

    @property
    def survivors(self) -> list[Mutant]:
        return [mutant for mutant, outcome in self.mutants if outcome != KILLED]

    @property
    def score(self) -> float:
        return 100 * (1 - len(self.survivors) / len(self.mutants)) if self.mutants else 100.0


def results(outcome_of: Callable[[Mutant], str | None]) -> list[Result]:
    """Gather what is known; a mutant that was not asked yet counts as alive."""
    return [
        Result(
            name, [(each, outcome_of(each) or "not asked yet") for path in target.paths() for each in mutants_of(path)]
        )
        for name, target in TARGETS.items()
    ]


def is_good(found: Sequence[Result]) -> bool:
    """Say whether every score is as promised and every survivor explained."""
    return all(each.score >= SCORE_MIN and all(why(mutant) for mutant in each.survivors) for each in found)


def summary(found: Sequence[Result]) -> str:
    """Say a line for each target."""
    return "\n".join(
        f"{each.name}: {len(each.mutants)} mutants, {len(each.survivors)} alive, {each.score:.1f} %" for each in found
    )


def write(found: Sequence[Result]) -> None:
    """Put the numbers into the page."""
    rows = [
        f"| {each.name} | {len(each.mutants)} | {len(each.mutants) - len(each.survivors)} | {each.score:.1f} % "
        f"| {len(each.survivors)} | {sum(bool(why(mutant)) for mutant in each.survivors)} |"
        for each in found
    ]
    alive = [
        f"- `{mutant.path.parent.name}/{mutant.path.name}:{mutant.line}` {mutant.function or 'at import'}: "
        f"`{mutant.change}`: {why(mutant) or 'not explained'}"
        for each in found
        for mutant in each.survivors
    ]
    PAGE.write_text(TEXT.format(table="\n".join(rows), survivors="\n".join(alive) or "None."))
