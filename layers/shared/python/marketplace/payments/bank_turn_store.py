"""Turns of payments, as rows of the payments table: pk = the payment, sk = bank_turn."""

from marketplace.kit.writes import Write
from marketplace.payments.bank_turns import Turn, TurnMissed
from marketplace.storage.tables import IntegerAttribute, Item, meta
from marketplace.storage.transaction import Update

SORT = "bank_turn"


class BankTurnItem(Item):
    """One payment's."""

    class Meta(meta("payments")):  # type: ignore[misc]
        """See data.yaml."""

    taken = IntegerAttribute(null=True)


class DynamoBankTurns:
    """Turns by payment."""

    def read(self, payment_id: str) -> Turn:
        item = BankTurnItem.read(payment_id, SORT)
        return Turn(payment_id, item.taken or 0 if item else 0)

    def take(self, turn: Turn) -> Write:
        known = BankTurnItem.taken == turn.taken if turn.taken else BankTurnItem.taken.does_not_exist()
        return Update(
            BankTurnItem(turn.payment_id, SORT), [BankTurnItem.taken.set(turn.taken + 1)], known, TurnMissed()
        )
