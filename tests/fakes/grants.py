"""While a function answers a request, it reads and writes no more than its role grants, as on AWS.

The in-memory DynamoDB takes anything from anybody; a deployed function has the role that infra/template.yaml gives it.
What it lacks there is found here, in seconds, and not first by the emulator, which enforces the roles too.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

from infra.local.templates import read_template, resources_of

INFRA = Path(__file__).parents[2] / "infra"
EXPORT, END = "aval-${Stage}-", "TableArn"
_IN_TRANSACTION = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
    "Get": "GetItem",
}

Grant = tuple[str, str]  # an action, and the table or table/index that it is for

_lacking: ContextVar[tuple[str, set[Grant]] | None] = ContextVar("lacking", default=None)


class GrantMissing(AssertionError):
    """A function does what its role does not allow."""


@contextmanager
def only_its_grants(function: str) -> Iterator[None]:
    """Raise GrantMissing at the end for what the function did beyond its role; one that is not deployed may all."""
    if function not in _grants_by_function():
        yield
        return
    before = _lacking.set((function, set()))
    try:
        yield
        found = _lacking.get()
        if found and found[1]:
            raise GrantMissing(f"{function} has no right to {sorted(found[1])}: infra/template.yaml")
    finally:
        _lacking.reset(before)


def note(operation: str, body: bytes) -> None:
    """Compare one DynamoDB request with the role of whoever runs."""
    running = _lacking.get()
    if running is None:
        return
    function, lacking = running
    lacking.update(set(_needed(operation, json.loads(body))) - _grants_by_function()[function])


def _needed(operation: str, asked: Mapping[str, Any]) -> Iterator[Grant]:
    if "TransactItems" in asked:
        for kind, item in (pair for each in asked["TransactItems"] for pair in each.items()):
            yield f"dynamodb:{_IN_TRANSACTION[kind]}", _area(item["TableName"])
    elif "RequestItems" in asked:
        for table in asked["RequestItems"]:
            yield f"dynamodb:{operation}", _area(table)
    elif "TableName" in asked:
        index = f"/{asked['IndexName']}" if "IndexName" in asked else ""
        yield f"dynamodb:{operation}", _area(asked["TableName"]) + index


def _area(table: str) -> str:
    """Return a table's own part of its name: `orders` of `aval-local-orders`."""
    return table.split("-", 2)[-1]


@cache
def _areas() -> dict[str, str]:
    """Return each table's part of the name by the name of its export."""
    tables = resources_of(read_template(INFRA / "data.yaml"), "AWS::DynamoDB::Table")
    return {
        name.removesuffix("Table"): str(each["TableName"]["Fn::Sub"]).removeprefix(EXPORT)
        for name, each in tables.items()
    }


@cache
def _grants_by_function() -> dict[str, frozenset[Grant]]:
    template = read_template(INFRA / "template.yaml")
    roles = resources_of(template, "AWS::IAM::Role")
    functions = resources_of(template, "AWS::Serverless::Function").values()
    return {Path(each["CodeUri"]).name: _granted(roles[each["Role"]["Fn::GetAtt"][0]]) for each in functions}


def _granted(role: Mapping[str, Any]) -> frozenset[Grant]:
    statements = [each for policy in role["Policies"] for each in policy["PolicyDocument"]["Statement"]]
    return frozenset(
        (action, place)
        for each in statements
        for action in _list(each["Action"])
        for place in map(_place, _list(each["Resource"]))
        if place
    )


def _place(resource: Any) -> str:
    """Return the table, or table/index, that a resource names; empty for what is none."""
    if not isinstance(resource, Mapping):
        return ""
    if "Fn::ImportValue" in resource:
        named = str(resource["Fn::ImportValue"]["Fn::Sub"])
        return _areas().get(named.removeprefix(EXPORT).removesuffix(END), "") if named.endswith(END) else ""
    written = resource.get("Fn::Sub")
    if isinstance(written, list) and written[0].startswith("${Table}/index/"):
        return f"{_place(written[1]['Table'])}/{written[0].removeprefix('${Table}/index/')}"
    return ""


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
