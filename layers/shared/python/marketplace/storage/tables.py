"""The base of every stored item: keys, connection settings, and reads that fail as domain errors."""

import os
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any, Self, TypeVar

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.attributes import Attribute, UnicodeAttribute
from pynamodb.connection.table import TableConnection
from pynamodb.exceptions import PynamoDBException
from pynamodb.expressions.condition import Condition
from pynamodb.models import Model

from marketplace.aws import session
from marketplace.kit.errors import Unavailable
from marketplace.kit.rows import Rows
from marketplace.storage.cursor import decode_cursor, encode_cursor

# pynamodb's own 15 s + 30 s x 4 attempts would outlive API Gateway's 29 s.
CONNECT_TIMEOUT_SECONDS = 1.0
READ_TIMEOUT_SECONDS = 3.0
ATTEMPTS_MAX = 3
BATCH_MAX = 100  # keys in one BatchGetItem
USER_AGENT = "aval"  # of our own: botocore composes its long one anew twice a call, a fifth of a small call's CPU
TABLE_PREFIX = os.environ.get("TABLE_PREFIX", "aval-local")  # a constant of the deployment, hence read at import


class IntegerAttribute(Attribute[int]):
    """A whole number; pynamodb's NumberAttribute would let a float through, and money must not be one."""

    attr_type = "N"

    def serialize(self, value: Any) -> str:
        if type(value) is not int:
            raise TypeError(f"an integer is stored, not {type(value).__name__}")
        return str(value)

    def deserialize(self, value: str) -> int:
        return int(value)


def meta(area: str) -> type:
    """Return the pynamodb `Meta` of an area's table."""
    return type("Meta", (), {"table_name": f"{TABLE_PREFIX}-{area}"})


@cache
def shared_client() -> Any:
    """Make the process's one DynamoDB client.

    pynamodb would make a session and a client for each model class, at some 50 ms of cold start each.
    """
    config = Config(
        connect_timeout=CONNECT_TIMEOUT_SECONDS,
        read_timeout=READ_TIMEOUT_SECONDS,
        retries={"total_max_attempts": ATTEMPTS_MAX, "mode": "standard"},
        parameter_validation=False,  # pynamodb builds the parameters
        user_agent=USER_AGENT,
    )
    return session().create_client("dynamodb", config=config)


T = TypeVar("T")


class Item(Model):
    """One item of an area's table. Subclasses add attributes and `class Meta(meta("area"))`."""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)

    @classmethod
    def _get_connection(cls) -> TableConnection:
        connection = super()._get_connection()
        connection.connection._client = shared_client()  # noqa: SLF001 - see shared_client: one client for all models
        return connection

    @classmethod
    def read(cls, pk: str, sk: str) -> Self | None:
        """Get one item by key, consistently; None when it is not there."""
        try:
            return cls.get(pk, sk, consistent_read=True)
        except cls.DoesNotExist:
            return None
        except PynamoDBException as error:
            raise Unavailable from error

    @classmethod
    def read_many(cls, keys: Sequence[tuple[str, str]]) -> list[Self]:
        """Get up to `BATCH_MAX` items consistently in one round trip; absent ones are left out, order is lost."""
        if not keys:
            return []
        try:
            return list(cls.batch_get(list(keys), consistent_read=True))
        except PynamoDBException as error:
            raise Unavailable from error

    @classmethod
    def read_partition(cls, pk: str, condition: Condition | None = None, *, limit: int | None = None) -> list[Self]:
        """Query the items of one partition consistently, in key order."""
        return list(_guarded(cls.query(pk, condition, consistent_read=True, limit=limit)))


Key = tuple[type[Item], str, str]  # the kind of item says the table


def read_across(*keys: Key) -> list[Any]:
    """Get up to `BATCH_MAX` items of any tables consistently, in one round trip and in the order asked; None is absent.

    pynamodb batches within one table only. A TransactGetItems would cost twice as much, and fail beside any write.

    Raises: Unavailable, also when a part of the answer stays away.
    """
    asked: dict[str, list[dict[str, Any]]] = {}
    for kind, pk, sk in keys:
        asked.setdefault(kind.Meta.table_name, []).append({"pk": {"S": pk}, "sk": {"S": sk}})
    waiting: Any = {table: {"Keys": wanted, "ConsistentRead": True} for table, wanted in asked.items()}
    found: dict[tuple[str, str, str], Any] = {}
    for _ in range(ATTEMPTS_MAX):
        try:
            answer = shared_client().batch_get_item(RequestItems=waiting)
        except (ClientError, BotoCoreError) as error:
            raise Unavailable from error
        for table, items in answer["Responses"].items():
            found |= {(table, item["pk"]["S"], item["sk"]["S"]): item for item in items}
        waiting = answer.get("UnprocessedKeys")
        if not waiting:
            return [_read_back(kind, found.get((kind.Meta.table_name, pk, sk))) for kind, pk, sk in keys]
    raise Unavailable(retry_after_seconds=1)


def _read_back(kind: type[Item], raw: Any) -> Any:
    return kind.from_raw_data(raw) if raw is not None else None


def read_page(
    index: Any,
    partition: str,
    *,
    sort_attribute: str,
    cursor: str | None,
    limit: int,
    newest_first: bool = True,
    condition: Condition | None = None,
) -> Rows[Any]:
    """Query one page of a secondary index (eventually consistent: never for a money decision).

    `index` is a pynamodb index with `partition` as its hash key; the page continues after `cursor`.

    Raises: BadCursor; Unavailable.
    """
    hash_name = index._hash_key_attribute().attr_name  # noqa: SLF001 - pynamodb has no public look-up
    start = None
    if cursor is not None:
        place, pk, sk = decode_cursor(cursor, count=3)
        start = {hash_name: {"S": partition}, sort_attribute: {"S": place}, "pk": {"S": pk}, "sk": {"S": sk}}
    found = index.query(
        partition,
        condition,
        scan_index_forward=not newest_first,
        limit=limit,
        page_size=limit,
        last_evaluated_key=start,
    )
    items = tuple(_guarded(found))
    last = found.last_evaluated_key
    following = encode_cursor(last[sort_attribute]["S"], last["pk"]["S"], last["sk"]["S"]) if last else None
    return Rows(items, following)


def _guarded(items: Iterable[T]) -> Iterator[T]:
    try:
        yield from items
    except PynamoDBException as error:
        raise Unavailable from error
