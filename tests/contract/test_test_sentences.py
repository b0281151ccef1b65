"""The body of a test shows by what its sentence is seen to be true."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
FILES = sorted(TESTS.rglob("test_*.py"))


def cases_of(source: str) -> Iterator[ast.FunctionDef]:
    """Find every test of a file, in whatever class or block it stands."""
    found = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef))
    return (node for node in found if node.name.startswith("test_"))


def asserts(test: ast.FunctionDef) -> bool:
    """Say whether the body itself holds an assertion, or names what must be refused."""
    return any(isinstance(node, ast.Assert) or _is_raises(node) for node in ast.walk(test))


def _is_raises(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "raises"
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "pytest"
    )


def test_every_test_shows_its_assertion():
    silent = [
        f"{path.relative_to(TESTS)}:{test.lineno} {test.name}"
        for path in FILES
        for test in cases_of(path.read_text())
        if not asserts(test)
    ]

    assert silent == []
    assert len(FILES) > 100


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("assert sum([1]) == 1", True),
        ("with pytest.raises(ValueError):\n        int('x')", True),
        ("check(1)", False),
        ("mock.raises(ValueError)", False),
        ("return 1 == 2", False),
    ],
)
def test_the_scan_tells_an_assertion_from_a_call(body, shown):
    [test] = cases_of(f"def test_x():\n    {body}\n")

    assert asserts(test) is shown
