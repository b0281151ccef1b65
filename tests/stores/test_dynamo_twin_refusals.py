"""What the in-memory DynamoDB refuses, and that it refuses it for the right reason."""

import json
from typing import Any

import pytest

from tests.fakes.dynamo import MemoryDynamo, ServiceError
from tests.stores.dynamo_cases import TABLE, key

ONE = {":one": {"N": "1"}}


@pytest.fixture
def dynamo() -> MemoryDynamo:
    dynamo = MemoryDynamo()
    dynamo.call("CreateTable", TABLE)
    return dynamo


def first(case: tuple[str, str]) -> str:
    return case[0]


REFUSED_ITEMS = {
    ("empty set", "may not be empty"): {"set": {"SS": []}},
    ("twice in a set", "contains duplicates"): {"set": {"NS": ["1", "1.0"]}},
    ("two types", "more than one datatypes set"): {"a": {"S": "x", "N": "1"}},
    ("no type", "AttributeValue is empty"): {"a": {}},
    ("false null", "must have the value of true"): {"a": {"NULL": False}},
    ("too large", "exceeded the maximum allowed size"): {"a": {"S": "x" * 400 * 1024}},
    ("empty hash key", "cannot contain an empty string value. Key: pk"): {"pk": {"S": ""}},
    ("empty range key", "cannot contain an empty string value. Key: sk"): {"sk": {"S": ""}},
    ("long hash key", "Size of hashkey"): {"pk": {"S": "x" * 2049}},
    ("long range key", "size of all range keys"): {"sk": {"S": "x" * 1025}},
    ("key of another type", "Type mismatch for key sk expected: S actual: N"): {"sk": {"N": "1"}},
    ("index key of another type", "Type mismatch for Index Key status"): {"status": {"N": "1"}},
    ("empty index key", "IndexKey: status"): {"status": {"S": ""}},
    ("too deep", "Nesting Levels"): {"a": json.loads('{"L":[' * 33 + '{"S":"x"}' + "]}" * 33)},
}


@pytest.mark.parametrize("case", REFUSED_ITEMS, ids=first)
def test_refused_items(dynamo, case):
    with pytest.raises(ServiceError) as caught:
        dynamo.call("PutItem", {"TableName": "things", "Item": {**key(), **REFUSED_ITEMS[case]}})
    assert caught.value.code == "ValidationException"
    assert case[1] in caught.value.message
    assert dynamo.scan("things") == []


REFUSED_REQUESTS: dict[tuple[str, str], dict[str, Any]] = {
    ("undefined value", "is not defined; attribute value: :gone"): {"ConditionExpression": "a = :gone"},
    ("undefined name", "is not defined; attribute name: #gone"): {"ConditionExpression": "attribute_exists(#gone)"},
    ("unused name", "unused in expressions: keys: {#x}"): {
        "ConditionExpression": "attribute_exists(a)",
        "ExpressionAttributeNames": {"#x": "x"},
    },
    ("names without expression", "can only be specified when using expressions"): {
        "ExpressionAttributeNames": {"#x": "x"}
    },
    ("no names at all", "must not be empty"): {
        "ConditionExpression": "attribute_exists(a)",
        "ExpressionAttributeNames": {},
    },
    ("syntax", 'Syntax error; token: "<EOF>"'): {"ConditionExpression": "a ="},
    ("empty", "can not be empty"): {"ConditionExpression": " "},
    ("unknown mark", 'Syntax error; token: "!"'): {"ConditionExpression": "a ! b"},
    ("brackets in brackets", "redundant parentheses"): {"ConditionExpression": "((attribute_exists(a)))"},
    ("unknown function", "Invalid function name; function: exists"): {"ConditionExpression": "exists(a)"},
    ("too few operands", "number of operands: 1"): {"ConditionExpression": "begins_with(a)"},
    ("not a path", "requires a document path"): {
        "ConditionExpression": "attribute_exists(:one)",
        "ExpressionAttributeValues": ONE,
    },
    ("begins with a number", "function: begins_with, operand type: N"): {
        "ConditionExpression": "begins_with(a, :one)",
        "ExpressionAttributeValues": ONE,
    },
    ("order of a flag", "operator: <, operand type: BOOLEAN"): {
        "ConditionExpression": "a < :no",
        "ExpressionAttributeValues": {":no": {"BOOL": False}},
    },
    ("ends of a range turned round", "upper bound to be greater"): {
        "ConditionExpression": "a BETWEEN :one AND :zero",
        "ExpressionAttributeValues": {**ONE, ":zero": {"N": "0"}},
    },
    ("ends of different types", "requires same data type"): {
        "ConditionExpression": "a BETWEEN :one AND :x",
        "ExpressionAttributeValues": {**ONE, ":x": {"S": "x"}},
    },
    ("unknown type", "Invalid attribute type name"): {
        "ConditionExpression": "attribute_type(a, :x)",
        "ExpressionAttributeValues": {":x": {"S": "X"}},
    },
    ("too long", "Expression size has exceeded"): {"ConditionExpression": "attribute_exists(a" + "a" * 4096 + ")"},
    ("unknown member", "does not support Expected"): {"Expected": {}},
    ("unknown return", "invalid value: ReturnValues"): {"ReturnValues": "EVERYTHING"},
    ("path into a scalar", "document path provided"): {
        "UpdateExpression": "SET n.x = :one",
        "ExpressionAttributeValues": ONE,
    },
    ("number into a scalar", "document path provided"): {
        "UpdateExpression": "ADD n.x :one",
        "ExpressionAttributeValues": ONE,
    },
    ("add a list", "operator: ADD, operand type: LIST"): {
        "UpdateExpression": "ADD n :x",
        "ExpressionAttributeValues": {":x": {"L": []}},
    },
    ("delete a number", "operator: DELETE, operand type: NUMBER"): {
        "UpdateExpression": "DELETE n :one",
        "ExpressionAttributeValues": ONE,
    },
    ("append to nothing", "does not exist in the item"): {
        "UpdateExpression": "SET l = list_append(l, :x)",
        "ExpressionAttributeValues": {":x": {"L": []}},
    },
    ("paths overlap", "path one: [m], path two: [m, x]"): {
        "UpdateExpression": "SET m = :one REMOVE m.x",
        "ExpressionAttributeValues": ONE,
    },
    ("index key of another type", "Type mismatch for Index Key status"): {
        "UpdateExpression": "SET #s = :one",
        "ExpressionAttributeNames": {"#s": "status"},
        "ExpressionAttributeValues": ONE,
    },
}


