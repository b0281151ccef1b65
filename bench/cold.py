"""Cold starts: what a fresh interpreter does before a function's first answer.

A container imports the handler, makes the services that the handler names, and at its first calls the clients that its
role is for (and Stripe's library, where its layer is attached). Each function does that in processes of its own; one
that only makes a bare botocore DynamoDB client, run in between, is the yardstick. Times are CPU times, from the moment
the interpreter is up.
"""

import ast
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.template import deployed

FUNCTIONS = Path("functions")
BARE = "bare botocore client"
UNCOMPILED = "orders"  # the function that is also started without byte code
ROUNDS = 3
HEAVIEST = 5
NS_PER_MS, US_PER_MS = 1_000_000, 1_000
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
_IMPORT_LINE = re.compile(r"import time:\s+(\d+) \|\s+(\d+) \| *(\S+)")


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
    """A top-level package: the import time of its modules alone, and how many functions import it."""

    package: str
    median_ms: float
    functions: int


@dataclass(frozen=True, slots=True)
class ColdStarts:
    """Every function by name, the yardstick first; and what missing byte code costs, as a multiple."""

    functions: Mapping[str, ColdStart]
    heaviest: tuple[HeavyImport, ...]
    uncompiled_bare: float
    uncompiled_function: float


class _Interpreters:
    """Fresh interpreters that share one cache of byte code, as the containers of a well-packed layer do."""

    def __init__(self, cache: str) -> None:
        path = os.pathsep.join(("layers/shared/python", "."))
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        self._environment = {**kept, **_ENVIRONMENT, "PYTHONPATH": path, "PYTHONPYCACHEPREFIX": cache}

    def start(self, work: str) -> tuple[int, int]:
        """Return the CPU nanoseconds and the number of modules."""
        spent, modules = json.loads(self._run(work, {}).stdout.splitlines()[-1])
        return spent, modules

    def start_uncompiled(self, work: str) -> int:
        """Return the CPU nanoseconds when no byte code is at hand."""
        with tempfile.TemporaryDirectory() as empty:
            without = {"PYTHONPYCACHEPREFIX": empty, "PYTHONDONTWRITEBYTECODE": "1"}
            return int(json.loads(self._run(work, without).stdout.splitlines()[-1])[0])

    def import_times(self, work: str) -> Mapping[str, float]:
        """Add up each top-level package's own import microseconds."""
        found: dict[str, float] = {}
        for line in self._run(work, {"PYTHONPROFILEIMPORTTIME": "1"}).stderr.splitlines():
            if matched := _IMPORT_LINE.match(line):
                package = matched[3].partition(".")[0]
                found[package] = found.get(package, 0) + int(matched[1])
        return found

    def _run(self, work: str, also: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        program, environment = _MEASURED.format(work=work), {**self._environment, **also}
        ran = subprocess.run(  # noqa: S603 - our own interpreter and our own text
            [sys.executable, "-c", program], capture_output=True, text=True, check=False, env=environment
        )
        if ran.returncode:
            raise RuntimeError(f"a cold start failed:\n{ran.stderr[-2_000:]}")
        return ran


def measure(progress: Callable[[int, int], None], rounds: int = ROUNDS) -> ColdStarts:
    """Start every function `rounds` times, in turn with the yardstick."""
    work = {BARE: _BARE_WORK, **programs()}
    with _interpreters() as fresh:
        for program in work.values():
            fresh.start(program)  # leaves its byte code
        samples: dict[str, list[tuple[int, int]]] = {name: [] for name in work}
        for number in range(rounds):
            for name, program in work.items():
                samples[name].append(fresh.start(program))
            progress(number + 1, rounds)
        bare = [spent for spent, _ in samples[BARE]]
        starts = {name: _cold_start(found, bare) for name, found in samples.items()}
        return ColdStarts(
            starts,
            _heaviest(fresh, list(programs().values())),
            fresh.start_uncompiled(_BARE_WORK) / NS_PER_MS / starts[BARE].least_ms,
            fresh.start_uncompiled(work[UNCOMPILED]) / NS_PER_MS / starts[UNCOMPILED].least_ms,
        )


def programs() -> dict[str, str]:
    """Write what each function's container does before its first answer, by function."""
    return {name: _program(FUNCTIONS / name / "handler.py") for name in sorted(deployed())}


@contextmanager
def _interpreters() -> Iterator[_Interpreters]:
    with tempfile.TemporaryDirectory() as cache:
        yield _Interpreters(cache)


def _program(handler: Path) -> str:
    name, source = handler.parent.name, handler.read_text(encoding="utf-8")
    plan = deployed()[name]
    parts = _parts_named(source)
    if "ROUTES" in source and parts:
        parts.add("sessions")  # the session check
    lines = [f"import functions.{name}.handler"]
    if parts:
        lines += ["from marketplace.wiring import live", "services = live()"]
        lines += [f"services.{part}" for part in sorted(parts)]
    if "dynamodb" in plan.clients:
        lines.append("from marketplace.storage.tables import shared_client; shared_client()")
    others = [client for client in plan.clients if client != "dynamodb"]
    if others:
        lines.append("from marketplace.aws import session")
        lines += [f"session().create_client({client!r})" for client in others]
    if plan.has_stripe:
        lines.append("import stripe")
    if plan.has_crypto:
        lines.append("from cryptography.hazmat.primitives.ciphers.aead import AESGCM")
    return "\n".join(lines)


def _parts_named(source: str) -> set[str]:
    """List which services a handler names: `services.<part>`."""
    return {
        node.attr
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "services"
    }


def _heaviest(fresh: _Interpreters, work: list[str]) -> tuple[HeavyImport, ...]:
    found: dict[str, list[float]] = {}
    for program in work:
        for package, microseconds in fresh.import_times(program).items():
            found.setdefault(package, []).append(microseconds / US_PER_MS)
    heavy = [HeavyImport(package, median(times), len(times)) for package, times in found.items()]
    return tuple(sorted(heavy, key=lambda each: each.median_ms * each.functions, reverse=True)[:HEAVIEST])


def _cold_start(found: list[tuple[int, int]], bare: list[int]) -> ColdStart:
    spent = [each for each, _ in found]
    return ColdStart(
        modules=found[0][1],
        least_ms=min(spent) / NS_PER_MS,
        median_ms=median(spent) / NS_PER_MS,
        least_ratio=min(spent) / min(bare),
        median_ratio=median(spent) / median(bare),
    )
