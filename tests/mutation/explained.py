"""Why a mutant may live: what it changes cannot be told apart, or is a choice of degree that no promise fixes."""

from tests.mutation.mutants import Mutant

# By module, the function, and how the change begins.
EXPLAINED: dict[tuple[str, str, str], str] = {}


def why(mutant: Mutant) -> str | None:
    """Return why this survivor may live, or None when nobody has said so."""
    for (module, function, change), reason in EXPLAINED.items():
        where = str(mutant.path).endswith(module) and mutant.function == function
        if where and mutant.change.startswith(change):
            return reason
    return None
