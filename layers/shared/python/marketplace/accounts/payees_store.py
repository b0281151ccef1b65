"""Where a seller is paid, and whether: as conditions of the transaction that promises a payout."""

from collections.abc import Sequence
from datetime import datetime

from marketplace.accounts.cooling_store import COOLING
from marketplace.accounts.errors import PayeeMoved
from marketplace.accounts.sellers_store import SELLER
from marketplace.accounts.table_store import ACCOUNT, AccountsItem
from marketplace.kit.clock import to_text
from marketplace.kit.writes import Write
from marketplace.storage.transaction import Check


class DynamoConnectedAccounts:
    """The Stripe accounts of sellers."""

    def stripe_accounts(self, seller_ids: Sequence[str]) -> dict[str, str]:
        """Return by seller which account is bound to each of up to a hundred, in one round trip."""
        items = AccountsItem.read_many([(seller_id, SELLER) for seller_id in seller_ids])
        return {item.pk: item.stripe_account_id for item in items if item.stripe_account_id}


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
