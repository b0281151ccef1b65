"""Whole requests of the in-memory DynamoDB: which members they need, which they may have, how much they may hold."""

from typing import Any

import pytest

from tests.fakes.dynamo import MemoryDynamo, ServiceError
from tests.stores.dynamo_cases import TABLE, key

ITEM = {"TableName": "things", "Key": key()}
QUERY: dict[str, Any] = {
    "TableName": "things",
    "KeyConditionExpression": "pk = :pk",
    "ExpressionAttributeValues": {":pk": {"S": "a"}},
}
GET = {"Get": ITEM}
PUT = {"Put": {"TableName": "things", "Item": key()}}
STATUS: dict[str, Any] = {"AttributeName": "status", "AttributeType": "S"}


@pytest.fixture
def dynamo() -> MemoryDynamo:
    dynamo = MemoryDynamo()
    dynamo.call("CreateTable", TABLE)
    return dynamo


def batch(**members: Any) -> dict[str, Any]:
    return {"RequestItems": {"things": {"Keys": [key()], **members}}}


def written(*requests: dict[str, Any]) -> dict[str, Any]:
    return {"RequestItems": {"things": list(requests)}}


def table(**members: Any) -> dict[str, Any]:
    return {**TABLE, "TableName": "other", **members}


def index(name: str = "x", **members: Any) -> dict[str, Any]:
    schema = [{"AttributeName": "status", "KeyType": "HASH"}]
    return {"IndexName": name, "KeySchema": schema, "Projection": {"ProjectionType": "ALL"}, **members}


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("PutItem", {"TableName": "things"}, "Value null at 'item'"),
    ("PutItem", {"TableName": "gone", "Item": key()}, "Requested resource not found"),
    ("DescribeTable", {"TableName": "gone"}, "Table: gone not found"),
    ("UpdateTable", {"TableName": "things"}, "does not support the operation UpdateTable"),
    ("GetItem", {**ITEM, "AttributesToGet": ["a"]}, "does not support AttributesToGet in GetItem"),
    ("GetItem", {**ITEM, "ReturnConsumedCapacity": "ALL"}, "returnConsumedCapacity"),
    ("GetItem", {**ITEM, "ProjectionExpression": "a, a.b"}, "Two document paths overlap"),
    ("GetItem", {**ITEM, "ProjectionExpression": "a b"}, "Syntax error"),
    ("DeleteItem", {**ITEM, "ReturnItemCollectionMetrics": "ALL"}, "ReturnItemCollectionMetrics"),
    ("BatchGetItem", {"RequestItems": {}}, "must not be empty"),
    ("BatchGetItem", batch(Keys=[key(sk=str(n)) for n in range(101)]), "Too many items"),
    ("BatchGetItem", batch(Keys=[key(), key()]), "contains duplicates"),
    ("BatchGetItem", batch(AttributesToGet=["a"]), "does not support ['AttributesToGet']"),
    ("BatchWriteItem", written(), "must not be empty"),
    ("BatchWriteItem", written(*[{"DeleteRequest": {"Key": key(sk=str(n))}} for n in range(26)]), "Too many items"),
    ("BatchWriteItem", written({"PutRequest": {"Item": key()}}, {"DeleteRequest": {"Key": key()}}), "duplicates"),
    ("BatchWriteItem", written({"UpdateRequest": {}}), "exactly one of PutRequest or DeleteRequest"),
    ("BatchWriteItem", written({"PutRequest": {"Item": key(), "Expected": {}}}), "['Expected']"),
    ("TransactGetItems", {"TransactItems": []}, "between 1 and 100"),
    ("TransactGetItems", {"TransactItems": [PUT]}, "only contain one of Get"),
    ("TransactGetItems", {"TransactItems": [GET, GET]}, "multiple operations on one item"),
    ("TransactGetItems", {"TransactItems": [{"Get": {**ITEM, "ConsistentRead": True}}]}, "ConsistentRead"),
    ("TransactWriteItems", {"TransactItems": []}, "greater than or equal to 1"),
    ("TransactWriteItems", {"TransactItems": [GET]}, "Check, Put, Update or Delete"),
    ("TransactWriteItems", {"TransactItems": [{"Put": {**PUT["Put"], "ReturnValues": "NONE"}}]}, "ReturnValues"),
    ("TransactWriteItems", {"TransactItems": [{"Update": ITEM}]}, "UpdateExpression"),
    ("TransactWriteItems", {"TransactItems": [{"ConditionCheck": ITEM}]}, "ConditionExpression"),
    ("Query", {**QUERY, "Select": "SOME"}, "'select'"),
    ("Query", {**QUERY, "Select": "SPECIFIC_ATTRIBUTES"}, "ProjectionExpression"),
    ("Query", {**QUERY, "Select": "COUNT", "ProjectionExpression": "pk"}, "choosing to get COUNT"),
    ("Query", {**QUERY, "Select": "ALL_PROJECTED_ATTRIBUTES"}, "IndexName"),
    ("Query", {**QUERY, "KeyConditionExpression": "pk > :pk"}, "key condition not supported"),
    ("Query", {**QUERY, "KeyConditionExpression": "pk = :pk AND sk <> :pk"}, "KeyCondition: <>"),
    ("Query", {**QUERY, "KeyConditionExpression": "pk = :pk AND sk.x = :pk"}, "must be a key attribute"),
    ("Query", {**QUERY, "KeyConditionExpression": "pk = :pk AND sk = sk"}, "compared with a value"),
    ("Query", {**QUERY, "KeyConditionExpression": "contains(pk, :pk)"}, "KeyConditionExpression: function"),
    ("Query", {**QUERY, "ExpressionAttributeValues": {":pk": {"N": "1"}}}, "does not match schema type"),
    ("Query", {**QUERY, "ExclusiveStartKey": {"pk": {"N": "1"}, "sk": {"S": "1"}}}, "starting key is invalid"),
    ("CreateTable", TABLE, "already exists"),
    ("CreateTable", table(LocalSecondaryIndexes=[index()]), "LocalSecondaryIndexes"),
    ("CreateTable", table(KeySchema=[{"AttributeName": "pk", "KeyType": "RANGE"}]), "one HASH key"),
    ("CreateTable", table(GlobalSecondaryIndexes=[index(), index()]), "Duplicate index name"),
    ("CreateTable", table(GlobalSecondaryIndexes=[]), "exactly match"),
    ("CreateTable", table(AttributeDefinitions=[STATUS]), "not defined in AttributeDefinitions"),
    ("CreateTable", table(StreamSpecification={"StreamViewType": "ALL"}), "StreamViewType"),
    (
        "CreateTable",
        table(GlobalSecondaryIndexes=[index(Projection={"ProjectionType": "INCLUDE"})]),
        "NonKeyAttributes is not specified",
    ),
    ("CreateTable", table(GlobalSecondaryIndexes=[index(Projection={"ProjectionType": "SOME"})]), "ProjectionType"),
]


