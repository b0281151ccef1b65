"""What sellers owe the marketplace, as rows of the payments table.

The ledger's `seller_debt` account is the truth; the row is its balance, so that a settlement need not fold all books
of a seller. Both change in the same transaction, always: the entry's own key keeps a change from being made twice.
"""

from dataclasses import replace

from pynamodb.attributes import UnicodeAttribute

from marketplace.kit.errors import Conflict
from marketplace.kit.writes import Write
from marketplace.storage.tables import IntegerAttribute, Item, meta
from marketplace.storage.transaction import Check, Update

DEBT = "debt"


class DebtMoved(Conflict):
    """The debt is no longer as large as it was read; read again."""

    code = "debt_moved"


class DebtItem(Item):
    """One seller's debt in one currency."""

    class Meta(meta("payments")):  # type: ignore[misc]
        """See data.yaml."""

    amount_minor = IntegerAttribute()
    seller_id = UnicodeAttribute()
    currency = UnicodeAttribute()


class DynamoDebts:
    """Debts by seller and currency."""

    def owed_minor(self, seller_id: str, currency: str) -> int:
        item = DebtItem.read(_key(seller_id, currency), DEBT)
        return item.amount_minor if item else 0

    def add(self, seller_id: str, currency: str, amount_minor: int) -> Update:
        actions = [
            DebtItem.amount_minor.set((DebtItem.amount_minor | 0) + amount_minor),
            DebtItem.seller_id.set(seller_id),
            DebtItem.currency.set(currency),
        ]
        whatever = DebtItem.pk.exists() | DebtItem.pk.does_not_exist()  # the ledger entry beside it is the guard
        return Update(DebtItem(_key(seller_id, currency), DEBT), actions, whatever, DebtMoved())

    def add_within(self, seller_id: str, currency: str, amount_minor: int, at_most: int) -> Write:
        debt = self.add(seller_id, currency, amount_minor)
        within = (DebtItem.amount_minor <= at_most - amount_minor) | DebtItem.pk.does_not_exist()
        return replace(debt, condition=within)

    def at_most(self, seller_id: str, currency: str, owed_minor: int) -> Write:
        within = (DebtItem.amount_minor <= owed_minor) | DebtItem.pk.does_not_exist()
        return Check(DebtItem(_key(seller_id, currency), DEBT), within, DebtMoved())

    def net(self, seller_id: str, currency: str, amount_minor: int) -> Write:
        actions = [DebtItem.amount_minor.set(DebtItem.amount_minor - amount_minor)]
        item = DebtItem(_key(seller_id, currency), DEBT)
        return Update(item, actions, DebtItem.amount_minor >= amount_minor, DebtMoved())


def _key(seller_id: str, currency: str) -> str:
    return f"debt#{seller_id}#{currency}"
