"""Put a mutant in its module's place and see whether a test minds.

Inside a function the mutant's code replaces that of the living function, in a fork of a process that has collected the
tests; what runs at import is imported anew. Each mutant meets the tests that run its line, the shortest first.
"""

import ast
import importlib
import importlib.abc
import importlib.util
import os
import pickle
import signal
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import pytest

from tests.mutation.mutants import Mutant, mutated

SECONDS_MAX = 25  # of tests for one mutant: what lives longer counts as a survivor
KILLED, SURVIVED, UNREACHED = "killed", "survived", "no test runs it"
PACKAGES = Path("layers/shared/python")
_QUIET = ["-q", "-p", "no:xdist", "-p", "no:cacheprovider", "--no-header", "--no-summary"]


@dataclass
class Running:
    """What the tests do while nothing is wrong."""

    seconds: dict[int, float] = field(default_factory=dict)
    lines: dict[tuple[str, int], set[int]] = field(default_factory=lambda: defaultdict(set))


class InPlace:
    """A pytest plugin that runs the collected tests once for each mutant of functions, each time in a fork."""

    def __init__(self, mutants: Sequence[Mutant], told: Callable[[Mutant, str], None]) -> None:
        self.mutants = mutants
        self.told = told

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        files = {str(mutant.path.resolve()) for mutant in self.mutants}
        running = in_fork(lambda: _observe(session, files), seconds=1_200)
        if not isinstance(running, Running):
            raise TypeError("the tests could not be observed")
        for mutant in self.mutants:
            covering = running.lines.get((str(mutant.path.resolve()), mutant.line), set())
            items = sorted(covering, key=running.seconds.__getitem__)
            self.told(mutant, self._outcome(session, mutant, items))
        return True

    def _outcome(self, session: pytest.Session, mutant: Mutant, items: Sequence[int]) -> str:
        if not items:
            return UNREACHED

        def meet() -> str:
            _replace(mutant)
            begun = time.monotonic()
            for item in _protocols(session, items):
                if not item:
                    return KILLED
                if time.monotonic() - begun > SECONDS_MAX:
                    break
            return SURVIVED

        return in_fork(meet, seconds=3 * SECONDS_MAX) or KILLED  # it hung, or it died


def anew(mutant: Mutant, tests: Sequence[str]) -> str:
    """Import the mutant in place of its module and run the tests."""

    def meet() -> str:
        sys.meta_path.insert(0, _Planted(mutant))
        return KILLED if pytest.main([*_QUIET, "-x", *tests]) else SURVIVED

    return in_fork(meet, seconds=8 * SECONDS_MAX) or KILLED


def in_place(mutants: Sequence[Mutant], tests: Sequence[str], told: Callable[[Mutant, str], None]) -> None:
    """Run the tests for each mutant inside a function; in a fork, so that nothing stays imported here."""
    read, write = os.pipe()

    def meet() -> None:
        os.close(read)
        with os.fdopen(write, "w", buffering=1) as out:
            numbers = {mutant: place for place, mutant in enumerate(mutants)}
            pytest.main(
                [*_QUIET, *tests],
                plugins=[InPlace(mutants, lambda m, said: out.write(f"{numbers[m]}\t{said}\n") and None)],
            )

    child = os.fork()
    if child == 0:
        _silence()
        meet()
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as told_lines:
        for line in told_lines:
            number, said = line.rstrip("\n").split("\t")
            told(mutants[int(number)], said)
    os.waitpid(child, 0)


def in_fork(deed: Callable[[], Any], *, seconds: int) -> Any:
    """Return what the deed returns in a process of its own; None when that died or took too long."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(seconds)
        _silence()
        try:
            with os.fdopen(write, "wb") as out:
                pickle.dump(deed(), out)
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as answer:
        said = answer.read()
    os.waitpid(child, 0)
    return pickle.loads(said) if said else None  # noqa: S301 - our own child wrote it


def _silence() -> None:
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)


def _observe(session: pytest.Session, files: set[str]) -> Running:
    """Run every test once, noting its time and which lines of the modules it ran; failing tests are left out."""
    running = Running()
    seen: set[tuple[str, int]] = set()

    def line(frame: Any, event: str, _arg: Any) -> Any:
        if event == "line":
            seen.add((frame.f_code.co_filename, frame.f_lineno))
        return line

    def call(frame: Any, _event: str, _arg: Any) -> Any:
        if frame.f_code.co_filename not in files:
            return None
        seen.add((frame.f_code.co_filename, frame.f_lineno))
        return line

    threading.settrace(call)
    sys.settrace(call)
    places = range(len(session.items))
    begun = time.monotonic()
    for place, passed in zip(places, _protocols(session, places), strict=True):
        now = time.monotonic()
        if passed:
            running.seconds[place] = now - begun
            for each in seen:
                running.lines[each].add(place)
        begun = now
        seen.clear()
    sys.settrace(None)
    return Running(running.seconds, dict(running.lines))


def _protocols(session: pytest.Session, places: Sequence[int]) -> Iterator[bool]:
    """Run tests one by one, telling of each whether it passed."""
    for number, place in enumerate(places):
        item = session.items[place]
        after = session.items[places[number + 1]] if number + 1 < len(places) else None
        before = session.testsfailed
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
        yield session.testsfailed == before


def _replace(mutant: Mutant) -> None:
    code = compile(mutated(mutant), str(mutant.path.resolve()), "exec")
    module = importlib.import_module(module_name(mutant.path))
    living = _function(module, mutant.function)
    living.__code__ = next(each for each in _codes(code) if each.co_qualname == mutant.function)


def _function(module: Any, qualified: str) -> FunctionType:
    found: Any = module
    for name in qualified.split("."):
        found = vars(found)[name]
    for wrapper in ("fget", "__func__", "func", "__wrapped__"):
        found = (
            getattr(found, wrapper, found) if not isinstance(found, FunctionType) or wrapper == "__wrapped__" else found
        )
    if not isinstance(found, FunctionType):
        raise TypeError(f"{qualified} is no function")
    return found


def _codes(code: CodeType) -> Iterator[CodeType]:
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield each
            yield from _codes(each)


def module_name(path: Path) -> str:
    """Name the module of a file of the package."""
    return ".".join(path.with_suffix("").relative_to(PACKAGES).parts)


class _Planted(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports the mutant under its module's name."""

    def __init__(self, mutant: Mutant) -> None:
        self.mutant = mutant

    def find_spec(self, name: str, _path: Any = None, _target: Any = None) -> Any:
        if name != module_name(self.mutant.path):
            return None
        return importlib.util.spec_from_file_location(name, str(self.mutant.path.resolve()), loader=self)

    def create_module(self, _spec: Any) -> None:
        return None

    def exec_module(self, module: Any) -> None:
        tree: ast.Module = mutated(self.mutant)
        exec(compile(tree, str(self.mutant.path.resolve()), "exec"), vars(module))  # noqa: S102 - the mutant itself
