"""Books with an open clearing account, as rows of the payments table: pk = clearing, sk = the book."""

from marketplace.kit.writes import Write
from marketplace.payments.open_books import OpenMoved
from marketplace.storage.tables import Item, meta
from marketplace.storage.transaction import Delete, Put

CLEARING = "clearing"


class OpenBookItem(Item):
    """That one book has one."""

    class Meta(meta("payments")):  # type: ignore[misc]
        """See data.yaml."""


class DynamoOpenBooks:
    """Their names."""

    def books(self) -> list[str]:
        return [item.sk for item in OpenBookItem.read_partition(CLEARING)]

    def remember(self, book: str) -> Write:
        return Put(OpenBookItem(CLEARING, book), OpenMoved())

    def forget(self, book: str) -> Write:
        return Delete(OpenBookItem(CLEARING, book), OpenBookItem.sk.exists(), OpenMoved())
