"""Queries, batches and transactions on the in-memory DynamoDB and on moto, wherever moto does as AWS does."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.stores.dynamo_cases import code_of, get, key, put, service


@pytest.fixture(params=["twin", "moto"])
def client(request):
    with service(request.param) as client:
        for number in range(1, 7):
            status = {"status": {"S": "open" if number % 2 else "shut"}} if number < 6 else {}
            put(client, sk=f"o{number}", rank={"N": str(10 - number)}, **status)
        put(client, sk="x", pk="b")
        yield client


def query(client: Any, condition: str = "pk = :pk", *, index: str | None = None, **options: Any) -> dict[str, Any]:
    values = options.pop("values", {":pk": {"S": "a"}})
    if index is not None:
        options["IndexName"] = index
    return client.query(
        TableName="things", KeyConditionExpression=condition, ExpressionAttributeValues=values, **options
    )


def keys(answer: dict[str, Any]) -> list[str]:
    return [item["sk"]["S"] for item in answer["Items"]]


@pytest.mark.parametrize(
    ("condition", "bounds", "expected"),
    [
        ("", {}, ["o1", "o2", "o3", "o4", "o5", "o6"]),
        ("sk = :a", {":a": "o3"}, ["o3"]),
        ("sk < :a", {":a": "o3"}, ["o1", "o2"]),
        ("sk <= :a", {":a": "o3"}, ["o1", "o2", "o3"]),
        ("sk > :a", {":a": "o4"}, ["o5", "o6"]),
        ("sk >= :a", {":a": "o5"}, ["o5", "o6"]),
        ("sk BETWEEN :a AND :b", {":a": "o2", ":b": "o4"}, ["o2", "o3", "o4"]),
        ("begins_with(sk, :a)", {":a": "o"}, ["o1", "o2", "o3", "o4", "o5", "o6"]),
        ("begins_with(sk, :a)", {":a": "p"}, []),
    ],
)
def test_key_conditions(client, condition, bounds, expected):
    values = {":pk": {"S": "a"}, **{name: {"S": value} for name, value in bounds.items()}}
    whole = f"pk = :pk AND {condition}" if condition else "pk = :pk"
    assert keys(query(client, whole, values=values)) == expected
    assert keys(query(client, whole, values=values, ScanIndexForward=False)) == expected[::-1]


def test_an_index_holds_only_items_that_have_its_keys_in_the_order_of_its_range(client):
    answer = query(client, "#s = :s", index="by_status", values={":s": {"S": "open"}}, **STATUS)
    assert keys(answer) == ["o5", "o3", "o1"]


STATUS: dict[str, Any] = {"ExpressionAttributeNames": {"#s": "status"}}


def test_a_range_on_a_number(client):
    answer = query(
        client, "#s = :s AND #r > :r", index="by_status",
        values={":s": {"S": "open"}, ":r": {"N": "6"}},
        ExpressionAttributeNames={"#s": "status", "#r": "rank"},
    )  # fmt: skip
    assert keys(answer) == ["o3", "o1"]


def test_an_index_follows_the_item(client):
    client.update_item(
        TableName="things",
        Key=key(sk="o1"),
        UpdateExpression="SET #s = :s",
        ExpressionAttributeValues={":s": {"S": "shut"}},
        **STATUS,
    )
    client.delete_item(TableName="things", Key=key(sk="o4"))
    shut = query(client, "#s = :s", index="by_status", values={":s": {"S": "shut"}}, **STATUS)
    assert keys(shut) == ["o2", "o1"]


def test_an_index_of_keys_shows_only_keys(client):
    answer = query(client, "#s = :s", index="keys_by_status", values={":s": {"S": "shut"}}, **STATUS)
    assert {frozenset(item) for item in answer["Items"]} == {frozenset({"pk", "sk", "status"})}


def test_pages_are_cut_before_the_filter(client):
    seen: list[str] = []
    options: dict[str, Any] = {}
    while True:
        page = query(
            client,
            Limit=2,
            FilterExpression="#s = :s",
            values={":pk": {"S": "a"}, ":s": {"S": "open"}},
            **STATUS,
            **options,
        )
        seen += keys(page)
        assert page["ScannedCount"] <= 2
        if "LastEvaluatedKey" not in page:
            break
        options = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
    assert seen == ["o1", "o3", "o5"]


@pytest.mark.parametrize("forward", [True, False])
def test_pages_of_an_index_join_up(client, forward):
    options: dict[str, Any] = {"ScanIndexForward": forward, "Limit": 1}
    seen: list[str] = []
    while True:
        page = query(client, "#s = :s", index="by_status", values={":s": {"S": "open"}}, **STATUS, **options)
        seen += keys(page)
        if "LastEvaluatedKey" not in page:
            break
        assert set(page["LastEvaluatedKey"]) == {"pk", "sk", "status", "rank"}
        options["ExclusiveStartKey"] = page["LastEvaluatedKey"]
    assert seen == (["o5", "o3", "o1"] if forward else ["o1", "o3", "o5"])


def test_a_projection_shows_what_it_names(client):
    put(client, sk="p", m={"M": {"x": {"N": "1"}, "y": {"N": "2"}}}, l={"L": [{"N": "1"}, {"N": "2"}]})
    projection: dict[str, Any] = {"ProjectionExpression": "sk, m.x, l[1]"}
    assert get(client, sk="p", **projection) == {
        "sk": {"S": "p"},
        "m": {"M": {"x": {"N": "1"}}},
        "l": {"L": [{"N": "2"}]},
    }


def test_counting_returns_no_items(client):
    answer = query(client, Select="COUNT")
    assert (answer["Count"], answer["ScannedCount"], "Items" in answer) == (6, 6, False)


def test_batches(client):
    requests = [{"PutRequest": {"Item": key("batch", str(number))}} for number in range(3)]
    requests.append({"DeleteRequest": {"Key": key("b", "x")}})
    client.batch_write_item(RequestItems={"things": requests})
    wanted = [key("batch", "0"), key("batch", "2"), key("b", "x")]
    found = client.batch_get_item(RequestItems={"things": {"Keys": wanted}})
    assert sorted(item["sk"]["S"] for item in found["Responses"]["things"]) == ["0", "2"]
    assert found["UnprocessedKeys"] == {}


def transact(client: Any, *entries: dict[str, Any], **options: Any) -> Any:
    items = [{kind: {"TableName": "things", **body}} for entry in entries for kind, body in entry.items()]
    return client.transact_write_items(TransactItems=items, **options)


def test_a_transaction_applies_all_its_parts(client):
    transact(
        client,
        {"Put": {"Item": key("t", "new"), "ConditionExpression": "attribute_not_exists(pk)"}},
        {
            "Update": {
                "Key": key(sk="o1"),
                "UpdateExpression": "ADD n :one",
                "ExpressionAttributeValues": {":one": {"N": "1"}},
            }
        },
        {"Delete": {"Key": key(sk="o2")}},
        {"ConditionCheck": {"Key": key(sk="o3"), "ConditionExpression": "attribute_exists(pk)"}},
    )
    assert get(client, "new", "t") is not None
    assert get(client, "o1")["n"] == {"N": "1"}
    assert get(client, "o2") is None


def test_a_transaction_that_loses_a_condition_applies_nothing_and_says_which(client):
    with pytest.raises(ClientError) as caught:
        transact(
            client,
            {"Put": {"Item": key("t", "new")}},
            {
                "Delete": {
                    "Key": key(sk="o2"),
                    "ConditionExpression": "attribute_not_exists(pk)",
                    "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                }
            },
        )
    reasons = caught.value.response["CancellationReasons"]
    assert caught.value.response["Error"]["Code"] == "TransactionCanceledException"
    assert [reason["Code"] for reason in reasons] == ["None", "ConditionalCheckFailed"]
    assert reasons[1]["Item"]["rank"] == {"N": "8"}
    assert get(client, "new", "t") is None


def test_a_transaction_names_an_item_once(client):
    twice = ({"Put": {"Item": key("t", "1")}}, {"Delete": {"Key": key("t", "1")}})
    assert code_of(transact, client, *twice) == "ValidationException"


def test_a_transaction_has_at_most_a_hundred_items(client):
    puts = [{"Put": {"Item": key("t", str(number))}} for number in range(101)]
    assert code_of(transact, client, *puts) == "ValidationException"
    transact(client, *puts[:100])


def test_a_request_token_answers_once(client):
    add = {
        "Update": {
            "Key": key(sk="o1"),
            "UpdateExpression": "ADD n :one",
            "ExpressionAttributeValues": {":one": {"N": "1"}},
        }
    }
    transact(client, add, ClientRequestToken="token-1")
    transact(client, add, ClientRequestToken="token-1")
    assert get(client, "o1")["n"] == {"N": "1"}
    other = {"Delete": {"Key": key(sk="o1")}}
    code = code_of(transact, client, other, ClientRequestToken="token-1")
    assert code == "IdempotentParameterMismatchException"
    assert code_of(transact, client, other, ClientRequestToken="t" * 37) == "ValidationException"


def test_several_items_at_one_moment(client):
    gets = [{"Get": {"TableName": "things", "Key": key(sk=sk)}} for sk in ("o1", "absent")]
    responses = client.transact_get_items(TransactItems=gets)["Responses"]
    assert responses[0]["Item"]["sk"] == {"S": "o1"}
    assert "Item" not in responses[1]


@pytest.mark.parametrize(
    "options",
    [
        {"condition": "sk = :pk"},
        {"condition": "pk > :pk"},
        {"index": "by_status", "condition": "#s = :pk", "ConsistentRead": True, **STATUS},
    ],
)
def test_invalid_queries(client, options):
    assert code_of(query, client, **options) == "ValidationException"
