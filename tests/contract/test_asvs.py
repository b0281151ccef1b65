"""The manifest of OWASP ASVS: complete in number, and every test and page that it names is there."""

import ast
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
MANIFEST = yaml.safe_load((ROOT / "docs" / "security" / "asvs.yaml").read_text())
STATUSES = {"met", "part", "n/a", "open"}
JUDGED = ("V6.", "V7.", "V8.", "V11.", "V14.")  # chapters in which nothing may be left open


@cache
def functions_of(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text())
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_all_of_level_two_that_applies_and_twenty_of_level_three_are_listed(record_property):
    levels = Counter(item["level"] for item in MANIFEST.values())
    judged = {name: item for name, item in MANIFEST.items() if name.startswith(JUDGED)}
    counts = Counter(item["status"] for item in MANIFEST.values())
    told = ", ".join(f"{counts[status]} {status}" for status in ("met", "part", "n/a", "open"))
    record_property(
        "summary", f"ASVS 5.0: {len(MANIFEST)} requirements, {told}; {len(judged)} judged chapter by chapter"
    )

    assert (levels[1] + levels[2], levels[3]) == (204, 20)
    assert {name for name, item in judged.items() if item["status"] == "open"} == set()


@pytest.mark.parametrize("name", MANIFEST)
def test_a_requirement_names_what_holds_it(name):
    item = MANIFEST[name]
    evidence = item.get("evidence", [])

    assert item["status"] in STATUSES
    assert item["topic"]
    if item["status"] in {"met", "part"}:
        assert any(each.startswith(("test:", "doc:")) for each in evidence)
    if item["status"] == "part":
        assert any(each.startswith("deviation:") for each in evidence)
    if item["status"] == "n/a":
        assert item["reason"]


@pytest.mark.parametrize("name", [name for name, item in MANIFEST.items() if item.get("evidence")])
def test_every_named_test_and_page_is_there(name):
    for each in MANIFEST[name]["evidence"]:
        kind, _, where = each.partition(":")
        if kind == "test":
            path, _, node = where.partition("::")
            assert node.split("::")[-1] in functions_of(path), f"{where} is not there"
        if kind == "doc":
            assert (ROOT / where).is_file(), f"{where} is not there"
