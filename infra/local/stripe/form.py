"""Decode Stripe's bracketed forms: ``a[b][0]=c`` becomes ``{"a": {"b": {"0": "c"}}}``.

Lists stay dictionaries with numeric keys: only the declared type of a parameter
tells a list from metadata whose keys happen to be digits.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl

from infra.local.stripe.errors import ParameterError

_NAME = re.compile(r"^([^\[\]]+)((?:\[[^\[\]]*\])*)$")
_STEP = re.compile(r"\[([^\[\]]*)\]")


def decode(text: str) -> dict[str, Any]:
    """Return the nested parameters of a query string or form body."""
    tree: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        _place(tree, _steps(name), value, name)
    return tree


def _steps(name: str) -> list[str]:
    found = _NAME.match(name)
    if not found:
        raise ParameterError(f"Invalid parameter name: {name}", param=name)
    return [found[1], *_STEP.findall(found[2])]


def _place(tree: dict[str, Any], steps: list[str], value: str, name: str) -> None:
    for step in steps[:-1]:
        branch = tree.setdefault(step or str(len(tree)), {})
        if not isinstance(branch, dict):
            raise ParameterError(f"Invalid object: {name}", param=name)
        tree = branch
    last = steps[-1] or str(len(tree))
    if last in tree:
        raise ParameterError(f"Parameter given twice: {name}", param=name)
    tree[last] = value
