"""Put a mutant in its module's place and see whether a test minds.

Inside a function the mutant's code replaces that of the living function, in a fork of a process that has collected the
tests; each mutant meets the tests that run its statement, the shortest first. What runs at import is imported anew, and
meets the tests that need nothing but the module.
"""

import ast
import importlib
import importlib.abc
import importlib.util
import os
import pickle
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import pytest

from tests.mutation.mutants import Mutant, mutated, source_of

SECONDS_MAX = 30  # of work for one mutant: what lives longer counts as a survivor
HANGS_AFTER = 300  # seconds, of a mutant that does not end by itself
KILLED, SURVIVED, UNREACHED = "killed", "survived", "no test runs it"
PACKAGES = Path("layers/shared/python")
_QUIET = ["-q", "-p", "no:xdist", "-p", "no:cacheprovider", "--no-header", "--no-summary", "--tb=no"]
_ALONE = [*_QUIET, "-x", "--assert=plain", "--noconftest", "-p", "no:hypothesispytest"]
_Told = Callable[[Mutant, str], None]


@dataclass
class Running:
    """What the tests do while nothing is wrong; failing tests are left out."""

    seconds: dict[int, float] = field(default_factory=dict)
    statements: dict[tuple[str, int], set[int]] = field(default_factory=lambda: defaultdict(set))


class InPlace:
    """A pytest plugin that runs the collected tests once for each mutant of functions, each time in a fork."""

    def __init__(self, mutants: Sequence[Mutant], told: _Told, left_out: Callable[[int], None]) -> None:
        self.mutants = mutants
        self.told = told
        self.left_out = left_out

    def pytest_configure(self, config: pytest.Config) -> None:
        """Let no test fail by chance, nor because the machine is busy."""
        from hypothesis import settings  # noqa: PLC0415 - not before pytest, which rewrites its plugins

        settings.register_profile("mutation", deadline=None, derandomize=True, database=None)
        settings.load_profile("mutation")

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        running = in_fork(lambda: _observe(session, self.mutants), seconds=4 * HANGS_AFTER)
        if not isinstance(running, Running) or not running.seconds:
            raise TypeError("the tests could not be observed")
        self.left_out(len(session.items) - len(running.seconds))
        for mutant in self.mutants:
            covering = running.statements.get((str(mutant.path), mutant.statement), set())
            items = sorted(covering, key=running.seconds.__getitem__)
            self.told(mutant, self._outcome(session, mutant, items))
        return True

    def _outcome(self, session: pytest.Session, mutant: Mutant, items: Sequence[int]) -> str:
        if not items:
            return UNREACHED

        def meet() -> str:
            _replace(mutant.path, mutated(mutant), [mutant.function])
            begun = time.process_time()
            for passed in _protocols(session, items):
                if not passed:
                    return KILLED
                if time.process_time() - begun > SECONDS_MAX:
                    break
            return SURVIVED

        return in_fork(meet, seconds=HANGS_AFTER) or KILLED  # it hung, or it died


def in_place(mutants: Sequence[Mutant], tests: Sequence[str], told: _Told) -> None:
    """Run the tests for each mutant inside a function; in a fork, so that nothing stays imported here."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        _silence()
        numbers = {mutant: place for place, mutant in enumerate(mutants)}
        with os.fdopen(write, "w", buffering=1) as out:
            told_on = partial(_told_on, out, numbers)
            pytest.main([*_QUIET, *tests], plugins=[InPlace(mutants, told_on, partial(_left_out_on, out))])
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as told_lines:
        for line in told_lines:
            number, said = line.rstrip("\n").split("\t")
            if number:
                told(mutants[int(number)], said)
            elif said != "0":
                sys.stdout.write(f"\n{said} tests fail without any mutant, and are left out\n")
    os.waitpid(child, 0)


def _told_on(out: Any, numbers: dict[Mutant, int], mutant: Mutant, said: str) -> None:
    out.write(f"{numbers[mutant]}\t{said}\n")


def _left_out_on(out: Any, tests: int) -> None:
    out.write(f"\t{tests}\n")


def anew(mutant: Mutant | None, alone: Sequence[str]) -> str:
    """Import the mutant (None: the module as it is) in place of its module, and run one file of tests after the other.

    They ask for no fixture of ours, so that little is imported.
    """
    for path in alone:

        def meet(path: str = path) -> str:
            if mutant is not None:
                sys.meta_path.insert(0, _Planted(mutant))
            return KILLED if pytest.main([*_ALONE, path]) else SURVIVED

        if in_fork(meet, seconds=HANGS_AFTER) != SURVIVED:  # it hung, or it died
            return KILLED
    return SURVIVED


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


def _observe(session: pytest.Session, mutants: Sequence[Mutant]) -> Running:
    """Run every test once, noting its time and which statements of the functions it ran."""
    seen: set[tuple[str, int]] = set()
    for path in sorted({mutant.path for mutant in mutants}):
        functions = sorted({mutant.function for mutant in mutants if mutant.path == path})
        _replace(path, _telling(path), functions, _seen=partial(_see, seen, str(path)))
    running = Running()
    places = range(len(session.items))
    begun = time.process_time()
    for place, passed in zip(places, _protocols(session, places), strict=True):
        now = time.process_time()
        if passed:
            running.seconds[place] = now - begun
            for each in seen:
                running.statements[each].add(place)
        begun = now
        seen.clear()
    return Running(running.seconds, dict(running.statements))


def _see(seen: set[tuple[str, int]], path: str, line: int) -> None:
    seen.add((path, line))


def _telling(path: Path) -> ast.Module:
    """Return the module's tree in which each statement of a function first says that it runs."""

    class Telling(ast.NodeTransformer):
        def generic_visit(self, node: ast.AST) -> ast.AST:
            super().generic_visit(node)
            for name in ("body", "orelse", "finalbody"):
                statements = getattr(node, name, None)
                if isinstance(statements, list) and not isinstance(node, ast.Module | ast.ClassDef):
                    setattr(node, name, [each for statement in statements for each in (_saying(statement), statement)])
            return node

    return ast.fix_missing_locations(Telling().visit(ast.parse(source_of(path))))


def _saying(statement: ast.stmt) -> ast.stmt:
    call = ast.Call(ast.Name("_seen", ast.Load()), [ast.Constant(statement.lineno)], [])
    return ast.copy_location(ast.Expr(call), statement)


def _protocols(session: pytest.Session, places: Sequence[int]) -> Iterator[bool]:
    """Run tests one by one, telling of each whether it passed."""
    for number, place in enumerate(places):
        item = session.items[place]
        after = session.items[places[number + 1]] if number + 1 < len(places) else None
        before = session.testsfailed
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
        yield session.testsfailed == before


def _replace(path: Path, tree: ast.Module, functions: Sequence[str], **known: object) -> None:
    """Give living functions of a module the code that they have in another tree of it."""
    module = importlib.import_module(module_name(path))
    vars(module).update(known)
    codes = {each.co_qualname: each for each in _codes(compile(tree, str(path.resolve()), "exec"))}
    for function in functions:
        _function(module, function).__code__ = codes[function]


def _function(module: Any, qualified: str) -> FunctionType:
    found: Any = module
    for name in qualified.split("."):
        found = vars(found)[name]
    for wrapper in ("fget", "__func__", "func"):
        found = getattr(found, wrapper, found)
    found = getattr(found, "__wrapped__", found)
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
