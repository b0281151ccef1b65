"""One page of a list, and a list page by page."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Rows(Generic[T]):
    """Some items, and the cursor of those that follow (None on the last page)."""

    items: tuple[T, ...]
    cursor: str | None


def every(read: Callable[[str | None], Rows[T]]) -> Iterator[T]:
    """Yield the items of every page; the next page is read when its first item is wanted."""
    cursor: str | None = None
    while True:
        rows = read(cursor)
        yield from rows.items
        if rows.cursor is None:
            return
        cursor = rows.cursor
