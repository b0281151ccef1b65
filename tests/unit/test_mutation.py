"""The hunt for mutants itself: it finds what is wrong with code, and excuses nothing that is not there."""

from pathlib import Path

import pytest

from tests.mutation.explained import EXPLAINED, place_of
from tests.mutation.killing import PACKAGES, module_name
from tests.mutation.mutants import Mutant, mutants_of, prose_of, source_of
from tests.mutation.targets import TARGETS

ROOT = Path(__file__).parents[2]
CODE = '''
"""A module."""

LIMIT = 3
WORDS = ("one", "a whole sentence")


class Box:
    """A box."""

    def holds(self, amount: int = 0) -> bool:
        """Say so."""
        if amount >= LIMIT and not self.shut:
            raise ValueError(f"the box {self.name}:{amount} is full")
        self.note(amount + 1)
        return True
'''


@pytest.fixture
def found(tmp_path) -> list[Mutant]:
    path = tmp_path / "box.py"
    path.write_text(CODE)
    return mutants_of(path)


def test_every_small_change_of_a_module_is_a_mutant(found):
    assert [(each.function, each.change) for each in found] == [
        ("", "3 -> 4"),
        ("", "without the row 'one'"),
        ("", "without the row 'a whole sentence'"),
        ("", "'one' -> 'one?'"),
        ("", "0 -> 1"),
        ("Box.holds", "not (amount >= LIMIT and (not self.shut))"),
        ("Box.holds", "And -> Or in amount >= LIMIT and (not self.shut)"),
        ("Box.holds", "GtE -> Gt in amount >= LIMIT"),
        ("Box.holds", "GtE -> Lt in amount >= LIMIT"),
        ("Box.holds", "not self.shut -> self.shut"),
        ("Box.holds", "without raise ValueError(f'the box {self.name}:{amount} is full')"),
        ("Box.holds", "without self.note(amount + 1)"),
        ("Box.holds", "Add -> Sub in amount + 1"),
        ("Box.holds", "1 -> 2"),
        ("Box.holds", "return True -> return None"),
        ("Box.holds", "True -> False"),
    ]


def test_sentences_are_counted_instead(tmp_path):
    path = tmp_path / "box.py"
    path.write_text(CODE)

    assert prose_of(path) == ["a whole sentence", "the box ", " is full"]


def test_a_mutant_is_known_by_what_is_around_it_and_not_by_its_line(found, tmp_path):
    path = tmp_path / "box.py"
    path.write_text(CODE.replace("LIMIT = 3\n", "\n\nLIMIT = 3\n").replace("is full", "is quite full"))
    source_of.cache_clear()

    kept = {each.key for each in mutants_of(path)} & {each.key for each in found}

    assert kept == {each.key for each in found[:4]}
    assert len({each.key for each in found}) == len(found)


def test_what_is_explained_exists(monkeypatch):
    monkeypatch.chdir(ROOT)
    there = {place_of(each) for target in TARGETS.values() for path in target.paths() for each in mutants_of(path)}

    assert set(EXPLAINED) <= there
    assert all(reason.endswith(".") and len(reason) > 30 for reason in EXPLAINED.values())


def test_every_module_of_the_parts_is_hunted_by_tests_that_are_there(monkeypatch):
    monkeypatch.chdir(ROOT)

    for target in TARGETS.values():
        assert all(Path(test).exists() for test in (*target.tests, *target.alone))
    hunted = {module_name(path) for target in TARGETS.values() for path in target.paths()}
    package = PACKAGES / "marketplace"
    parts = [*package.glob("ledger/*.py"), *package.glob("fees/*.py"), *package.glob("orders/process*.py")]
    assert hunted == {module_name(path) for path in parts if path.stem not in {"__init__", "ports"}} | {
        "marketplace.payments.intents",
        "marketplace.payments.sweep",
    }


def test_the_page_names_every_part():
    page = (ROOT / "docs" / "mutation.md").read_text()

    assert all(f"| {name} |" in page for name in TARGETS)
