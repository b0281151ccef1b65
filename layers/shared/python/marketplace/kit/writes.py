"""A write is a value: stores describe changes, a service commits those of several areas at once."""

from collections.abc import Sequence
from typing import Any, Protocol

from marketplace.kit.errors import Unavailable

WRITES_MAX = 100  # items in one DynamoDB transaction


class Write(Protocol):
    """One conditional change of one item, opaque outside the storage room."""

    @property
    def refusal(self) -> Exception:
        """The error raised when this item's condition does not hold."""

    def apply(self, transaction: Any) -> None:
        """Add the change to the store's own kind of transaction."""


class OutcomeUnknown(Unavailable):
    """The store did not say whether it applied: read before deciding anything."""

    code = "outcome_unknown"


class Transactions(Protocol):
    """All or nothing, over any of the areas' items."""

    def commit(self, writes: Sequence[Write], *, token: str | None = None) -> None:
        """Apply every write or none.

        `token` makes a repeat within ten minutes harmless; a guard that must hold longer is a condition
        on one of the writes. At most `WRITES_MAX` writes, no item twice.

        Raises: the first failing write's `refusal`; `OutcomeUnknown` when the store gave no answer.
        """
