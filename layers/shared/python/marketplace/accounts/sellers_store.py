"""Sellers in the accounts table, each in their account's partition."""

from datetime import datetime

from marketplace.accounts.errors import SellerExists, SellerMoved
from marketplace.accounts.model import Account, SellerProfile
from marketplace.accounts.table_store import ACCOUNT, AccountsItem, PersonalRows, change
from marketplace.kit.clock import to_text
from marketplace.kit.writes import Write
from marketplace.storage.transaction import Put, Update

SELLER = "seller"


class DynamoSellers(PersonalRows):
    """The seller side of accounts."""

    def seller(self, seller_id: str) -> SellerProfile | None:
        item = AccountsItem.read(seller_id, SELLER)
        return self._seller_of(item) if item else None

    def seller_with_account(self, seller_id: str) -> tuple[SellerProfile, Account] | None:
        found = {item.sk: item for item in AccountsItem.read_many([(seller_id, ACCOUNT), (seller_id, SELLER)])}
        return (self._seller_of(found[SELLER]), self._account_of(found[ACCOUNT])) if len(found) == 2 else None  # noqa: PLR2004

    def seller_of_stripe(self, stripe_account_id: str) -> str | None:
        item = AccountsItem.read(f"stripe#{stripe_account_id}", SELLER)
        return item.account_id if item else None

    def apply(self, seller: SellerProfile) -> list[Write]:
        applied = change(seller.seller_id, [AccountsItem.has_applied.set(True)])
        return [Put(self._item_of(seller.seller_id, SELLER, seller), SellerExists()), applied]

    def record_stripe_account(self, seller: SellerProfile, stripe_account_id: str) -> list[Write]:
        back = AccountsItem(f"stripe#{stripe_account_id}", SELLER, account_id=seller.seller_id)
        unbound = AccountsItem.pk.exists() & AccountsItem.stripe_account_id.does_not_exist()
        actions = [AccountsItem.stripe_account_id.set(stripe_account_id)]
        bound = Update(AccountsItem(seller.seller_id, SELLER), actions, unbound, SellerExists())
        return [bound, Put(back, SellerExists())]

    def set_active(self, seller: SellerProfile, *, active: bool, now: datetime) -> list[Write]:
        actions = [AccountsItem.active.set(active)]
        if active:
            actions += [
                AccountsItem.activations.set(seller.activations + 1),
                AccountsItem.activated_at.set(to_text(seller.activated_at or now)),
            ]
        same = (AccountsItem.active == (not active)) & (AccountsItem.activations == seller.activations)
        return [
            Update(AccountsItem(seller.seller_id, SELLER), actions, same, SellerMoved()),
            change(seller.seller_id, [AccountsItem.seller_active.set(active)]),
        ]

    def note_settles(self, seller_id: str, currencies: frozenset[str]) -> Write:
        """Note which currencies the bank accounts take, none when that is not known; refused with SellerMoved."""
        settles = AccountsItem.settles
        action = settles.set(set(currencies)) if currencies else settles.remove()
        return Update(AccountsItem(seller_id, SELLER), [action], AccountsItem.pk.exists(), SellerMoved())

    def _seller_of(self, item: AccountsItem) -> SellerProfile:
        return self._value_of(SellerProfile, item, seller_id=item.pk)
