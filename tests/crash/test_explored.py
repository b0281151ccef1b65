"""The hash of what was explored changes with whatever the exploration is made of, and with nothing else."""

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from tests.crash import full, report
from tests.crash.explored import CODE, MODEL, files, hash_of_code

ROOT = Path(__file__).parents[2]
LOADED = """
import json, os, sys
opened = set()
sys.addaudithook(lambda event, given: opened.add(given[0]) if event == "open" and isinstance(given[0], str) else None)
import tests.crash.full
from tests.crash.flows import FLOWS
from tests.crash.harness import faulty_worlds
for name in ("buyer confirms", "solvency stated"):
    with faulty_worlds(FLOWS[name]) as worlds:
        worlds.run(worlds.again())
loaded = {module.__file__ for module in list(sys.modules.values()) if getattr(module, "__file__", None)}
print(json.dumps([os.path.abspath(each) for each in {*loaded, *opened}]))
"""


@pytest.fixture
def copied(tmp_path):
    """The explored files, and two that explore nothing, to be changed."""
    for name in [*files(root=ROOT), "tests/crash/report.py", "tests/crash/test_samples.py"]:
        copy = tmp_path / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes((ROOT / name).read_bytes())
    return tmp_path


def test_everything_that_an_exploration_loads_or_reads_is_in_the_hash():
    asked = [sys.executable, "-c", LOADED]
    found_as_here = os.environ | {"PYTHONPATH": os.pathsep.join(each for each in sys.path if each)}
    run = subprocess.run(asked, cwd=ROOT, env=found_as_here, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    assert run.returncode == 0, run.stderr
    read = (Path(each) for each in json.loads(run.stdout))
    inside = {each.relative_to(ROOT).as_posix() for each in read if each.is_relative_to(ROOT) and each.is_file()}

    ours = {each for each in inside if not each.startswith(".") and "__pycache__" not in each}
    assert ours - set(files(root=ROOT)) == {"tests/crash/report.py"}


@pytest.mark.parametrize("pattern", CODE)
def test_each_pattern_names_files(pattern):
    assert any(Path(ROOT).glob(pattern))


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("layers/shared/python/marketplace/payments/settlement.py", {"all", "but the model"}),
        ("functions/escrow/handler.py", {"all", "but the model"}),
        ("infra/data.yaml", {"all", "but the model"}),
        ("tests/unit/disputes/making.py", {"all", "but the model"}),
        ("requirements.txt", {"all", "but the model"}),
        *((name, {"all"}) for name in sorted(MODEL)),
        ("tests/crash/report.py", set()),
        ("tests/crash/test_samples.py", set()),
    ],
)
def test_a_change_changes_the_hash_of_what_explores_with_it(copied, name, changes):
    def hashes() -> dict[str, str]:
        return {"all": hash_of_code(root=copied), "but the model": hash_of_code(with_model=False, root=copied)}

    before = hashes()
    with (copied / name).open("a") as changed:
        changed.write("\n# changed\n")
    after = hashes()

    assert {each for each in before if before[each] != after[each]} == changes


@pytest.mark.parametrize(
    ("wrong", "left", "status"), [([], 0, 0), ([], 1, 2), (["lost a cent"], 0, 1), (["lost a cent"], 1, 1)]
)
def test_an_exploration_is_done_when_nothing_is_wrong_and_nothing_is_left(wrong, left, status, capsys):
    part = full.Part("races", "pairs of actors", left=left, wrong=wrong)

    assert full.ended([part], [full.Task("races", "pay x expire")] * left) == status
    assert ("left to do: 1 tasks of races" in capsys.readouterr().out) is bool(left)


def test_the_page_says_of_which_code_it_is_and_by_what_each_variant_is_caught():
    page = report.page([full.Part("races", "pairs of actors")], 1, "0123456789abcdef", date(2026, 11, 22))

    assert "on 2026-11-22 of the code whose hash is `0123456789abcdef`" in page
    assert "| key per attempt | M5 |  |" in page
    assert "| transfer without commission | M4 | always |" in page