@pytest.mark.parametrize("case", REFUSED_REQUESTS, ids=first)
def test_refused_requests(dynamo, case):
    dynamo.call("PutItem", {"TableName": "things", "Item": {**key(), "n": {"N": "1"}}})
    with pytest.raises(ServiceError) as caught:
        dynamo.call("UpdateItem", {"TableName": "things", "Key": key(), **REFUSED_REQUESTS[case]})
    assert caught.value.code == "ValidationException"
    assert case[1] in caught.value.message
    assert dynamo.scan("things") == [{**key(), "n": {"N": "1"}}]


REFUSED_QUERIES: dict[tuple[str, str], dict[str, Any]] = {
    ("unknown index", "does not have the specified index"): {"IndexName": "nowhere"},
    ("limit of nothing", "greater than or equal to 1"): {"Limit": 0},
    ("filter on the key", "Primary key attribute: sk"): {"FilterExpression": "sk = :pk"},
    ("key twice", "one condition per key"): {"KeyConditionExpression": "pk = :pk AND pk = :pk"},
    ("either key", "KeyConditionExpression: OR"): {"KeyConditionExpression": "pk = :pk OR sk = :pk"},
    ("not a key", "missed key schema element: sk"): {"KeyConditionExpression": "pk = :pk AND extra = :pk"},
    ("start of another partition", "outside query boundaries"): {"ExclusiveStartKey": key("b")},
    ("start without range", "starting key is invalid"): {"ExclusiveStartKey": {"pk": {"S": "a"}}},
    ("all of an index of keys", "ALL_ATTRIBUTES is not supported"): {
        "IndexName": "keys_by_status",
        "KeyConditionExpression": "#s = :pk",
        "ExpressionAttributeNames": {"#s": "status"},
        "Select": "ALL_ATTRIBUTES",
    },
    ("attribute that the index lacks", "does not project ['extra']"): {
        "IndexName": "keys_by_status",
        "KeyConditionExpression": "#s = :pk",
        "ExpressionAttributeNames": {"#s": "status"},
        "ProjectionExpression": "extra",
    },
}


@pytest.mark.parametrize("case", REFUSED_QUERIES, ids=first)
def test_refused_queries(dynamo, case):
    request = {
        "TableName": "things",
        "KeyConditionExpression": "pk = :pk",
        "ExpressionAttributeValues": {":pk": {"S": "a"}},
        **REFUSED_QUERIES[case],
    }
    with pytest.raises(ServiceError) as caught:
        dynamo.call("Query", request)
    assert caught.value.code == "ValidationException"
    assert case[1] in caught.value.message
