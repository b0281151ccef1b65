"""The same cases on the in-memory DynamoDB and on moto, wherever moto does as AWS does."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.fakes.dynamo import create_tables
from tests.stores.dynamo_cases import code_of, get, key, put, service, update


@pytest.fixture(params=["twin", "moto"])
def client(request):
    with service(request.param) as client:
        yield client


def test_an_item_comes_back_with_every_type(client):
    values = {
        "s": {"S": "añ"},
        "n": {"N": "-1.5"},
        "b": {"B": b"\x00\xff"},
        "yes": {"BOOL": True},
        "nothing": {"NULL": True},
        "list": {"L": [{"S": "x"}, {"M": {"deep": {"N": "1"}}}]},
        "map": {"M": {"empty": {"S": ""}, "none": {"L": []}}},
    }
    put(client, **values)
    assert get(client) == {**key(), **values}


def test_sets_come_back_as_sets(client):
    put(client, strings={"SS": ["b", "a"]}, numbers={"NS": ["2", "10"]})
    item = get(client)
    assert set(item["strings"]["SS"]) == {"a", "b"}
    assert set(item["numbers"]["NS"]) == {"2", "10"}


def test_an_absent_item_is_an_answer_without_item(client):
    assert get(client) is None


def test_a_put_replaces_the_whole_item_and_returns_the_old_one(client):
    put(client, x={"S": "old"})
    answer = client.put_item(TableName="things", Item={**key(), "y": {"S": "new"}}, ReturnValues="ALL_OLD")
    assert answer["Attributes"] == {**key(), "x": {"S": "old"}}
    assert get(client) == {**key(), "y": {"S": "new"}}


def test_a_delete_returns_what_was_there_and_may_find_nothing(client):
    put(client, x={"S": "old"})
    gone = client.delete_item(TableName="things", Key=key(), ReturnValues="ALL_OLD")
    again = client.delete_item(TableName="things", Key=key(), ReturnValues="ALL_OLD")
    assert gone["Attributes"]["x"] == {"S": "old"}
    assert "Attributes" not in again


def test_a_lost_condition_changes_nothing_and_shows_the_item_on_request(client):
    put(client, x={"N": "1"})
    with pytest.raises(ClientError) as caught:
        client.put_item(
            TableName="things",
            Item=key(),
            ConditionExpression="attribute_not_exists(pk)",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    assert caught.value.response["Error"]["Code"] == "ConditionalCheckFailedException"
    assert caught.value.response["Item"] == {**key(), "x": {"N": "1"}}
    assert get(client) == {**key(), "x": {"N": "1"}}


CONDITIONS = [
    ("#a = :one", True),
    ("#a <> :one", False),
    ("absent <> :one", True),
    ("absent = :one", False),
    ("#a < :two AND #a >= :one", True),
    ("#a > :two OR #a = :one", True),
    ("NOT #a = :two", True),
    ("NOT (#a = :one AND #b = :text)", False),
    ("#a BETWEEN :one AND :two", True),
    ("#a IN (:two, :one)", True),
    ("#a IN (:two, :text)", False),
    ("attribute_exists(#m.deep)", True),
    ("attribute_exists(#m.absent)", False),
    ("attribute_not_exists(absent)", True),
    ("attribute_type(#b, :kind)", True),
    ("attribute_type(#a, :kind)", False),
    ("begins_with(#b, :prefix)", True),
    ("begins_with(#b, :text)", True),
    ("contains(#b, :prefix)", True),
    ("contains(#l, :one)", True),
    ("contains(#l, :two)", False),
    ("contains(#tags, :prefix)", True),
    ("size(#b) = :four", True),
    ("size(#l) < :two", False),
    ("#l[0] = :one", True),
    ("#l[7] = :one", False),
    ("#m.deep = :text", True),
    ("#a = :one AND #b = :text OR #a = :two", True),
    ("#a = :two AND (#b = :text OR #a = :one)", False),
]
NAMES = {"#a": "a", "#b": "b", "#l": "l", "#m": "m", "#tags": "tags"}
VALUES = {
    ":one": {"N": "1"},
    ":two": {"N": "2"},
    ":four": {"N": "4"},
    ":text": {"S": "text"},
    ":prefix": {"S": "te"},
    ":kind": {"S": "S"},
}


@pytest.mark.parametrize(("condition", "holds"), CONDITIONS)
def test_conditions(client, condition, holds):
    put(
        client,
        a={"N": "1"},
        b={"S": "text"},
        l={"L": [{"N": "1"}, {"S": "x"}]},
        m={"M": {"deep": {"S": "text"}}},
        tags={"SS": ["te", "xt"]},
    )
    options: dict[str, Any] = {"ConditionExpression": condition}
    names = {name: value for name, value in NAMES.items() if name in condition}
    values = {name: value for name, value in VALUES.items() if name in condition}
    if names:
        options["ExpressionAttributeNames"] = names
    if values:
        options["ExpressionAttributeValues"] = values
    if holds:
        client.delete_item(TableName="things", Key=key(), **options)
        assert get(client) is None
    else:
        assert (
            code_of(client.delete_item, TableName="things", Key=key(), **options) == "ConditionalCheckFailedException"
        )


UPDATES = [
    ("SET a = a + :one", {"a": {"N": "2"}}),
    ("SET a = a - :one", {"a": {"N": "0"}}),
    ("SET c = if_not_exists(c, :one)", {"c": {"N": "1"}}),
    ("SET a = if_not_exists(a, :nine) + :one", {"a": {"N": "2"}}),
    ("SET l = list_append(l, :list)", {"l": {"L": [{"S": "x"}, {"S": "y"}, {"S": "z"}]}}),
    ("SET l = list_append(:list, l)", {"l": {"L": [{"S": "z"}, {"S": "x"}, {"S": "y"}]}}),
    ("SET l[1] = :one", {"l": {"L": [{"S": "x"}, {"N": "1"}]}}),
    ("SET l[9] = :one", {"l": {"L": [{"S": "x"}, {"S": "y"}, {"N": "1"}]}}),
    ("SET m.added = :one", {"m": {"M": {"k": {"S": "v"}, "added": {"N": "1"}}}}),
    ("SET c = a, a = :nine", {"a": {"N": "9"}, "c": {"N": "1"}}),
    ("REMOVE a", {"a": None}),
    ("REMOVE m.k", {"m": {"M": {}}}),
    ("REMOVE l[0]", {"l": {"L": [{"S": "y"}]}}),
    ("REMOVE nowhere", {}),
    ("ADD a :nine", {"a": {"N": "10"}}),
    ("ADD c :nine", {"c": {"N": "9"}}),
    ("ADD tags :tag", {"tags": {"SS": ["p", "q"]}}),
    ("DELETE tags :only", {"tags": None}),
    ("SET c = :one REMOVE l ADD a :one", {"a": {"N": "2"}, "c": {"N": "1"}, "l": None}),
]


@pytest.mark.parametrize(("expression", "expected"), UPDATES)
def test_updates(client, expression, expected):
    start = {
        "a": {"N": "1"},
        "l": {"L": [{"S": "x"}, {"S": "y"}]},
        "m": {"M": {"k": {"S": "v"}}},
        "tags": {"SS": ["p"]},
    }
    put(client, **start)
    values = {
        ":one": {"N": "1"},
        ":nine": {"N": "9"},
        ":list": {"L": [{"S": "z"}]},
        ":tag": {"SS": ["q"]},
        ":only": {"SS": ["p"]},
    }
    used = {name: value for name, value in values.items() if name in expression}
    options = {"ExpressionAttributeValues": used} if used else {}
    result = update(client, expression, **options)
    if "tags" in result:
        result["tags"]["SS"].sort()
    assert result == {name: value for name, value in {**start, **expected}.items() if value is not None}


@pytest.mark.parametrize(
    ("returns", "expected"),
    [
        ("NONE", {}),
        ("UPDATED_NEW", {"a": {"N": "2"}}),
        ("UPDATED_OLD", {"a": {"N": "1"}}),
        ("ALL_OLD", {"a": {"N": "1"}, "b": {"N": "5"}}),
        ("ALL_NEW", {"a": {"N": "2"}, "b": {"N": "5"}}),
    ],
)
def test_what_an_update_returns(client, returns, expected):
    put(client, a={"N": "1"}, b={"N": "5"})
    assert update(client, "ADD a :x", returns=returns, ExpressionAttributeValues={":x": {"N": "1"}}) == expected


def test_an_update_creates_the_item(client):
    assert update(client, "SET a = :x", ExpressionAttributeValues={":x": {"N": "1"}}) == {"a": {"N": "1"}}
    assert get(client) == {**key(), "a": {"N": "1"}}


INVALID = {
    "unused value": {"ConditionExpression": "attribute_exists(a)", "ExpressionAttributeValues": {":x": {"S": "x"}}},
    "no such key": {"Key": {"pk": {"S": "a"}}},
    "wrong type of key": {"Key": {"pk": {"N": "1"}, "sk": {"S": "1"}}},
    "key changed": {"UpdateExpression": "SET pk = :x", "ExpressionAttributeValues": {":x": {"S": "x"}}},
    "reserved word": {"UpdateExpression": "SET status = :x", "ExpressionAttributeValues": {":x": {"S": "x"}}},
    "overlap": {"UpdateExpression": "SET a = :x, a = :x", "ExpressionAttributeValues": {":x": {"S": "x"}}},
    "text plus number": {"UpdateExpression": "SET t = t + :x", "ExpressionAttributeValues": {":x": {"N": "1"}}},
    "sum with nothing": {"UpdateExpression": "SET z = z + :x", "ExpressionAttributeValues": {":x": {"N": "1"}}},
    "path into nothing": {"UpdateExpression": "SET z.z = :x", "ExpressionAttributeValues": {":x": {"N": "1"}}},
    "two sections": {
        "UpdateExpression": "SET a = :x SET b = :x",
        "ExpressionAttributeValues": {":x": {"N": "1"}},
    },
}


@pytest.mark.parametrize("case", INVALID)
def test_invalid_requests(client, case):
    put(client, t={"S": "text"})
    request = {"TableName": "things", "Key": key(), **INVALID[case]}
    assert code_of(client.update_item, **request) == "ValidationException"
    assert get(client) == {**key(), "t": {"S": "text"}}


def test_a_template_makes_the_same_tables_on_both(client, tmp_path):
    template = tmp_path / "data.yaml"
    template.write_text(
        "Parameters: {Stage: {Type: String, Default: dev}}\n"
        "Resources:\n"
        "  Orders:\n"
        "    Type: AWS::DynamoDB::Table\n"
        "    Properties:\n"
        "      TableName: !Sub 'shop-${Stage}-orders'\n"
        "      BillingMode: PAY_PER_REQUEST\n"
        "      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]\n"
        "      KeySchema: [{AttributeName: id, KeyType: HASH}]\n"
        "      StreamSpecification: {StreamViewType: NEW_AND_OLD_IMAGES}\n"
        "      TimeToLiveSpecification: {AttributeName: expires_at, Enabled: true}\n"
        "      PointInTimeRecoverySpecification: {PointInTimeRecoveryEnabled: true}\n"
    )
    assert create_tables(client, template, {"Stage": "test"}) == {"Orders": "shop-test-orders"}
    described = client.describe_table(TableName="shop-test-orders")["Table"]
    assert described["KeySchema"] == [{"AttributeName": "id", "KeyType": "HASH"}]
    assert described["StreamSpecification"]["StreamViewType"] == "NEW_AND_OLD_IMAGES"
    expiry = client.describe_time_to_live(TableName="shop-test-orders")["TimeToLiveDescription"]
    assert expiry == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires_at"}
