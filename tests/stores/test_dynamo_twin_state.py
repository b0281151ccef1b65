"""Capacity, streams, expiry and snapshots of the in-memory DynamoDB."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.fakes.dynamo import MemoryDynamo
from tests.stores.dynamo_cases import TABLE, key

ONE = {":one": {"N": "1"}}


@pytest.fixture
def now() -> list[float]:
    return [1_800_000_000.0]


@pytest.fixture
def dynamo(now: list[float]) -> Iterator[MemoryDynamo]:
    dynamo = MemoryDynamo(lambda: now[0])
    dynamo.call("CreateTable", {**TABLE, "StreamSpecification": {"StreamViewType": "NEW_AND_OLD_IMAGES"}})
    dynamo.call("CreateTable", {**TABLE, "TableName": "quiet"})
    return dynamo


def put(dynamo: MemoryDynamo, sk: str = "1", **attributes: Any) -> Any:
    request = {"TableName": "things", "Item": {**key(sk=sk), **attributes}, "ReturnConsumedCapacity": "INDEXES"}
    return dynamo.call("PutItem", request).get("ConsumedCapacity")


def update(dynamo: MemoryDynamo, expression: str, **options: Any) -> Any:
    request = {
        "TableName": "things",
        "Key": key(),
        "UpdateExpression": expression,
        "ReturnConsumedCapacity": "INDEXES",
        **options,
    }
    return dynamo.call("UpdateItem", request)["ConsumedCapacity"]


def indexes(report: dict[str, Any]) -> dict[str, float]:
    return {name: part["CapacityUnits"] for name, part in report.get("GlobalSecondaryIndexes", {}).items()}


def text(size: int) -> dict[str, str]:
    return {"S": "x" * size}


@pytest.mark.parametrize(("size", "units"), [(0, 1.0), (1024 - 10, 1.0), (1024, 2.0), (9 * 1024, 10.0)])
def test_a_write_takes_a_unit_for_each_kilobyte(dynamo, size, units):
    assert put(dynamo, text=text(size))["CapacityUnits"] == units


def test_a_write_is_charged_for_the_larger_side(dynamo):
    put(dynamo, text=text(3000))
    assert put(dynamo)["CapacityUnits"] == 3.0


def test_an_index_is_charged_for_what_changes_in_it(dynamo):
    placed = {"status": {"S": "open"}, "rank": {"N": "1"}}
    assert indexes(put(dynamo)) == {}
    assert indexes(put(dynamo, **placed)) == {"by_status": 1.0, "keys_by_status": 1.0}
    assert indexes(put(dynamo, **placed)) == {}
    assert indexes(put(dynamo, **placed, other={"S": "x"})) == {"by_status": 1.0}
    moved = update(
        dynamo,
        "SET #s = :s",
        ExpressionAttributeNames={"#s": "status"},
        ExpressionAttributeValues={":s": {"S": "shut"}},
    )
    assert indexes(moved) == {"by_status": 2.0, "keys_by_status": 2.0}
    assert moved["CapacityUnits"] == 5.0
    gone = dynamo.call("DeleteItem", {"TableName": "things", "Key": key(), "ReturnConsumedCapacity": "INDEXES"})
    assert indexes(gone["ConsumedCapacity"]) == {"by_status": 1.0, "keys_by_status": 1.0}


@pytest.mark.parametrize(("consistent", "units"), [(True, 2.0), (False, 1.0)])
def test_a_read_takes_a_unit_for_four_kilobytes_and_half_when_it_may_be_stale(dynamo, consistent, units):
    put(dynamo, text=text(5000))
    request = {"TableName": "things", "Key": key(), "ConsistentRead": consistent, "ReturnConsumedCapacity": "TOTAL"}
    assert dynamo.call("GetItem", request)["ConsumedCapacity"]["CapacityUnits"] == units


def test_a_query_rounds_once_for_the_whole_page(dynamo):
    for number in range(4):
        put(dynamo, sk=str(number), text=text(1500))
    request = {
        "TableName": "things",
        "KeyConditionExpression": "pk = :pk",
        "ExpressionAttributeValues": {":pk": {"S": "a"}},
        "ReturnConsumedCapacity": "TOTAL",
    }
    assert dynamo.call("Query", request)["ConsumedCapacity"]["CapacityUnits"] == 1.0


def test_a_transaction_doubles_the_table_but_not_its_indexes(dynamo):
    item = {**key(), "status": {"S": "open"}, "rank": {"N": "1"}}
    check = {"TableName": "things", "Key": key(sk="2"), "ConditionExpression": "attribute_not_exists(pk)"}
    request = {
        "TransactItems": [{"Put": {"TableName": "things", "Item": item}}, {"ConditionCheck": check}],
        "ClientRequestToken": "token",
        "ReturnConsumedCapacity": "INDEXES",
    }
    (first,) = dynamo.call("TransactWriteItems", request)["ConsumedCapacity"]
    (again,) = dynamo.call("TransactWriteItems", request)["ConsumedCapacity"]
    assert first["Table"] == {"CapacityUnits": 4.0, "WriteCapacityUnits": 4.0}
    assert first["CapacityUnits"] == first["WriteCapacityUnits"] == 6.0
    assert again["CapacityUnits"] == again["ReadCapacityUnits"] == 4.0


def test_a_stream_tells_every_change_as_a_lambda_event_does(dynamo, now):
    put(dynamo, n={"N": "1"})
    put(dynamo, n={"N": "1"})
    update(dynamo, "ADD n :one", ExpressionAttributeValues=ONE)
    dynamo.call("DeleteItem", {"TableName": "things", "Key": key()})
    records = dynamo.stream("things")
    assert [record["eventName"] for record in records] == ["INSERT", "MODIFY", "REMOVE"]
    assert records[1]["dynamodb"]["Keys"] == key()
    assert records[1]["dynamodb"]["OldImage"]["n"] == {"N": "1"}
    assert records[1]["dynamodb"]["NewImage"]["n"] == {"N": "2"}
    assert records[1]["dynamodb"]["ApproximateCreationDateTime"] == now[0]
    assert "OldImage" not in records[0]["dynamodb"]
    assert "NewImage" not in records[2]["dynamodb"]
    assert len({record["eventID"] for record in records}) == 3
    assert records[0]["eventSourceARN"].startswith("arn:aws:dynamodb:eu-south-2:123456789012:table/things/stream/")


def test_taking_a_stream_leaves_it_empty(dynamo):
    put(dynamo)
    assert len(dynamo.take_stream("things")) == 1
    assert dynamo.take_stream("things") == []


def test_a_table_without_a_stream_says_so(dynamo):
    with pytest.raises(LookupError, match="quiet has no stream"):
        dynamo.stream("quiet")


def test_what_is_past_its_time_goes_when_asked_and_the_stream_says_why(dynamo, now):
    specification = {"Enabled": True, "AttributeName": "expires_at"}
    dynamo.call("UpdateTimeToLive", {"TableName": "things", "TimeToLiveSpecification": specification})
    put(dynamo, sk="old", expires_at={"N": str(int(now[0]) - 1)})
    put(dynamo, sk="new", expires_at={"N": str(int(now[0]) + 1)})
    put(dynamo, sk="never")
    assert len(dynamo.scan("things")) == 3
    assert dynamo.expire("things") == 1
    assert [row["sk"] for row in dynamo.rows("things")] == ["never", "new"]
    assert dynamo.stream("things")[-1]["userIdentity"]["principalId"] == "dynamodb.amazonaws.com"


def test_a_snapshot_can_be_restored_again_and_again(dynamo):
    put(dynamo, status={"S": "open"}, rank={"N": "1"})
    token = {
        "TransactItems": [{"Put": {"TableName": "quiet", "Item": key()}}],
        "ClientRequestToken": "token",
    }
    before = dynamo.snapshot()
    for _ in range(2):
        put(dynamo, sk="2", status={"S": "open"}, rank={"N": "2"})
        update(dynamo, "ADD n :one", ExpressionAttributeValues=ONE)
        dynamo.call("TransactWriteItems", token)
        assert len(dynamo.rows("quiet")) == 1
        dynamo.restore(before)
        assert dynamo.rows("things") == [{"pk": "a", "sk": "1", "status": "open", "rank": 1}]
        assert len(dynamo.stream("things")) == 1
        assert dynamo.rows("quiet") == []


def test_a_table_can_be_described_and_deleted(dynamo):
    described = dynamo.call("DescribeTable", {"TableName": "things"})["Table"]
    assert [index["IndexName"] for index in described["GlobalSecondaryIndexes"]] == ["by_status", "keys_by_status"]
    dynamo.call("DeleteTable", {"TableName": "quiet"})
    assert dynamo.tables() == ["things"]


def test_what_a_test_is_given_is_its_own(dynamo):
    put(dynamo, m={"M": {"x": {"N": "1"}}})
    read = {"TableName": "things", "Key": key()}
    for item in (
        dynamo.scan("things")[0],
        dynamo.stream("things")[0]["dynamodb"]["NewImage"],
        dynamo.call("GetItem", read)["Item"],
    ):
        item["m"]["M"].clear()
    assert dynamo.rows("things")[0]["m"] == {"x": 1}