@pytest.mark.parametrize(("operation", "params", "message"), REFUSED)
def test_refused(dynamo, operation, params, message):
    before = dynamo.scan("things")
    with pytest.raises(ServiceError) as caught:
        dynamo.call(operation, params)
    assert message in caught.value.message
    assert dynamo.scan("things") == before
    assert dynamo.calls[-1].error == caught.value.code


def test_a_batch_returns_what_does_not_fit_in_16_megabytes(dynamo):
    large = {"text": {"S": "x" * 390_000}}
    for number in range(45):
        dynamo.call("PutItem", {"TableName": "things", "Item": {**key(sk=str(number)), **large}})
    answer = dynamo.call("BatchGetItem", batch(Keys=[key(sk=str(number)) for number in range(45)]))
    left = answer["UnprocessedKeys"]["things"]["Keys"]
    assert len(answer["Responses"]["things"]) + len(left) == 45
    assert left


def test_a_transaction_holds_at_most_four_megabytes(dynamo):
    puts = [
        {"Put": {"TableName": "things", "Item": {**key(sk=str(number)), "text": {"S": "x" * 390_000}}}}
        for number in range(11)
    ]
    with pytest.raises(ServiceError, match="4 MB"):
        dynamo.call("TransactWriteItems", {"TransactItems": puts})
    assert dynamo.scan("things") == []


def test_an_update_cannot_grow_an_item_past_its_limit(dynamo):
    dynamo.call("PutItem", {"TableName": "things", "Item": {**key(), "text": {"S": "x" * 390_000}}})
    with pytest.raises(ServiceError, match="Item size to update"):
        dynamo.call(
            "UpdateItem",
            {
                **ITEM,
                "UpdateExpression": "SET more = :more",
                "ExpressionAttributeValues": {":more": {"S": "x" * 30_000}},
            },
        )


def test_a_protected_table_stays(dynamo):
    dynamo.call("CreateTable", table(DeletionProtectionEnabled=True))
    with pytest.raises(ServiceError, match="protected"):
        dynamo.call("DeleteTable", {"TableName": "other"})
    assert dynamo.call("ListTables", {})["TableNames"] == ["other", "things"]


def test_time_to_live_is_switched_once(dynamo):
    request = {"TableName": "things", "TimeToLiveSpecification": {"Enabled": True, "AttributeName": "until"}}
    dynamo.call("UpdateTimeToLive", request)
    with pytest.raises(ServiceError, match="already enabled"):
        dynamo.call("UpdateTimeToLive", request)
    request["TimeToLiveSpecification"] = {"Enabled": False, "AttributeName": "until"}
    dynamo.call("UpdateTimeToLive", request)
    answer = dynamo.call("DescribeTimeToLive", {"TableName": "things"})
    assert answer == {"TimeToLiveDescription": {"TimeToLiveStatus": "DISABLED"}}


def test_an_index_may_include_some_attributes(dynamo):
    include = {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["shown"]}
    definitions = [*TABLE["AttributeDefinitions"][:2], STATUS]
    dynamo.call(
        "CreateTable", table(AttributeDefinitions=definitions, GlobalSecondaryIndexes=[index(Projection=include)])
    )
    item = {**key(), "status": {"S": "open"}, "shown": {"S": "x"}, "hidden": {"S": "y"}}
    dynamo.call("PutItem", {"TableName": "other", "Item": item})
    answer = dynamo.call(
        "Query",
        {
            "TableName": "other",
            "IndexName": "x",
            "KeyConditionExpression": "#s = :s",
            "ExpressionAttributeNames": {"#s": "status"},
            "ExpressionAttributeValues": {":s": {"S": "open"}},
        },
    )
    assert [set(found) for found in answer["Items"]] == [{"pk", "sk", "status", "shown"}]


def test_a_table_is_also_known_by_its_address(dynamo):
    arn = dynamo.call("DescribeTable", {"TableName": "things"})["Table"]["TableArn"]
    dynamo.call("PutItem", {"TableName": arn, "Item": key()})
    assert dynamo.rows("things") == [{"pk": "a", "sk": "1"}]
