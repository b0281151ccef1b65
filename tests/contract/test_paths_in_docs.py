"""What the pages for people call a file of this repository is one: a name that was changed is changed there too."""

import re
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = "layers/shared/python/marketplace"
ROOMS = "functions|infra|layers|tests|docs|bench"
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])

QUOTED = re.compile(r"`([^`\s]+)`")
PATH = re.compile(rf"(?:{ROOMS})/[\w./*-]*|(?:[\w.*-]+/)+[\w.*-]+\.[a-z]{{2,5}}")  # a room's, or one with an ending
BARE = re.compile(rf"(?<![\w./$<`-])(?:{ROOMS})/[\w/-]+\.[a-z]{{2,5}}\b")
MODULE = re.compile(r"(?<![\w./-])\w+\.py\b")  # as the lists of decisions name the neighbours of a path


@cache
def tracked() -> frozenset[str]:
    """Every file and folder that is no tool's leaving."""
    top = [ROOT / each for each in (*ROOMS.split("|"), "events")]
    below = [each for folder in top for each in folder.rglob("*") if "__pycache__" not in each.parts]
    return frozenset(str(each.relative_to(ROOT)) for each in [*top, *below, *ROOT.glob("*.*")])


@cache
def names() -> frozenset[str]:
    return frozenset(Path(each).name for each in tracked())


def named(text: str) -> Iterator[str]:
    """Yield what a page names as a path: in backticks, or as one of our rooms' files."""
    yield from (found for found in QUOTED.findall(text) if PATH.fullmatch(found))
    yield from BARE.findall(text)


def is_there(path: str, page: Path) -> bool:
    """Whether it is a path from the top, from the package, from the layer, or from its page."""
    beside = page.parent.relative_to(ROOT)
    places = (Path(path), Path(PACKAGE, path), Path(PACKAGE).parent / path, beside / path)
    return any(str(each) in tracked() or any(fnmatch(known, str(each)) for known in tracked()) for each in places)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_that_a_page_names_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")

    gone = [path for path in named(text) if not is_there(path, page)]
    unknown = [name for name in MODULE.findall(text) if name not in names()]

    assert (gone, unknown) == ([], [])


def test_a_file_that_is_gone_is_seen_however_it_is_named() -> None:
    text = "See `payments/gone.py`, `docs/gone.md`, tests/crash/gone.py, and `payments/model.py`; not `a/b` or `x.y`."

    found = [path for path in named(text) if not is_there(path, ROOT / "README.md")]

    assert found == ["payments/gone.py", "docs/gone.md", "tests/crash/gone.py"]
