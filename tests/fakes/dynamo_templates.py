"""Tables as the CloudFormation template defines them, so that tests cannot drift from what is deployed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from botocore import xform_name

_ROOT = Path(__file__).resolve().parents[2]
_TABLE = "AWS::DynamoDB::Table"
_CREATE = (
    "AttributeDefinitions",
    "KeySchema",
    "BillingMode",
    "ProvisionedThroughput",
)
_INDEX = ("IndexName", "KeySchema", "Projection", "ProvisionedThroughput")
_PSEUDO = {
    "AWS::Region": "eu-south-2",
    "AWS::AccountId": "123456789012",
    "AWS::Partition": "aws",
    "AWS::StackName": "test",
    "AWS::URLSuffix": "amazonaws.com",
}


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short forms."""


def _short_form(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    elif isinstance(node, yaml.MappingNode):
        value = loader.construct_mapping(node, deep=True)
    else:
        raise TypeError(f"cannot read {node}")
    return {suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _short_form)


class Template:
    """A template whose parameters have values."""

    def __init__(self, document: Mapping[str, Any], parameters: Mapping[str, str]) -> None:
        self._document = document
        defaults = {
            name: str(definition["Default"])
            for name, definition in (document.get("Parameters") or {}).items()
            if "Default" in definition
        }
        self._values = {**_PSEUDO, **defaults, **parameters}
        self._functions: dict[str, Callable[[Any], Any]] = {
            "Ref": self._named,
            "Condition": self._condition,
            "Fn::Sub": self._sub,
            "Fn::Join": lambda v: str(v[0]).join(map(str, self.resolve(v[1]))),
            "Fn::If": lambda v: self.resolve(v[1] if self._condition(v[0]) else v[2]),
            "Fn::Equals": lambda v: self.resolve(v[0]) == self.resolve(v[1]),
            "Fn::Not": lambda v: not self.resolve(v[0]),
            "Fn::And": lambda v: all(map(self.resolve, v)),
            "Fn::Or": lambda v: any(map(self.resolve, v)),
            "Fn::FindInMap": self._find_in_map,
        }

    def tables(self) -> dict[str, dict[str, Any]]:
        """Properties of each table, by logical name; those whose condition is false are left out."""
        return {
            name: resource.get("Properties") or {}
            for name, resource in self._document["Resources"].items()
            if _is_table(name, resource)
            if "Condition" not in resource or self._condition(resource["Condition"])
        }

    def resolve(self, value: Any) -> Any:
        """A value with its intrinsic functions worked out."""
        if isinstance(value, list):
            return [self.resolve(member) for member in value]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((name, argument),) = value.items()
            if name in self._functions:
                return self._functions[name](argument)
            if name.startswith("Fn::"):
                raise ValueError(f"{name} is not worked out for tables")
        return {name: self.resolve(member) for name, member in value.items()}

    def _named(self, name: str) -> str:
        if name not in self._values:
            raise ValueError(f"no value for the template parameter {name}")
        return self._values[name]

    def _sub(self, argument: Any) -> str:
        text, local = (argument, {}) if isinstance(argument, str) else argument
        local = self.resolve(local)

        def replaced(match: re.Match[str]) -> str:
            name = match.group(1)
            return str(local[name]) if name in local else self._named(name)

        return re.sub(r"\$\{([^!}][^}]*)\}", replaced, text).replace("${!", "${")

    def _condition(self, name: str) -> bool:
        return bool(self.resolve(self._document["Conditions"][name]))

    def _find_in_map(self, argument: list[Any]) -> Any:
        name, first, second = self.resolve(argument)
        return self._document["Mappings"][name][first][second]


def _is_table(name: str, resource: Any) -> bool:
    if name.startswith("Fn::ForEach::"):
        if _TABLE in str(resource):
            raise ValueError(f"{name}: tables in a loop are not worked out")
        return False
    return bool(resource["Type"] == _TABLE)


def load_template(path: str | Path, parameters: Mapping[str, str] | None = None) -> Template:
    """Read a template; a relative path starts at the repository."""
    found = _ROOT / path
    return Template(_document(found, found.stat().st_mtime_ns), parameters or {})


@cache
def _document(path: Path, _changed_ns: int) -> Any:
    """Parse a file once: most tests make their tables from the same one, and none changes what it reads."""
    return yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506 - a SafeLoader


def create_tables(target: Any, path: str | Path, parameters: Mapping[str, str] | None = None) -> dict[str, str]:
    """Create every table of a template in a MemoryDynamo or through a boto3 client.

    Returns the table names by logical name.
    """
    template = load_template(path, parameters)
    names = {}
    for logical, properties in template.tables().items():
        names[logical] = str(template.resolve(properties.get("TableName", logical)))
        _call(target, "CreateTable", _create_request(template, names[logical], properties))
        expiry = template.resolve(properties.get("TimeToLiveSpecification"))
        if expiry and _true(expiry.get("Enabled", True)):
            specification = {"Enabled": True, "AttributeName": expiry["AttributeName"]}
            _call(
                target,
                "UpdateTimeToLive",
                {"TableName": names[logical], "TimeToLiveSpecification": specification},
            )
    return names


def _true(value: Any) -> bool:
    return str(value).lower() == "true"


def _create_request(template: Template, name: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    request = {member: template.resolve(properties[member]) for member in _CREATE if member in properties}
    request["TableName"] = name
    if properties.get("LocalSecondaryIndexes"):
        request["LocalSecondaryIndexes"] = template.resolve(properties["LocalSecondaryIndexes"])
    indexes = template.resolve(properties.get("GlobalSecondaryIndexes") or [])
    if indexes:
        request["GlobalSecondaryIndexes"] = [
            {member: index[member] for member in _INDEX if member in index} for index in indexes
        ]
    stream = template.resolve(properties.get("StreamSpecification"))
    if stream:
        request["StreamSpecification"] = {
            "StreamEnabled": True,
            "StreamViewType": stream["StreamViewType"],
        }
    return request


def _call(target: Any, operation: str, params: dict[str, Any]) -> None:
    if hasattr(target, "call"):
        target.call(operation, params)
    else:
        getattr(target, xform_name(operation))(**params)
