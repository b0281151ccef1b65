"""The short way to the twin answers as botocore's whole way does: what it gives back, refuses, repeats and raises."""

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ReadTimeoutError

from marketplace.aws import session
from marketplace.storage.tables import ATTEMPTS_MAX
from tests.crash.exploring import single_faults
from tests.crash.flows import FLOWS
from tests.crash.harness import faulty_worlds
from tests.fakes.dynamo import MemoryDynamo
from tests.fakes.dynamo_short import short_way
from tests.fakes.faults import Faults

TABLE = {
    "TableName": "rows",
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
}
KEY = {"id": {"S": "one"}}
ITEM = {
    **KEY,
    "B": {"S": "an attribute of that name"},
    "sealed": {"B": b"\x00\xff"},
    "many": {"BS": [b"a", b"b"]},
    "deep": {"M": {"B": {"B": b"inside"}, "list": {"L": [{"B": b"again"}, {"NULL": True}]}}},
    "number": {"N": "12"},
    "yes": {"BOOL": True},
}
PUT = {"Put": {"TableName": "rows", "Item": ITEM, "ConditionExpression": "attribute_not_exists(id)"}}


@pytest.fixture
def faults():
    return Faults()


@pytest.fixture(params=["short", "whole"])
def client(faults, request):
    with MemoryDynamo(boundary=faults).installed() as dynamo:
        dynamo.call("CreateTable", TABLE)
        standard = Config(retries={"total_max_attempts": ATTEMPTS_MAX, "mode": "standard"})
        made = session().create_client("dynamodb", region_name="eu-south-2", config=standard)
        if request.param == "whole":
            yield made
            return
        with short_way(dynamo):
            yield made


def test_what_is_stored_comes_back_as_it_was(client):
    client.put_item(TableName="rows", Item=ITEM)

    assert client.get_item(TableName="rows", Key=KEY, ConsistentRead=True)["Item"] == ITEM


def test_after_however_many_failures_a_lost_answer_is_asked_for_again(client, faults):
    client.put_item(TableName="rows", Item=ITEM)
    for _ in range(100):  # a client that nobody starts anew would have given up repeating by then
        faults.reset()
        faults.arm(1, "timeout_lost")
        with pytest.raises(ReadTimeoutError):
            client.get_item(TableName="rows", Key=KEY)
    faults.reset()
    faults.arm(1, "timeout_after")

    assert client.get_item(TableName="rows", Key=KEY)["Item"] == ITEM


def test_whoever_changes_an_answer_changes_nothing_stored(client):
    client.put_item(TableName="rows", Item=ITEM)
    client.get_item(TableName="rows", Key=KEY)["Item"]["deep"]["M"]["B"] = {"S": "changed"}

    assert client.get_item(TableName="rows", Key=KEY)["Item"] == ITEM


def test_a_refusal_is_raised_with_its_reasons(client, faults):
    client.transact_write_items(TransactItems=[PUT])

    with pytest.raises(ClientError) as refused:
        client.transact_write_items(TransactItems=[PUT])

    assert refused.value.response["Error"]["Code"] == "TransactionCanceledException"
    assert [each["Code"] for each in refused.value.response["CancellationReasons"]] == ["ConditionalCheckFailed"]
    assert len(faults.calls) == 2


def test_a_lost_answer_is_asked_for_again_and_done_once(client, faults):
    faults.arm(1, "timeout_after")

    client.transact_write_items(TransactItems=[PUT])

    assert [call.site for call in faults.calls] == ["dynamodb.TransactWriteItems"] * 2
    assert client.get_item(TableName="rows", Key=KEY)["Item"] == ITEM


def test_every_answer_of_one_call_may_be_lost(client, faults):
    faults.arm(1, "timeout_lost")

    with pytest.raises(ReadTimeoutError):
        client.get_item(TableName="rows", Key=KEY)

    assert len(faults.calls) > 1


def test_a_throttled_call_is_repeated(client, faults):
    faults.arm(1, "throttle")

    client.put_item(TableName="rows", Item=ITEM)

    assert len(faults.calls) == 2


def test_a_call_that_is_throttled_all_the_time_is_refused(client, faults):
    faults.arm(1, "refuse")

    with pytest.raises(ClientError) as refused:
        client.put_item(TableName="rows", Item=ITEM)

    assert refused.value.response["Error"]["Code"] == "ProvisionedThroughputExceededException"
    assert len(faults.calls) > 2


@pytest.mark.parametrize("name", ["payment by webhook", "late payment"])
def test_a_flow_makes_the_same_calls_and_leaves_the_same_states_both_ways(name):
    found = []
    for way in (True, False):
        with faulty_worlds(FLOWS[name], short=way) as worlds:
            report = single_faults(worlds)
            found.append(([call.site for call in report.calls], report.runs, report.states, report.violations))

    assert found[0] == found[1]
