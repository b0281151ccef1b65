"""Refusals of the in-memory DynamoDB, in the shape the wire carries them."""

from __future__ import annotations

from typing import Any

_CORAL = "com.amazon.coral.validate#"
_SERVICE = "com.amazonaws.dynamodb.v20120810#"


class ServiceError(Exception):
    """An answer with status 400; `fields` are the members an error carries besides its message."""

    def __init__(self, code: str, message: str, fields: dict[str, Any] | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.fields = fields or {}

    def body(self) -> dict[str, Any]:
        """The JSON document botocore parses back into a ClientError."""
        prefix = _CORAL if self.code == "ValidationException" else _SERVICE
        return {"__type": prefix + self.code, "message": self.message, **self.fields}


def validation(message: str) -> ServiceError:
    """A request that DynamoDB refuses whatever the data looks like."""
    return ServiceError("ValidationException", message)


def invalid_parameter(message: str) -> ServiceError:
    """The most frequent opening of DynamoDB's validation messages."""
    return validation(f"One or more parameter values were invalid: {message}")


def unsupported(what: str) -> ServiceError:
    """Said aloud, so that a test never passes because something was quietly left out."""
    return validation(f"MemoryDynamo does not support {what}")


def not_found(detail: str = "") -> ServiceError:
    """The answer for a table that is not there."""
    message = "Requested resource not found" + (f": {detail}" if detail else "")
    return ServiceError("ResourceNotFoundException", message)


def condition_failed(item: dict[str, Any] | None = None) -> ServiceError:
    """A lost condition; `item` only when the caller asked to see what was there."""
    fields = {"Item": item} if item else None
    return ServiceError("ConditionalCheckFailedException", "The conditional request failed", fields)


def cancelled(reasons: list[dict[str, Any]]) -> ServiceError:
    """A transaction of which nothing was applied, with one reason for each of its items."""
    codes = ", ".join(reason["Code"] for reason in reasons)
    message = f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]"
    return ServiceError("TransactionCanceledException", message, {"CancellationReasons": reasons})


def transaction_conflict(count: int) -> ServiceError:
    """A transaction refused because another one was on one of its items at that moment."""
    return _last_of(count, "TransactionConflict", "Transaction is ongoing for the item")


def transaction_throttled(count: int) -> ServiceError:
    """A transaction refused because of the traffic on one of its items."""
    return _last_of(count, "ThrottlingError", "Throughput exceeds the current capacity for one or more global indexes")


def _last_of(count: int, code: str, message: str) -> ServiceError:
    """What concerns one item of a transaction; of the others nothing is said."""
    return cancelled([*({"Code": "None"} for _ in range(count - 1)), {"Code": code, "Message": message}])


def throttled() -> ServiceError:
    """More traffic than the table's capacity: the SDK repeats these by itself."""
    return ServiceError(
        "ProvisionedThroughputExceededException",
        "The level of configured provisioned throughput for the table was exceeded. "
        "Consider increasing your provisioning level with the UpdateTable API.",
    )


def out_of_order() -> ServiceError:
    """Something went wrong inside DynamoDB, with status 500: the SDK repeats these by itself."""
    return ServiceError("InternalServerError", "Internal server error")
