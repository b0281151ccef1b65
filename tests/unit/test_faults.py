"""Faults: what each kind does to a call, inside and outside the real retry loop of the AWS SDK."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
import stripe
from botocore.config import Config
from botocore.exceptions import ClientError, ReadTimeoutError

from infra.local.stripe import LocalStripe, LocalTransport
from tests.fakes.dynamo import MemoryDynamo
from tests.fakes.faults import ALL_KINDS, REFUSALS, Crash, Faults, Refused, TimedOut, way_of_refusing
from tests.fakes.faults_stripe import FaultyTransport

KEY = {"id": {"S": "x"}}
TABLE = {
    "TableName": "counts",
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
}


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
def dynamo(faults: Faults) -> Iterator[MemoryDynamo]:
    with MemoryDynamo(boundary=faults).installed() as dynamo:
        dynamo.call("CreateTable", TABLE)
        yield dynamo


@pytest.fixture
def client(dynamo: MemoryDynamo) -> Any:
    return boto3.client("dynamodb", config=Config(retries={"total_max_attempts": 3, "mode": "standard"}))


def add(client: Any) -> None:
    client.update_item(
        TableName="counts",
        Key=KEY,
        UpdateExpression="ADD n :one",
        ExpressionAttributeValues={":one": {"N": "1"}},
    )


def put(name: str) -> dict[str, Any]:
    return {"Put": {"TableName": "counts", "Item": {"id": {"S": name}}}}


def added(dynamo: MemoryDynamo) -> int:
    return sum(row["n"] for row in dynamo.rows("counts"))


# kind -> the error the code sees, how often the write was applied, how many calls were made
AWS_CASES = {
    "crash_before": (Crash, 0, 1),
    "crash_after": (Crash, 1, 1),
    "timeout_after": (None, 2, 2),
    "timeout_lost": (ReadTimeoutError, 1, 3),
    "refuse": (ClientError, 0, 3),
    "throttle": (None, 1, 2),
}


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_an_aws_call_fails_inside_the_retry_loop(faults, dynamo, client, kind):
    error, applied, calls = AWS_CASES[kind]
    faults.arm(1, kind)
    if error is None:
        add(client)
    else:
        with pytest.raises(error):
            add(client)
    assert (added(dynamo), len(faults.calls)) == (applied, calls)
    assert [(call.number, done) for call, done in faults.fired] == [(1, kind)]


def test_the_call_after_a_failed_one_passes(faults, dynamo, client):
    faults.arm(1, "refuse")
    with pytest.raises(ClientError) as caught:
        add(client)
    assert caught.value.response["Error"]["Code"] == "ProvisionedThroughputExceededException"
    add(client)
    assert added(dynamo) == 1


def test_a_refused_transaction_met_another_one(faults, client):
    faults.arm(1, "refuse")
    put = {"Put": {"TableName": "counts", "Item": KEY}}
    with pytest.raises(ClientError) as caught:
        client.transact_write_items(TransactItems=[put])
    assert caught.value.response["Error"]["Code"] == "TransactionCanceledException"
    assert caught.value.response["CancellationReasons"][0]["Code"] == "TransactionConflict"


# way -> the code of the error, the reasons for each of two items, how many calls were made
WAYS = (
    ("TransactionCanceledException", ["None", "TransactionConflict"], 1),
    ("TransactionCanceledException", ["None", "ThrottlingError"], 1),
    ("ProvisionedThroughputExceededException", [], 3),
    ("InternalServerError", [], 3),
)


@pytest.mark.parametrize("number", range(1, 2 * REFUSALS + 1))
def test_the_number_of_a_transaction_says_how_it_is_refused_and_its_repetitions_with_it(faults, dynamo, client, number):
    for _ in range(1, number):
        add(client)
    faults.arm(number, "refuse")

    with pytest.raises(ClientError) as caught:
        client.transact_write_items(TransactItems=[put("y"), put("z")])

    reasons = [each["Code"] for each in caught.value.response.get("CancellationReasons", [])]
    seen = (caught.value.response["Error"]["Code"], reasons, len(faults.calls) - number + 1)
    assert seen == WAYS[way_of_refusing(number)]
    assert [row["id"] for row in dynamo.rows("counts")] == ["x"] * (number > 1)


# way -> the status and the code that the caller sees, how many calls were made
STRIPE_WAYS = (
    (503, None, 2),
    (409, "idempotency_key_in_use", 2),
    (429, "lock_timeout", 2),
    (429, "rate_limit", 1),
)


@pytest.mark.parametrize("number", range(1, REFUSALS + 1))
def test_the_number_of_a_call_to_stripe_says_how_it_is_refused(faults, number):
    core = LocalStripe()
    client = stripe.StripeClient(
        "sk_test_local", http_client=FaultyTransport(faults, LocalTransport(core)), max_network_retries=1
    )
    for _ in range(1, number):
        client.v1.balance.retrieve()
    faults.arm(number, "refuse")

    with pytest.raises(stripe.StripeError) as caught:
        client.v1.topups.create({"amount": 5_000, "currency": "eur"})

    code = caught.value.json_body["error"].get("code")
    seen = (caught.value.http_status, code, len(faults.calls) - number + 1)
    assert seen == STRIPE_WAYS[way_of_refusing(number)]
    assert core.objects("topup") == []


def test_a_request_token_makes_a_repeated_transaction_harmless(faults, dynamo, client):
    update = {
        "TableName": "counts",
        "Key": KEY,
        "UpdateExpression": "ADD n :one",
        "ExpressionAttributeValues": {":one": {"N": "1"}},
    }
    faults.arm(1, "timeout_after")
    client.transact_write_items(TransactItems=[{"Update": update}])
    assert (added(dynamo), len(faults.calls)) == (1, 2)


def test_no_handler_of_exceptions_notices_a_crash(faults, client):
    faults.arm(1, "crash_after")

    def careless() -> None:
        try:
            add(client)
        except Exception:  # noqa: BLE001 - the point of the test
            return

    with pytest.raises(Crash):
        careless()


class Gateway:
    """Something outside with a method and a setting."""

    name = "bank"

    def __init__(self) -> None:
        self.paid: list[int] = []

    def pay(self, amount: int) -> int:
        self.paid.append(amount)
        return amount


PLAIN_CASES = {
    "crash_before": (Crash, []),
    "crash_after": (Crash, [5]),
    "timeout_after": (TimedOut, [5]),
    "timeout_lost": (TimedOut, [5]),
    "refuse": (Refused, []),
    "throttle": (Refused, []),
}


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_a_guarded_gateway_fails_like_any_call(faults, kind):
    error, paid = PLAIN_CASES[kind]
    gateway = Gateway()
    guarded = faults.guard(gateway, "bank")
    faults.arm(2, kind)
    assert guarded.pay(1) == 1
    with pytest.raises(error):
        guarded.pay(5)
    assert gateway.paid[1:] == paid
    assert faults.sites == ["bank.pay", "bank.pay"]
    assert guarded.name == "bank"


def test_a_wrapped_function_fails_with_the_errors_its_caller_gives(faults):
    def answer() -> str:
        return "busy"

    call = faults.wrap("GET /state", lambda: "fine", timeout=lambda: ConnectionError("no answer"), refuse=answer)
    faults.arm(1, "timeout_after")
    faults.arm(2, "refuse")
    with pytest.raises(ConnectionError, match="no answer"):
        call()
    assert (call(), call()) == ("busy", "fine")
    assert faults.sites == ["GET /state"] * 3


def test_arming_checks_its_input(faults):
    with pytest.raises(ValueError, match="unknown kind"):
        faults.arm(1, "explode")
    faults.wrap("x", int)()
    with pytest.raises(ValueError, match="already been made"):
        faults.arm(1, "refuse")


def test_disarming_lets_everything_pass(faults):
    faults.arm(1, "crash_before")
    faults.disarm()
    assert faults.wrap("x", int)() == 0
    faults.reset()
    assert (faults.calls, faults.fired) == ([], [])
