"""What the cases on the in-memory DynamoDB and on moto share: a table, a client, and short ways to use them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.fakes.dynamo import MemoryDynamo
from tests.fakes.strict_moto import strict_moto

TABLE = {
    "TableName": "things",
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [
        {"AttributeName": "pk", "AttributeType": "S"},
        {"AttributeName": "sk", "AttributeType": "S"},
        {"AttributeName": "status", "AttributeType": "S"},
        {"AttributeName": "rank", "AttributeType": "N"},
    ],
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "by_status",
            "KeySchema": [
                {"AttributeName": "status", "KeyType": "HASH"},
                {"AttributeName": "rank", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "ALL"},
        },
        {
            "IndexName": "keys_by_status",
            "KeySchema": [{"AttributeName": "status", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        },
    ],
}


@cache
def client_without_retries() -> Any:
    """A client that does not repeat calls, so that a refusal is seen at once.

    Made once: reading the service's description costs more than all cases together.
    """
    config = Config(retries={"total_max_attempts": 1, "mode": "standard"}, parameter_validation=False)
    session = boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing", region_name="eu-south-2")
    return session.client("dynamodb", config=config)


@contextmanager
def service(kind: str) -> Iterator[Any]:
    """A client of a fresh service that holds the table."""
    with MemoryDynamo().installed() if kind == "twin" else strict_moto():
        client = client_without_retries()
        client.create_table(**TABLE)
        yield client


def key(pk: str = "a", sk: str = "1") -> dict[str, Any]:
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def put(client: Any, sk: str = "1", pk: str = "a", **attributes: Any) -> None:
    client.put_item(TableName="things", Item={**key(pk, sk), **attributes})


def get(client: Any, sk: str = "1", pk: str = "a", **options: Any) -> dict[str, Any] | None:
    return client.get_item(TableName="things", Key=key(pk, sk), **options).get("Item")


def update(client: Any, expression: str, *, sk: str = "1", returns: str = "ALL_NEW", **options: Any) -> Any:
    answer = client.update_item(
        TableName="things", Key=key(sk=sk), UpdateExpression=expression, ReturnValues=returns, **options
    )
    return {name: value for name, value in answer.get("Attributes", {}).items() if name not in {"pk", "sk"}}


def code_of(call: Callable[..., Any], *args: Any, **kwargs: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(*args, **kwargs)
    return str(caught.value.response["Error"]["Code"])
