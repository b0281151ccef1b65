"""Write docs/mutation.md from what the mutants came to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.mutation.explained import place_of, why
from tests.mutation.killing import KILLED
from tests.mutation.mutants import Mutant, mutants_of, prose_of
from tests.mutation.targets import TARGETS

PAGE = Path("docs/mutation.md")
SCORE_MIN = 95  # percent, of each target
NOT_ASKED = "not asked yet"

TEXT = """\
<!-- Written by `make mutation`. Change tests/mutation/, not this page. -->

# Mutants of what moves money

Each mutant is one small change of the source: a number, a truth, a name, a comparison, an operator, a condition, what
is returned or raised, a call that is left out, a row that a table loses. A test must fail for it, or it is listed below
with the reason why it may live: nothing that anybody can see tells it from the code as it is.

`make mutation` asks the survivors again, and everybody whose function or table changed; `make mutation ARGS=--all` asks
all. It fails below {least} % or with a survivor that nobody explained.

| Part | Mutants | Killed | Score | Survivors | of them explained | Sentences not asked |
|---|---:|---:|---:|---:|---:|---:|
{table}

Sentences are not asked: a text for people (a title, a silence of the process, a reason for a VAT rate, the message of
an error for programmers; anything with a space in it) means the same in other words, and a test that repeats it proves
nothing. Tests hold that each is there in both languages. Names, keys, codes and formats are asked.

## Branches

`make coverage` runs the unit tests of these parts and fails unless every statement and every branch of them is run.

## Survivors

{survivors}
"""


@dataclass(frozen=True)
class Result:
    """The mutants of one target with what they came to."""

    name: str
    mutants: Sequence[tuple[Mutant, str]]
    sentences: int

    @property
    def survivors(self) -> list[tuple[Mutant, str]]:
        return [(mutant, outcome) for mutant, outcome in self.mutants if outcome != KILLED]

    @property
    def unexplained(self) -> list[tuple[Mutant, str]]:
        return [(mutant, outcome) for mutant, outcome in self.survivors if not why(mutant)]

    @property
    def score(self) -> float:
        return 100 * (1 - len(self.survivors) / len(self.mutants)) if self.mutants else 100.0


def results(outcome_of: Callable[[Mutant], str | None]) -> list[Result]:
    """Gather what is known; a mutant that was not asked yet counts as alive."""
    return [
        Result(
            name,
            [(each, outcome_of(each) or NOT_ASKED) for path in target.paths() for each in mutants_of(path)],
            sum(len(prose_of(path)) for path in target.paths()),
        )
        for name, target in TARGETS.items()
    ]


def is_good(found: Sequence[Result]) -> bool:
    """Say whether every score is as promised and every survivor explained."""
    return all(each.score >= SCORE_MIN and not each.unexplained for each in found)


def summary(found: Sequence[Result]) -> str:
    """Say a line for each target."""
    return "\n".join(
        f"{each.name}: {len(each.mutants)} mutants, {len(each.survivors)} alive, "
        f"{len(each.unexplained)} of them unexplained, {each.score:.1f} %"
        for each in found
    )


def write(found: Sequence[Result]) -> None:
    """Put the numbers into the page."""
    rows = [
        f"| {each.name} | {len(each.mutants)} | {len(each.mutants) - len(each.survivors)} | {each.score:.1f} % "
        f"| {len(each.survivors)} | {len(each.survivors) - len(each.unexplained)} | {each.sentences} |"
        for each in found
    ]
    alive = [_line(mutant, outcome) for each in found for mutant, outcome in each.survivors]
    PAGE.write_text(TEXT.format(least=SCORE_MIN, table="\n".join(rows), survivors="\n".join(alive) or "None."))


def _line(mutant: Mutant, outcome: str) -> str:
    module, function, change = place_of(mutant)
    return f"- `{module}` {function or 'at import'}: `{change}`. {why(mutant) or f'Not explained; {outcome}.'}"
