"""Cold starts: what a fresh interpreter does before a function's first call.

A container imports the handler and, at its first request, makes the services which the handler names and the DynamoDB
client. Each function does that in processes of its own; a process that only makes a bare botocore DynamoDB client,
run in between, is the yardstick. Times are CPU times after the interpreter itself is up.
"""

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

FUNCTIONS = Path("functions")
BARE = "bare botocore client"
ROUNDS = 3
HEAVIEST = 5
MS = 1_000
_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}
_MEASURED = """
import sys, time
before, started = len(sys.modules), time.process_time_ns()
{work}
spent, modules = time.process_time_ns() - started, len(sys.modules) - before
import json
print(json.dumps([spent, modules]))
"""
_BARE_WORK = 'import botocore.session; botocore.session.get_session().create_client("dynamodb")'
_IMPORT_LINE = re.compile(r"import time:\s+(\d+) \|\s+(\d+) \| ( *)(\S+)")


@dataclass(frozen=True, slots=True)
class ColdStart:
    """One function's start: modules imported, CPU milliseconds (least and median of the rounds), and both ratios."""

    modules: int
    least_ms: float
    median_ms: float
    least_ratio: float
    median_ratio: float


@dataclass(frozen=True, slots=True)
class HeavyImport:
    """A top-level package, its own and its modules' import time together, and how many functions import it."""

    package: str
    median_ms: float
    functions: int


def programs() -> dict[str, str]:
    """Write what each function's container does before its first answer, by function."""
    return {handler.parent.name: _program(handler) for handler in sorted(FUNCTIONS.glob("*/handler.py"))}


def measure(progress: Callable[[int, int], None], rounds: int = ROUNDS) -> dict[str, ColdStart]:
    """Start every function `rounds` times, in turn; the yardstick comes first under its own name."""
    work = {BARE: _BARE_WORK, **programs()}
    samples: dict[str, list[tuple[int, int]]] = {name: [] for name in work}
    _start(_BARE_WORK)  # byte code and page cache are warm afterwards, as they are not in Lambda: see the page's notes
    for number in range(rounds):
        for name, program in work.items():
            samples[name].append(_start(program))
        progress(number + 1, rounds)
    bare = [spent for spent, _ in samples[BARE]]
    return {name: _cold_start(found, bare) for name, found in samples.items()}


def heaviest() -> list[HeavyImport]:
    """Name the packages whose import takes most, over all functions, by one `-X importtime` run each."""
    found: dict[str, list[float]] = {}
    for program in programs().values():
        for package, microseconds in _own_times(program).items():
            found.setdefault(package, []).append(microseconds / MS)
    heavy = [HeavyImport(package, median(times), len(times)) for package, times in found.items()]
    return sorted(heavy, key=lambda each: each.median_ms * each.functions, reverse=True)[:HEAVIEST]


def _program(handler: Path) -> str:
    source = handler.read_text(encoding="utf-8")
    parts = _parts_named(source)
    if "ROUTES" in source and parts:
        parts.add("sessions")  # the session check
    lines = [f"import functions.{handler.parent.name}.handler"]
    if parts:
        lines += ["from marketplace.wiring import live", "services = live()"]
        lines += [f"services.{part}" for part in sorted(parts)]
        lines += ["storage = sys.modules.get('marketplace.storage.tables')", "storage and storage.shared_client()"]
    return "\n".join(lines)


def _parts_named(source: str) -> set[str]:
    """List which services a handler names: `services.<part>`."""
    return {
        node.attr
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "services"
    }


def _start(work: str, *options: str) -> tuple[int, int]:
    spent, modules = json.loads(_run(_MEASURED.format(work=work), *options).stdout.splitlines()[-1])
    return spent, modules


def _run(program: str, *options: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **_ENVIRONMENT, "PYTHONPATH": os.pathsep.join(("layers/shared/python", "."))}
    ran = subprocess.run(  # noqa: S603 - our own interpreter and our own text
        [sys.executable, *options, "-c", program], capture_output=True, text=True, check=False, env=environment
    )
    if ran.returncode:
        raise RuntimeError(f"a cold start failed:\n{ran.stderr[-2_000:]}")
    return ran


def _own_times(program: str) -> Mapping[str, float]:
    """Add up each top-level package's own import microseconds."""
    found: dict[str, float] = {}
    lines = _run(_MEASURED.format(work=program), "-X", "importtime").stderr.splitlines()
    for line in lines:
        if matched := _IMPORT_LINE.match(line):
            package = matched[4].partition(".")[0]
            found[package] = found.get(package, 0) + int(matched[1])
    return found


def _cold_start(found: list[tuple[int, int]], bare: list[int]) -> ColdStart:
    spent = [each for each, _ in found]
    return ColdStart(
        modules=found[0][1],
        least_ms=min(spent) / MS / MS,
        median_ms=median(spent) / MS / MS,
        least_ratio=min(spent) / min(bare),
        median_ratio=median(spent) / median(bare),
    )
