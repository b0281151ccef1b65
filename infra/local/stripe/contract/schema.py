"""From OpenAPI 3.0 to JSON Schema, and from form text to values."""

from __future__ import annotations

from typing import Any

from jsonschema import Draft202012Validator

from infra.local.stripe.errors import Json

_PREFIX = "#/components/schemas/"


def strict(node: Any) -> Any:
    """Return a schema that says null its own way and forbids what it does not name."""
    if isinstance(node, list):
        return [strict(item) for item in node]
    if not isinstance(node, dict):
        return node
    made = {key: strict(value) for key, value in node.items() if key != "nullable"}
    if isinstance(made.get("properties"), dict) and "additionalProperties" not in made:
        made["additionalProperties"] = False
    if node.get("nullable") is True:
        return {"anyOf": [made, {"type": "null"}]}
    return made


def query(operation: Json) -> Json:
    """Return one object schema for an operation's query parameters."""
    found = [p for p in operation.get("parameters", []) if p["in"] == "query"]
    return {
        "type": "object",
        "properties": {p["name"]: p["schema"] for p in found},
        "required": [p["name"] for p in found if p.get("required")],
    }


class Forms:
    """Gives form text the types its schema asks for."""

    def __init__(self, components: Json) -> None:
        self._components = components

    def typed(self, value: Any, schema: Json) -> Any:
        """Return ``value`` as the schema means it; text that does not fit stays text."""
        schema = self._resolved(schema)
        if "anyOf" in schema:
            return self._first_fitting(value, schema["anyOf"])
        kind = schema.get("type")
        if kind == "integer" and isinstance(value, str) and value.lstrip("-").isdigit():
            return int(value)
        if kind == "boolean" and value in ("true", "false"):
            return value == "true"
        if kind == "array" and isinstance(value, dict):
            ordered = sorted(value.items(), key=lambda item: int(item[0]))
            return [self.typed(item, schema["items"]) for _, item in ordered]
        if kind == "object" and isinstance(value, dict):
            return {k: self._member(k, v, schema) for k, v in value.items()}
        return value

    def _member(self, name: str, value: Any, schema: Json) -> Any:
        inner = schema.get("properties", {}).get(name)
        inner = inner or schema.get("additionalProperties")
        return self.typed(value, inner) if isinstance(inner, dict) else value

    def _first_fitting(self, value: Any, branches: list[Json]) -> Any:
        for branch in branches:
            typed = self.typed(value, branch)
            if self.validator(branch).is_valid(typed):
                return typed
        return value

    def validator(self, schema: Json) -> Draft202012Validator:
        """Return a validator that knows every named schema."""
        return Draft202012Validator({**schema, "components": self._components})

    def _resolved(self, schema: Json) -> Json:
        while "$ref" in schema:
            name = schema["$ref"].removeprefix(_PREFIX)
            schema = self._components["schemas"][name]
        return schema
