"""Checks of identity in the accounts table: one item in the account's partition, and the way back from Stripe's id."""

from dataclasses import replace
from datetime import datetime

from marketplace.accounts.table_store import ACCOUNT, AccountsItem, PersonalRows, change, item_of, value_of
from marketplace.kit.clock import to_text
from marketplace.kit.writes import Write
from marketplace.storage.transaction import Put
from marketplace.verification.model import OPEN, Identity, VerificationMoved

IDENTITY = "identity"


class DynamoIdentities(PersonalRows):
    """Keeps the latest check of each account."""

    def read(self, account_id: str) -> Identity | None:
        item = AccountsItem.read(account_id, IDENTITY)
        return value_of(Identity, item, account_id=account_id) if item else None

    def tier_of(self, account_id: str) -> int:
        item = AccountsItem.read(account_id, ACCOUNT)
        return self._account_of(item).tier if item else 0

    def account_of(self, session_id: str) -> str | None:
        item = AccountsItem.read(f"stripe#{session_id}", IDENTITY)
        return item.account_id if item else None

    def begin(self, identity: Identity, before: Identity | None) -> Write:
        same = AccountsItem.revision == before.revision if before else None
        return Put(item_of(identity.account_id, IDENTITY, identity), VerificationMoved(), same)

    def record_session(self, identity: Identity, session_id: str) -> list[Write]:
        bound = replace(identity, status=OPEN, identity_session_id=session_id, revision=identity.revision + 1)
        back = AccountsItem(f"stripe#{session_id}", IDENTITY, account_id=identity.account_id)
        return [self.change(identity, bound), Put(back, VerificationMoved())]

    def change(self, before: Identity, after: Identity) -> Write:
        same = (AccountsItem.revision == before.revision) & (AccountsItem.attempt_id == before.attempt_id)
        return Put(item_of(before.account_id, IDENTITY, after), VerificationMoved(), same)

    def mark_verified(self, account_id: str, at: datetime) -> Write:
        return change(account_id, [AccountsItem.identity_verified_at.set(to_text(at))])
