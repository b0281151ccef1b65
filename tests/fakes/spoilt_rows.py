"""A row of the ledger that was changed by hand, and is what it was again in the end."""

from collections.abc import Iterator
from contextlib import contextmanager

from marketplace.ledger.store import LedgerItem


@contextmanager
def spoilt(book: str, key: str = "capture", by: int = 1) -> Iterator[None]:
    """Let one transaction sum to nothing right."""
    row = LedgerItem.get(book, key)
    postings = row.postings
    row.postings = [[account, minor + by * (place == 0)] for place, (account, minor) in enumerate(postings)]
    row.save()
    try:
        yield
    finally:
        row.postings = postings
        row.save()
