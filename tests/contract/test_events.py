"""Recorded events: every function has some, each is whole and runs in the test of its function."""

import ast
import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from functions.contract import handler as contract
from tests.fakes.http import Api, invoke_file

ROOT = Path(__file__).parents[2]
FUNCTIONS = sorted(path.parent.name for path in (ROOT / "functions").glob("*/handler.py"))
FILES = sorted((ROOT / "events").glob("*/*.json"))
# escrow_clock is tested with the tasks that it wakes; the contract's two pages below.
TESTED_IN = {"escrow_clock": "functions/test_escrow.py", "contract": "contract/test_events.py"}
CALLED_DIRECTLY = {
    "escrow",
    "sweep",
    "reconcile",
    "payout_run",
    "solvency_run",
    "audit_run",
    "invoicing",
}  # by the state machine, by schedules and by operators
GATEWAY = {"resource", "path", "httpMethod", "headers", "multiValueHeaders", "requestContext", "body"}


def event_of(path: Path) -> dict:
    held = json.loads(path.read_text())
    return held.get("event", held)


def test_every_function_has_recorded_events():
    recorded = {path.parent.name for path in FILES}

    assert set(FUNCTIONS) == recorded


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_recorded_event_is_run_by_its_functions_test(function):
    """Either the test takes every file of the folder, or it names each."""
    path = ROOT / "tests" / TESTED_IN.get(function, f"functions/test_{function}.py")
    tree = ast.parse(path.read_text())
    said = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    takes_all = "event_files(" in path.read_text() or "*.json" in said  # unit/accounts/events.py: the whole folder
    takes_all = takes_all and any(function in text.split("/") for text in said)

    recorded = {each.stem for each in FILES if each.parent.name == function}

    assert takes_all or recorded <= {text.removesuffix(".json") for text in said}, recorded - said


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_recorded_event_is_whole(path):
    whole = event_of(path)

    if "httpMethod" in whole:
        assert set(whole) >= GATEWAY
        assert whole["requestContext"]["resourcePath"] == whole["resource"]
        assert {name: values[-1] for name, values in whole["multiValueHeaders"].items()} == whole["headers"]
    elif "Records" in whole:
        sources = {record["eventSource"] for record in whole["Records"]}
        assert sources <= {"aws:sqs", "aws:dynamodb"}
        assert all({"messageId", "body"} <= set(record) or "dynamodb" in record for record in whole["Records"])
    else:
        assert path.parent.name in CALLED_DIRECTLY


@pytest.mark.parametrize("path", sorted((ROOT / "events" / "contract").glob("*.json")), ids=lambda path: path.stem)
def test_the_contract_is_served_to_anybody(path):
    api = Api(SimpleNamespace(), {"contract": contract.ROUTES})

    reply = invoke_file(api.apps["contract"], path)

    assert reply.status == json.loads(path.read_text())["expect"]["status"]
    assert reply.text
