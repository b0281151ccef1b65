"""Example values made from a schema, so that every one in the documentation fits it."""

from collections.abc import Mapping
from typing import Any

DEPTH_MAX = 6  # of nested objects, should a schema ever contain itself
_BY_NAME: Mapping[str, str] = {
    "currency": "eur",
    "email": "ana@example.com",
    "country": "ES",
    "language": "es",
    "locale": "es",
    "display_name": "Ana",
    "legal_name": "Ana García López",
    "title": "Cámara réflex de 35 mm",
    "description": "Revisada, con funda y dos objetivos.",
    "content_type": "image/jpeg",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "carrier": "correos",
    "tracking_number": "PQ4E5R0000000000000000",
    "code": "123456",
    "password": "correct horse battery staple",
}
_BY_SUFFIX: Mapping[str, str | int] = {
    "_at": "2026-01-31T12:00:00.000Z",
    "_url": "https://example.com/",
    "_minor": 1050,
    "_id": "id_01jgx5z3k8q4w2c9e7r6t5y4u3",
}
_BY_TYPE: Mapping[str, Any] = {"number": 1.5, "boolean": True}


def example_of(schema: Mapping[str, Any], schemas: Mapping[str, Any], *, name: str = "", depth: int = 0) -> Any:
    """Make one value that fits; a schema's own `examples` win, then what its field's name suggests."""
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].rpartition("/")[2]], schemas, name=name, depth=depth + 1)
    given = schema.get("examples") or schema.get("enum")
    if given:
        return next((value for value in given if value), given[0])
    if "anyOf" in schema:
        return _choose(schema["anyOf"], schemas, name=name, depth=depth)
    if schema.get("type") == "object":
        return _object(schema, schemas, depth)
    if schema.get("type") == "array":
        return _array(schema, schemas, name=name, depth=depth)
    return _scalar(schema, name)


def _choose(choices: Any, schemas: Mapping[str, Any], *, name: str, depth: int) -> Any:
    nullable = {"type": "null"} in choices
    if nullable and (depth > DEPTH_MAX or name == "cursor"):
        return None
    full = [choice for choice in choices if choice != {"type": "null"}]
    return example_of(full[0], schemas, name=name, depth=depth)


def _object(schema: Mapping[str, Any], schemas: Mapping[str, Any], depth: int) -> dict[str, Any]:
    properties = schema.get("properties", {})
    return {field: example_of(shape, schemas, name=field, depth=depth) for field, shape in properties.items()}


def _array(schema: Mapping[str, Any], schemas: Mapping[str, Any], *, name: str, depth: int) -> list[Any]:
    if "prefixItems" in schema:  # a tuple
        return [example_of(each, schemas, depth=depth) for each in schema["prefixItems"]]
    if depth > DEPTH_MAX or not schema.get("items"):
        return []
    return [example_of(schema["items"], schemas, name=name.removesuffix("s"), depth=depth)]


def _scalar(schema: Mapping[str, Any], name: str) -> Any:
    kind = schema.get("type")
    suggested = _BY_NAME.get(name) or next((value for end, value in _BY_SUFFIX.items() if name.endswith(end)), None)
    if kind == "string":
        return _fit_text(suggested if isinstance(suggested, str) else "text", schema)
    if kind == "integer":
        return _fit_number(suggested if isinstance(suggested, int) else 1, schema)
    return _BY_TYPE.get(str(kind))


def _fit_text(text: str, schema: Mapping[str, Any]) -> str:
    shortest: int = schema.get("minLength", 0)
    longest: int | None = schema.get("maxLength")
    return text.ljust(shortest, "x")[:longest]


def _fit_number(number: int, schema: Mapping[str, Any]) -> int:
    least = schema.get("minimum", schema.get("exclusiveMinimum", number - 1) + 1)
    most = schema.get("maximum", schema.get("exclusiveMaximum", number + 1) - 1)
    return int(min(max(number, least), most))
