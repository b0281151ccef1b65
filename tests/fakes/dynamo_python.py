"""Wire values as plain Python values, for assertions."""

from __future__ import annotations

import base64
from decimal import Decimal
from typing import Any

from .dynamo_values import Value


def _number(text: str) -> int | Decimal:
    return Decimal(text) if "." in text else int(text)


def to_python(value: Value) -> Any:
    """Numbers become int or Decimal, sets become sets, binaries become bytes."""
    ((kind, content),) = value.items()
    if kind == "M":
        return {name: to_python(member) for name, member in content.items()}
    if kind == "L":
        return [to_python(member) for member in content]
    if kind in {"SS", "NS", "BS"}:
        return {to_python({kind[0]: member}) for member in content}
    if kind == "N":
        return _number(content)
    if kind == "B":
        return base64.b64decode(content)
    return None if kind == "NULL" else content
