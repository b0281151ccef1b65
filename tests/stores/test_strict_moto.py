"""moto with its lock and its tokens: fit for races, and open to faults."""

import sys
import threading
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ReadTimeoutError

from tests.fakes.dynamo import MemoryDynamo
from tests.fakes.faults import Crash, Faults
from tests.fakes.strict_moto import strict_moto
from tests.stores.dynamo_cases import TABLE, client_without_retries, code_of, get, key, put

ADD = {
    "Update": {
        "TableName": "things",
        "Key": key(),
        "UpdateExpression": "ADD n :one",
        "ExpressionAttributeValues": {":one": {"N": "1"}},
    }
}


@pytest.fixture
def eager_switches() -> Iterator[None]:
    """Threads change places as often as the interpreter can."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
def client(faults: Faults) -> Iterator[Any]:
    with strict_moto(faults):
        client = client_without_retries()
        client.create_table(**TABLE)
        faults.reset()
        yield client


def together(*works: Any) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.parametrize("attempt", range(5))
def test_a_race_of_conditional_puts_has_one_winner(client, eager_switches, attempt):
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

    together(*(lambda number=number: claim(number) for number in range(8)))
    assert [str(number) for number in won] == [get(client)["by"]["N"]]


def test_a_failing_transaction_loses_no_other_write(client, eager_switches):
    # moto takes a transaction back by restoring the whole table.
    def count() -> None:
        for _ in range(20):
            client.update_item(**ADD["Update"])

    def fail() -> None:
        put_twice = {"TableName": "things", "Item": key(sk="2"), "ConditionExpression": "attribute_exists(pk)"}
        for _ in range(20):
            code_of(client.transact_write_items, TransactItems=[ADD, {"Put": put_twice}])

    together(count, fail)
    assert get(client)["n"] == {"N": "20"}


def test_a_token_is_remembered_for_ten_minutes():
    now = [0.0]
    with strict_moto(clock=lambda: now[0]):
        client = client_without_retries()
        client.create_table(**TABLE)
        for wait, expected in [(0, "1"), (599, "1"), (1, "2")]:
            now[0] += wait
            client.transact_write_items(TransactItems=[ADD], ClientRequestToken="token")
            assert get(client)["n"] == {"N": expected}


def test_a_transaction_that_failed_leaves_no_token(client):
    check = {"TableName": "things", "Key": key(sk="2"), "ConditionExpression": "attribute_exists(pk)"}
    request = {"TransactItems": [ADD, {"ConditionCheck": check}], "ClientRequestToken": "token"}
    assert code_of(client.transact_write_items, **request) == "TransactionCanceledException"
    put(client, sk="2")
    client.transact_write_items(**request)
    assert get(client)["n"] == {"N": "1"}


def test_a_crash_before_a_call_leaves_nothing(client, faults):
    faults.arm(1, "crash_before")
    with pytest.raises(Crash):
        put(client)
    assert get(client) is None


def test_a_crash_after_a_call_leaves_its_effect(client, faults):
    faults.arm(1, "crash_after")
    with pytest.raises(Crash):
        put(client)
    assert get(client) == key()


def test_a_lost_answer_is_a_timeout_for_a_client_that_does_not_repeat(client, faults):
    faults.arm(1, "timeout_after")
    with pytest.raises(ReadTimeoutError):
        put(client)
    assert get(client) == key()


def test_refusals_come_in_the_words_of_the_service(client, faults):
    faults.arm(1, "refuse")
    assert code_of(put, client) == "ProvisionedThroughputExceededException"


def test_a_transaction_is_refused_in_each_way_by_the_call_s_number(client, faults):
    told = []
    for number in range(1, 5):
        faults.arm(number, "refuse")
        with pytest.raises(ClientError) as caught:
            client.transact_write_items(TransactItems=[ADD])
        reasons = [reason["Code"] for reason in caught.value.response.get("CancellationReasons", [])]
        told.append((caught.value.response["Error"]["Code"], reasons))

    assert told == [
        ("TransactionCanceledException", ["TransactionConflict"]),
        ("TransactionCanceledException", ["ThrottlingError"]),
        ("ProvisionedThroughputExceededException", []),
        ("InternalServerError", []),
    ]


def test_an_unguarded_add_is_applied_twice_when_the_sdk_repeats_it(faults):
    with strict_moto(faults):
        client = boto3.client("dynamodb", config=Config(retries={"total_max_attempts": 3, "mode": "standard"}))
        client.create_table(**TABLE)
        faults.reset()
        faults.arm(1, "timeout_after")
        client.update_item(**ADD["Update"])
        assert get(client)["n"] == {"N": "2"}
        assert faults.sites == ["dynamodb.UpdateItem", "dynamodb.UpdateItem", "dynamodb.GetItem"]


def test_the_twin_can_stand_beside_moto_for_the_other_services():
    twin = MemoryDynamo()
    with strict_moto(dynamodb=twin):
        client = client_without_retries()
        client.create_table(**TABLE)
        put(client)
        queue = boto3.client("sqs")
        url = queue.create_queue(QueueName="jobs")["QueueUrl"]
        queue.send_message(QueueUrl=url, MessageBody="x")
        assert queue.receive_message(QueueUrl=url)["Messages"][0]["Body"] == "x"
    assert twin.rows("things") == [{"pk": "a", "sk": "1"}]


def test_moto_can_run_inside_the_installed_twin_when_it_lets_dynamodb_pass():
    config = {"core": {"passthrough": {"services": ["dynamodb"]}}}
    with MemoryDynamo().installed() as twin, strict_moto(config=config):
        client = client_without_retries()
        client.create_table(**TABLE)
        put(client)
        boto3.client("sqs").create_queue(QueueName="jobs")
        assert twin.rows("things") == [{"pk": "a", "sk": "1"}]


def test_other_services_are_refused_too(faults):
    with strict_moto(faults):
        queue = boto3.client("sqs", config=Config(retries={"total_max_attempts": 1}))
        faults.arm(1, "refuse")
        assert code_of(queue.create_queue, QueueName="jobs") == "ThrottlingException"
        assert faults.sites == ["sqs.CreateQueue"]
