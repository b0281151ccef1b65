"""Writes as values, and the one way to commit them: a single TransactWriteItems.

Always a transaction, even for one item: its token, kept by botocore over its own retries, keeps a write that was
applied and then timed out from being applied (or refused) a second time. The price is one more write unit.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import HTTPClientError
from pynamodb.connection import Connection
from pynamodb.exceptions import TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from marketplace.kit.errors import Unavailable
from marketplace.kit.writes import WRITES_MAX, OutcomeUnknown, Write
from marketplace.storage.tables import Item, shared_client

CONTENTION_ATTEMPTS_MAX = 4
CONTENTION_PAUSE_SECONDS = 0.05
_CONTENTION = {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}
_CONFLICT = "TransactionConflictException"
# The second answers a repetition whose first attempt is still under way, and may yet be applied; None is no answer.
_UNKNOWN = {"InternalServerError", "TransactionInProgressException", None}


@dataclass(frozen=True)
class Put:
    """Store a whole item; without a condition of its own it must not exist yet."""

    item: Item
    refusal: Exception
    condition: Condition | None = None
    telling: bool = True  # False where another write's refusal of the same transaction says more

    order = 2

    def apply(self, transaction: Any) -> None:
        condition = self.condition if self.condition is not None else type(self.item).pk.does_not_exist()
        transaction.save(self.item, condition=condition)


@dataclass(frozen=True)
class Replace:
    """Store a whole item whatever stood there before: for values where the last writer is right."""

    item: Item
    refusal: Exception

    order = 2

    def apply(self, transaction: Any) -> None:
        transaction.save(self.item)


@dataclass(frozen=True)
class Update:
    """Change attributes of one item while `condition` holds; `item` carries the key only."""

    item: Item
    actions: Sequence[Action]
    condition: Condition
    refusal: Exception

    order = 3

    def apply(self, transaction: Any) -> None:
        transaction.update(self.item, actions=list(self.actions), condition=self.condition)


@dataclass(frozen=True)
class Check:
    """Change nothing, but refuse the whole transaction unless `condition` holds."""

    item: Item
    condition: Condition
    refusal: Exception

    order = 0

    def apply(self, transaction: Any) -> None:
        transaction.condition_check(type(self.item), self.item.pk, self.item.sk, condition=self.condition)


@dataclass(frozen=True)
class Delete:
    """Remove one item while `condition` holds."""

    item: Item
    condition: Condition
    refusal: Exception

    order = 1

    def apply(self, transaction: Any) -> None:
        transaction.delete(self.item, condition=self.condition)


class DynamoTransactions:
    """Commits writes of any areas together."""

    def __init__(self, pause: Callable[[float], None] = time.sleep) -> None:
        self._pause = pause

    def commit(self, writes: Sequence[Write], *, token: str | None = None) -> None:
        if not 0 < len(writes) <= WRITES_MAX:
            raise ValueError(f"a transaction holds 1 to {WRITES_MAX} writes, not {len(writes)}")
        # pynamodb sends checks, deletes, puts, updates in this order, and the reasons come back in it.
        ordered = sorted(writes, key=lambda write: write.order)  # type: ignore[attr-defined]
        for attempt in range(1, CONTENTION_ATTEMPTS_MAX + 1):
            try:
                return self._commit_once(ordered, token)
            except _Contention as contention:
                if attempt == CONTENTION_ATTEMPTS_MAX:
                    raise Unavailable(retry_after_seconds=1) from contention
                self._pause(CONTENTION_PAUSE_SECONDS * attempt)
        raise AssertionError("unreachable")

    def _commit_once(self, ordered: Sequence[Write], token: str | None) -> None:
        connection = Connection()
        connection._client = shared_client()  # noqa: SLF001 - see shared_client
        try:
            with TransactWrite(connection=connection, client_request_token=token) as transaction:
                for write in ordered:
                    write.apply(transaction)
        except TransactWriteError as error:
            raise _meaning(error, ordered) from error


class _Contention(Exception):
    """Somebody else held one of the items for a moment; nothing was applied."""


def _meaning(error: TransactWriteError, ordered: Sequence[Write]) -> Exception:
    if isinstance(error.cause, HTTPClientError):  # first: pynamodb cannot tell the code of an answer that never came
        return OutcomeUnknown(retry_after_seconds=1)
    codes = [reason.code if reason else None for reason in error.cancellation_reasons]
    failed = [write for write, code in zip(ordered, codes, strict=False) if code == "ConditionalCheckFailed"]
    if failed:
        return min(failed, key=lambda write: not getattr(write, "telling", True)).refusal
    if (codes and {code for code in codes if code} <= _CONTENTION) or error.cause_response_code == _CONFLICT:
        return _Contention()
    if error.cause_response_code in _UNKNOWN:
        return OutcomeUnknown(retry_after_seconds=1)
    if error.cause_response_code in {"ValidationException", "IdempotentParameterMismatchException"}:
        return error  # our own mistake: it must not look like a passing failure
    return Unavailable(retry_after_seconds=1)
