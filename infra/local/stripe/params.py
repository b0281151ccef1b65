"""Typed request parameters: what an operation takes is a table of these.

Everything arrives as text. A kind turns the text into a value or refuses it the
way Stripe does, naming the parameter; a name the table does not hold is refused
too, so no parameter is ever dropped in silence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from infra.local.stripe.errors import Json, ParameterError
from infra.local.stripe.money import check_amount, check_currency

_METADATA_KEYS, _METADATA_NAME, _METADATA_VALUE = 50, 40, 500


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One parameter. With ``unset`` an empty string clears the field (None)."""

    required: bool = False
    unset: bool = False

    def parse(self, raw: Any, path: str) -> Any:
        """Return the value of ``raw``, or refuse it in the name of ``path``."""
        if raw == "":
            if self.unset:
                return None
            raise ParameterError(
                f"You passed an empty string for '{path}', which cannot be unset.",
                code="parameter_invalid_empty",
                param=path,
            )
        return self.read(raw, path)

    def read(self, raw: Any, path: str) -> Any:
        """Return the value of a non-empty ``raw``."""
        raise NotImplementedError


def _text(raw: Any, path: str, noun: str) -> str:
    if not isinstance(raw, str):
        raise ParameterError(f"Invalid {noun}: {raw}", param=path)
    return raw


@dataclass(frozen=True, kw_only=True)
class Text(Kind):
    """A string."""

    longest: int = 5000

    def read(self, raw: Any, path: str) -> str:
        text = _text(raw, path, "string")
        if len(text) > self.longest:
            raise ParameterError(
                f"Invalid string: must be at most {self.longest} characters",
                code="parameter_invalid_string_too_long",
                param=path,
            )
        return text


@dataclass(frozen=True, kw_only=True)
class Integer(Kind):
    """A whole number, written without sign tricks, spaces or exponents."""

    least: int | None = None
    most: int | None = None

    def read(self, raw: Any, path: str) -> int:
        text = _text(raw, path, "integer")
        digits = text.removeprefix("-")
        if not (digits.isascii() and digits.isdigit()):
            raise _not_an_integer(text, path)
        value = int(text)
        if self.least is not None and value < self.least:
            raise _not_an_integer(text, path)
        if self.most is not None and value > self.most:
            raise _not_an_integer(text, path)
        return value


def _not_an_integer(text: str, path: str) -> ParameterError:
    return ParameterError(f"Invalid integer: {text}", code="parameter_invalid_integer", param=path)


@dataclass(frozen=True, kw_only=True)
class Amount(Integer):
    """A positive sum in minor units, at most eight digits."""

    def read(self, raw: Any, path: str) -> int:
        return check_amount(super().read(raw, path), path)


@dataclass(frozen=True, kw_only=True)
class Currency(Kind):
    """A supported currency, in lower case once read."""

    def read(self, raw: Any, path: str) -> str:
        return check_currency(_text(raw, path, "currency"), path)


@dataclass(frozen=True, kw_only=True)
class Flag(Kind):
    """``true`` or ``false``."""

    def read(self, raw: Any, path: str) -> bool:
        if raw not in ("true", "false"):
            raise ParameterError(f"Invalid boolean: {raw}", param=path)
        return bool(raw == "true")


@dataclass(frozen=True, kw_only=True)
class Choice(Kind):
    """One of a few words."""

    options: tuple[str, ...]

    def read(self, raw: Any, path: str) -> str:
        if raw not in self.options:
            raise ParameterError(
                f"Invalid {path}: must be one of {', '.join(self.options)}",
                param=path,
            )
        return str(raw)


@dataclass(frozen=True, kw_only=True)
class Hash(Kind):
    """A nested object with named fields."""

    fields: Mapping[str, Kind] = field(default_factory=dict)

    def read(self, raw: Any, path: str) -> Json:
        if not isinstance(raw, dict):
            raise ParameterError(f"Invalid object: {raw}", param=path)
        return parse(raw, self.fields, path)


@dataclass(frozen=True, kw_only=True)
class Each(Kind):
    """A nested object whose names are free and whose values are alike."""

    of: Kind

    def read(self, raw: Any, path: str) -> Json:
        if not isinstance(raw, dict):
            raise ParameterError(f"Invalid object: {raw}", param=path)
        return {k: self.of.parse(v, f"{path}[{k}]") for k, v in raw.items()}


@dataclass(frozen=True, kw_only=True)
class ListOf(Kind):
    """A list."""

    of: Kind

    def read(self, raw: Any, path: str) -> list[Any]:
        if not isinstance(raw, dict) or not all(k.isdigit() for k in raw):
            raise ParameterError(f"Invalid array: {raw}", param=path)
        ordered = sorted(raw.items(), key=lambda item: int(item[0]))
        return [self.of.parse(v, f"{path}[{k}]") for k, v in ordered]


@dataclass(frozen=True, kw_only=True)
class Metadata(Kind):
    """The caller's own labels; an empty value removes one, empty removes all."""

    unset: bool = True

    def read(self, raw: Any, path: str) -> dict[str, str]:
        if not isinstance(raw, dict):
            raise ParameterError(f"Invalid object: {raw}", param=path)
        if len(raw) > _METADATA_KEYS:
            raise ParameterError(f"Metadata can have at most {_METADATA_KEYS} keys", param=path)
        return {k: _label(k, v, f"{path}[{k}]") for k, v in raw.items()}


def _label(key: str, value: Any, path: str) -> str:
    if len(key) > _METADATA_NAME:
        raise ParameterError(f"Metadata keys can have up to {_METADATA_NAME} characters", param=path)
    text = _text(value, path, "string")
    if len(text) > _METADATA_VALUE:
        raise ParameterError(
            f"Metadata values can have up to {_METADATA_VALUE} characters",
            param=path,
        )
    return text


@dataclass(frozen=True, kw_only=True)
class Span(Kind):
    """A moment, or an interval given as ``gt``/``gte``/``lt``/``lte``."""

    def read(self, raw: Any, path: str) -> dict[str, int]:
        bound = Integer()
        if not isinstance(raw, dict):
            moment: int = bound.parse(raw, path)
            return {"gte": moment, "lte": moment}
        ends = ("gt", "gte", "lt", "lte")
        return parse(raw, dict.fromkeys(ends, bound), path)


EXPAND = ListOf(of=Text())
PAGE: Mapping[str, Kind] = {
    "limit": Integer(least=1, most=100),
    "starting_after": Text(),
    "ending_before": Text(),
}


def parse(raw: Json, table: Mapping[str, Kind], prefix: str = "") -> Json:
    """Return the parameters given, parsed by ``table``; absent ones stay absent."""

    def path(name: str) -> str:
        return f"{prefix}[{name}]" if prefix else name

    for name in raw:
        if name not in table:
            raise ParameterError(
                f"Received unknown parameter: {path(name)}",
                code="parameter_unknown",
                param=path(name),
            )
    for name, kind in table.items():
        if kind.required and name not in raw:
            raise ParameterError(
                f"Missing required param: {path(name)}.",
                code="parameter_missing",
                param=path(name),
            )
    return {name: table[name].parse(value, path(name)) for name, value in raw.items()}
