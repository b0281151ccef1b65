"""Whether an account may be paid, as conditions of the transaction that promises a payout."""

from datetime import datetime

from marketplace.accounts.cooling_store import COOLING
from marketplace.accounts.errors import PayeeMoved
from marketplace.accounts.table_store import ACCOUNT, AccountsItem
from marketplace.kit.clock import to_text
from marketplace.kit.writes import Write
from marketplace.storage.transaction import Check


class DynamoPayees:
    """Conditions on an account and its cooling, which are items of their own."""

    def may_be_paid(self, account_id: str, now: datetime) -> list[Write]:
        """Return the conditions that the account is neither suspended, locked nor cooling; refused with PayeeMoved."""
        free = AccountsItem.pk.exists()
        for mark in (AccountsItem.suspended, AccountsItem.selling_suspended):
            free &= mark.does_not_exist() | (mark == False)  # noqa: E712
        free &= AccountsItem.locked.does_not_exist() | (AccountsItem.locked == False)  # noqa: E712
        until = AccountsItem.payouts_after
        cooled = until.does_not_exist() | (until <= to_text(now))
        return [
            Check(AccountsItem(account_id, ACCOUNT), free, PayeeMoved()),
            Check(AccountsItem(account_id, COOLING), cooled, PayeeMoved()),
        ]
