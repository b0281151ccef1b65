"""The two DynamoDBs on which every store must give the same answers: our twin, and moto."""

from collections.abc import Iterator
from contextlib import contextmanager

import boto3

from marketplace.storage.tables import shared_client
from tests.fakes.dynamo import MemoryDynamo, create_tables
from tests.fakes.strict_moto import strict_moto

NAMES = ("memory", "moto")


@contextmanager
def backend_of(name: str) -> Iterator[str]:
    """Open one of them, with the real tables."""
    shared_client.cache_clear()  # moto answers only clients that were made while it is there
    if name == "memory":
        with MemoryDynamo().installed() as dynamo:
            create_tables(dynamo, "infra/data.yaml", {"Stage": "local"})
            yield name
    else:
        with strict_moto():
            create_tables(boto3.client("dynamodb"), "infra/data.yaml", {"Stage": "local"})
            yield name
    shared_client.cache_clear()
