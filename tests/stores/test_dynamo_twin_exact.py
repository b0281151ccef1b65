"""Where moto 5.2.5 does otherwise than AWS, or not at all, and the in-memory DynamoDB does as AWS."""

import os
import socket
import sys
import threading
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from tests.fakes.dynamo import MemoryDynamo, WireCall
from tests.fakes.dynamo_wire import NetworkBlocked
from tests.stores.dynamo_cases import TABLE, client_without_retries, code_of, get, key, put, update

DUMMY = {"aws_access_key_id": "x", "aws_secret_access_key": "x", "region_name": "eu-south-2"}
ONE = {":one": {"N": "1"}}


class Clock:
    """Seconds that pass when told."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def dynamo(clock: Clock) -> Iterator[MemoryDynamo]:
    with MemoryDynamo(clock).installed() as dynamo:
        dynamo.call("CreateTable", {**TABLE, "StreamSpecification": {"StreamViewType": "NEW_AND_OLD_IMAGES"}})
        dynamo.calls.clear()
        yield dynamo


@pytest.fixture
def client(dynamo: MemoryDynamo) -> Any:
    return client_without_retries()


def test_taking_away_from_an_absent_item_creates_none(client):
    # moto creates an item that holds nothing but its key.
    assert update(client, "REMOVE a") == {}
    assert update(client, "DELETE a :set", ExpressionAttributeValues={":set": {"SS": ["x"]}}) == {}
    assert get(client) is None


def test_nothing_is_equal_to_an_absent_attribute_not_even_null(client):
    # moto takes NULL and an absent attribute for the same.
    put(client)
    conditions = {"TableName": "things", "Key": key(), "ExpressionAttributeValues": {":null": {"NULL": True}}}
    code = code_of(client.delete_item, ConditionExpression="absent = :null", **conditions)
    assert code == "ConditionalCheckFailedException"
    client.delete_item(ConditionExpression="absent <> :null", **conditions)


def test_true_is_not_one(client):
    # moto compares them as Python does.
    put(client, flag={"BOOL": True}, list={"L": [{"BOOL": True}]})
    request = {"TableName": "things", "Key": key(), "ExpressionAttributeValues": ONE}
    for condition in ("flag = :one", "flag IN (:one)", "contains(#l, :one)"):
        names = {"ExpressionAttributeNames": {"#l": "list"}} if "#l" in condition else {}
        code = code_of(client.delete_item, ConditionExpression=condition, **request, **names)
        assert code == "ConditionalCheckFailedException"


def test_different_types_have_no_order(client):
    # moto raises a TypeError.
    put(client, a={"S": "text"})
    request = {"TableName": "things", "Key": key(), "ExpressionAttributeValues": ONE}
    code = code_of(client.delete_item, ConditionExpression="a < :one", **request)
    assert code == "ConditionalCheckFailedException"


def test_a_page_that_reaches_its_limit_names_a_position_even_at_the_end(client):
    # moto names none when nothing follows.
    for number in range(2):
        put(client, sk=str(number))
    request: dict[str, Any] = {
        "TableName": "things",
        "KeyConditionExpression": "pk = :pk",
        "ExpressionAttributeValues": {":pk": {"S": "a"}},
    }
    page = client.query(Limit=2, **request)
    assert page["LastEvaluatedKey"] == key(sk="1")
    rest = client.query(Limit=2, ExclusiveStartKey=page["LastEvaluatedKey"], **request)
    assert (rest["Count"], "LastEvaluatedKey" in rest) == (0, False)


def test_a_page_ends_before_a_megabyte_is_passed(client):
    for number in range(3):
        put(client, sk=str(number), text={"S": "x" * 360_000})
    page = client.query(
        TableName="things", KeyConditionExpression="pk = :pk", ExpressionAttributeValues={":pk": {"S": "a"}}
    )
    assert (page["Count"], page["LastEvaluatedKey"]) == (2, key(sk="1"))


@pytest.mark.parametrize(
    ("given", "stored"),
    [("007", "7"), ("1.50", "1.5"), ("1E3", "1000"), ("-0", "0"), ("5e-1", "0.5"), ("9" * 38, "9" * 38)],
)
def test_numbers_are_stored_in_their_shortest_form(client, given, stored):
    put(client, n={"N": given})
    assert get(client)["n"] == {"N": stored}


@pytest.mark.parametrize("number", ["", "x", "1_0", "NaN", "Infinity", " 1", "9" * 39, "1E126", "1E-131"])
def test_what_is_not_a_number_or_needs_more_than_38_digits_is_refused(client, number):
    assert code_of(put, client, n={"N": number}) == "ValidationException"


def test_sums_are_exact(client):
    put(client, n={"N": "0.1"})
    result = update(client, "SET n = n + :x", ExpressionAttributeValues={":x": {"N": "0.2"}})
    assert result == {"n": {"N": "0.3"}}
    put(client, n={"N": "9" * 38})
    options = {"ExpressionAttributeValues": {":x": {"N": "0.1"}}}
    assert code_of(update, client, "SET n = n + :x", **options) == "ValidationException"


def test_a_scan_is_refused_over_the_wire_and_open_to_tests(dynamo, client):
    put(client, n={"N": "1"}, d={"N": "0.5"}, s={"SS": ["x"]}, b={"B": b"\x01"}, z={"NULL": True})
    assert code_of(client.scan, TableName="things") == "AccessDeniedException"
    assert dynamo.rows("things") == [
        {"pk": "a", "sk": "1", "n": 1, "d": Decimal("0.5"), "s": {"x"}, "b": b"\x01", "z": None}
    ]


def test_a_request_token_is_forgotten_after_ten_minutes(client, clock):
    add = {
        "Update": {
            "TableName": "things",
            "Key": key(),
            "UpdateExpression": "ADD n :one",
            "ExpressionAttributeValues": ONE,
        }
    }
    for wait, expected in [(0, "1"), (599, "1"), (1, "2")]:
        clock.now += wait
        client.transact_write_items(TransactItems=[add], ClientRequestToken="token")
        assert get(client)["n"] == {"N": expected}


def test_an_update_that_cannot_be_applied_cancels_its_transaction_with_a_reason(client):
    # moto refuses the whole request as invalid.
    bad = {"TableName": "things", "Key": key(), "UpdateExpression": "SET a = b"}
    with pytest.raises(ClientError) as caught:
        client.transact_write_items(
            TransactItems=[{"Put": {"TableName": "things", "Item": key(sk="2")}}, {"Update": bad}]
        )
    assert [reason["Code"] for reason in caught.value.response["CancellationReasons"]] == ["None", "ValidationError"]
    assert get(client, "2") is None


@pytest.mark.parametrize("attempt", range(5))
def test_a_race_of_conditional_puts_has_one_winner(client, attempt):
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    won: list[int] = []

    def claim(number: int) -> None:
        try:
            client.put_item(
                TableName="things",
                Item={**key(), "by": {"N": str(number)}},
                ConditionExpression="attribute_not_exists(pk)",
            )
        except ClientError:
            return
        won.append(number)

    try:
        threads = [threading.Thread(target=claim, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert [str(number) for number in won] == [get(client)["by"]["N"]]


def test_calls_are_recorded_with_their_units_and_errors(dynamo, client):
    put(client)
    get(client)
    code_of(client.put_item, TableName="things", Item=key(), ConditionExpression="attribute_not_exists(pk)")
    assert dynamo.calls == [
        WireCall("PutItem", ("things",), 1.0, None),
        WireCall("GetItem", ("things",), 0.5, None),
        WireCall("PutItem", ("things",), 1.0, "ConditionalCheckFailedException"),
    ]


def test_nothing_else_leaves_the_process(dynamo):
    with pytest.raises(NetworkBlocked):
        boto3.client("sqs").list_queues()


def test_sockets_reach_this_machine_only(dynamo):
    with pytest.raises(NetworkBlocked), socket.socket() as far:
        far.connect(("192.0.2.1", 80))
    with pytest.raises(NetworkBlocked):
        socket.getaddrinfo("example.com", 80)
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(("localhost", server.getsockname()[1])).close()


def test_the_users_own_settings_are_out_of_reach_and_come_back(monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "mine")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "real")
    with MemoryDynamo(region="eu-west-1").installed():
        session = boto3.Session()
        assert session.get_credentials().access_key == "testing"
        assert session.region_name == "eu-west-1"
    assert (os.environ["AWS_PROFILE"], os.environ["AWS_ACCESS_KEY_ID"]) == ("mine", "real")


@pytest.mark.parametrize("make", [lambda: boto3.Session(**DUMMY), botocore.session.get_session])
def test_a_session_can_be_attached(make, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    session, twin = make(), MemoryDynamo()
    twin.attach(session)
    made = session.client("dynamodb") if hasattr(session, "client") else session.create_client("dynamodb", "eu-south-2")
    made.create_table(**TABLE)
    assert twin.tables() == ["things"]


def test_a_single_client_can_be_attached():
    client = boto3.client("dynamodb", "eu-south-2", aws_access_key_id="x", aws_secret_access_key="x")
    other = MemoryDynamo()
    other.attach(client)
    client.create_table(**TABLE)
    assert other.tables() == ["things"]


def test_an_injected_timeout_is_an_error_of_the_sdk(dynamo, client):
    class Down:
        def cross(self, site, apply, failures, invocation=""):
            raise failures.timeout()

    dynamo.boundary = Down()
    with pytest.raises(ReadTimeoutError):
        get(client)
