"""One page of a list."""

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Rows(Generic[T]):
    """Some items, and the cursor of those that follow (None on the last page)."""

    items: tuple[T, ...]
    cursor: str | None
