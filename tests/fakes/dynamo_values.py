"""Attribute values: what DynamoDB accepts, how it normalises, orders and measures them.

A value stays in its wire form, `{"N": "12"}`, but canonical: numbers without needless zeros, sets sorted,
base64 re-encoded. Equality in the sense of DynamoDB is then plain `==`. Nobody changes a stored value in place,
so copies of a store may share them.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from decimal import Context, Decimal
from functools import lru_cache
from typing import Any

from .dynamo_errors import ServiceError, invalid_parameter, validation

Value = dict[str, Any]
Item = dict[str, Value]
Token = str | Decimal | bytes

MAX_ITEM_BYTES = 400 * 1024
MAX_DIGITS = 38
MAX_DEPTH = 32
_PLAIN = re.compile(r"-?[1-9][0-9]{0,15}|0", re.ASCII)
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,4})?", re.ASCII)
_EXACT = Context(prec=MAX_DIGITS)
_SET_NAMES = {"SS": "string set", "NS": "number set", "BS": "binary set"}


def number(text: Any) -> str:
    """Canonical form of a number, or DynamoDB's refusal of it."""
    if not isinstance(text, str):
        raise ServiceError("SerializationException", "NUMBER_VALUE cannot be converted to String")
    return text if _PLAIN.fullmatch(text) else _canonical(text)


@lru_cache(maxsize=4096)
def _canonical(text: str) -> str:
    if not _NUMBER.fullmatch(text):
        raise validation(f"The parameter cannot be converted to a numeric value: {text}")
    return canonical_decimal(Decimal(text))


def canonical_decimal(value: Decimal) -> str:
    """Plain notation without leading or trailing zeros, within 38 digits and 1E-130..9.9E+125."""
    if not value:
        return "0"
    if value.adjusted() > 125:
        raise validation("Number overflow. Attempting to store a number with magnitude larger than supported range")
    if value.adjusted() < -130:
        raise validation("Number underflow. Attempting to store a number with magnitude smaller than supported range")
    if len("".join(map(str, value.as_tuple().digits)).strip("0")) > MAX_DIGITS:
        raise validation("Attempting to store more than 38 significant digits in a Number")
    return format(value.normalize(_EXACT), "f")


def binary(text: Any) -> str:
    """Canonical base64 of a binary value."""
    try:
        return base64.b64encode(base64.b64decode(text, validate=True)).decode("ascii")
    except (binascii.Error, TypeError, ValueError):
        raise ServiceError("SerializationException", "Base64 encoded length is unexpected") from None


def _string(text: Any) -> str:
    if not isinstance(text, str):
        raise ServiceError("SerializationException", "Unexpected value type in payload")
    return text


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ServiceError("SerializationException", "Unexpected token received from parser")
    return value


_SCALARS: dict[str, Callable[[Any], Any]] = {
    "S": _string,
    "N": number,
    "B": binary,
    "BOOL": _flag,
}
_SET_MEMBERS: dict[str, Callable[[Any], str]] = {"SS": _string, "NS": number, "BS": binary}


def checked(value: Any, depth: int = 0) -> Value:
    """A canonical copy of a value from the wire."""
    if not isinstance(value, dict) or not value:
        raise validation("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes")
    if len(value) != 1:
        raise validation(
            "Supplied AttributeValue has more than one datatypes set, "
            "must contain exactly one of the supported datatypes"
        )
    ((kind, content),) = value.items()
    scalar = _SCALARS.get(kind)
    if scalar is not None:
        return {kind: scalar(content)}
    return _checked_compound(kind, content, depth)


def _checked_compound(kind: str, content: Any, depth: int) -> Value:
    if depth >= MAX_DEPTH:
        raise validation("Nesting Levels have exceeded supported limits")
    if kind == "M":
        return {"M": {name: checked(member, depth + 1) for name, member in content.items()}}
    if kind == "L":
        return {"L": [checked(member, depth + 1) for member in content]}
    if kind in _SET_MEMBERS:
        return {kind: _checked_set(kind, content)}
    if kind == "NULL":
        if content is not True:
            raise invalid_parameter("Null attribute value types must have the value of true")
        return {"NULL": True}
    raise ServiceError("SerializationException", f"Unexpected field name {kind!r} in a value")


def _checked_set(kind: str, content: list[Any]) -> list[str]:
    if not content:
        raise invalid_parameter(f"An {_SET_NAMES[kind]}  may not be empty")
    canonical = [_SET_MEMBERS[kind](member) for member in content]
    if len(set(canonical)) != len(canonical):
        raise invalid_parameter(f"Input collection [{', '.join(map(str, content))}] contains duplicates.")
    return sorted(canonical)


def checked_item(item: Any) -> Item:
    """A canonical copy of an item from the wire."""
    if not isinstance(item, dict):
        raise ServiceError("SerializationException", "Start of structure or map found where not expected")
    if "" in item:
        raise invalid_parameter("Empty attribute name")
    return {name: checked(value) for name, value in item.items()}


def kind_of(value: Mapping[str, Any]) -> str:
    """The type letter of a value."""
    return next(iter(value))


def token(value: Value) -> Token:
    """What a scalar sorts and hashes by: code points (as UTF-8 bytes do), magnitude, or bytes."""
    ((kind, content),) = value.items()
    if kind == "N":
        return Decimal(content)
    if kind == "B":
        return base64.b64decode(content)
    if kind == "S":
        return str(content)
    raise invalid_parameter(f"A value of type {kind} has no order")


def clone(value: Value) -> Value:
    """A copy that may be changed in place; scalars and sets are replaced whole and may be shared."""
    ((kind, content),) = value.items()
    if kind == "M":
        return {"M": {name: clone(member) for name, member in content.items()}}
    if kind == "L":
        return {"L": [clone(member) for member in content]}
    return {kind: content}


def _text_bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8"))


def _binary_bytes(text: str) -> int:
    return len(text) // 4 * 3 - text.endswith("=") - text.endswith("==")


def _number_bytes(text: str) -> int:
    digits = text.lstrip("-").replace(".", "").strip("0")
    return (len(digits) + 1) // 2 + 1 + text.startswith("-")


_SCALAR_BYTES: dict[str, Callable[[str], int]] = {
    "S": _text_bytes,
    "N": _number_bytes,
    "B": _binary_bytes,
}


def size_of(value: Value) -> int:
    """Bytes a value counts for, by the published rules."""
    ((kind, content),) = value.items()
    measure = _SCALAR_BYTES.get(kind)
    if measure is not None:
        return measure(content)
    if kind in _SET_MEMBERS:
        return sum(map(_SCALAR_BYTES[kind[0]], content))
    if kind == "L":
        return 3 + sum(1 + size_of(member) for member in content)
    if kind == "M":
        return 3 + sum(1 + _text_bytes(name) + size_of(member) for name, member in content.items())
    return 1


_MEASURED: dict[int, tuple[Item, int]] = {}  # by identity: an item is never changed in place, and measured many times
_MEASURED_MAX = 4_096


def item_size(item: Item | None) -> int:
    """Bytes an item counts for; an absent item has none."""
    if not item:
        return 0
    known = _MEASURED.get(id(item))
    if known is not None and known[0] is item:
        return known[1]
    size = sum(_text_bytes(name) + size_of(value) for name, value in item.items())
    if len(_MEASURED) >= _MEASURED_MAX:
        _MEASURED.clear()
    _MEASURED[id(item)] = (item, size)
    return size
