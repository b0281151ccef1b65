"""moto's DynamoDB with what a world asks of ours (dynamo.py): to look at all items, take the stream, and go back.

The product's own calls take moto's whole way, over the wire that `strict_moto` guards.
"""

import pickle
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from moto.dynamodb.models import dynamodb_backends

from marketplace.storage.tables import shared_client
from tests.fakes.dynamo import WireCall, create_tables
from tests.fakes.faults import Faults
from tests.fakes.strict_moto import strict_moto
from tests.fakes.world import START, World

ACCOUNT, REGION = "123456789012", "eu-south-2"


class MotoDynamo:
    """The tables of the moto that is there."""

    def __init__(self) -> None:
        self._backend = dynamodb_backends[ACCOUNT][REGION]
        self.calls: list[WireCall] = []  # moto keeps no record; whoever clears one may

    def tables(self) -> list[str]:
        """Names of all tables."""
        return sorted(self._backend.tables)

    def snapshot_items(self, table: str) -> dict[Any, Any]:
        """Every item of a table by key, in wire form."""
        return {
            (item.hash_key.value, item.range_key.value): _wired(item.to_json()["Attributes"])
            for items in self._backend.tables[table].items.values()
            for item in items.values()
        }

    def stream(self, table: str) -> list[Any]:
        """Stream records not taken yet."""
        return [record.to_json() for record in self._backend.tables[table].stream_shard.items]

    def take_stream(self, table: str) -> list[Any]:
        """Stream records not taken yet, and take them."""
        records = self.stream(table)
        self._backend.tables[table].stream_shard.items.clear()
        return records

    def snapshot(self) -> bytes:
        """Everything: a transaction's rollback replaces tables, so tables as a whole are what there is to keep."""
        return pickle.dumps(self._backend.tables)

    def restore(self, snapshot: bytes) -> None:
        """Go back to a snapshot."""
        self._backend.tables = pickle.loads(snapshot)  # noqa: S301 - our own, of a moment ago


def _wired(value: Any) -> Any:
    """Spell bytes as the wire does."""
    if isinstance(value, dict):
        return {name: _wired(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_wired(each) for each in value]
    return b64encode(value).decode() if isinstance(value, bytes) else value


@contextmanager
def new_moto_world(faults: Faults | None = None, **given: Any) -> Iterator[World]:
    """Open a world like `new_world`, whose tables are moto's."""
    times = [START.timestamp()]
    shared_client.cache_clear()  # moto answers only clients that were made while it is there
    try:
        with strict_moto(boundary=faults, clock=lambda: times[0]):
            create_tables(boto3.client("dynamodb"), "infra/data.yaml", {"Stage": "local"})
            dynamo: Any = MotoDynamo()
            world = World(dynamo, faults=faults, **given)
            world.clock.watched_by(lambda at: times.__setitem__(0, at.timestamp()))
            yield world
    finally:
        shared_client.cache_clear()
