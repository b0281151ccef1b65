"""Sellers' accounts as payouts see them."""

from datetime import datetime
from typing import Protocol

from marketplace.accounts.model import Account, SellerProfile
from marketplace.kit.writes import Write
from marketplace.payouts.model import PayeeFacts


class AccountRows(Protocol):
    """What is known of accounts. Reads are consistent."""

    def seller_with_account(self, seller_id: str) -> tuple[SellerProfile, Account] | None: ...
    def seller_of_stripe(self, stripe_account_id: str) -> str | None: ...
    def payouts_after(self, account_id: str) -> datetime | None: ...


class PayeeConditions(Protocol):
    """Conditions on accounts; see accounts.payees_store."""

    def may_be_paid(self, account_id: str, now: datetime) -> list[Write]: ...


class AccountPayees:
    """Puts together what the rules ask; see ports.Payees."""

    def __init__(self, *, accounts: AccountRows, conditions: PayeeConditions) -> None:
        self._accounts = accounts
        self._conditions = conditions

    def facts(self, seller_id: str) -> PayeeFacts | None:
        """Return what the payout rules ask about a seller; two reads."""
        found = self._accounts.seller_with_account(seller_id)
        if found is None:
            return None
        seller, account = found
        return PayeeFacts(
            stripe_account_id=seller.stripe_account_id,
            active=seller.active,
            suspended=account.suspended or account.selling_suspended,
            has_factor=account.has_factor,
            cooling_until=self._accounts.payouts_after(seller_id),
            created_at=account.created_at,
            locked=account.locked,
        )

    def may_be_paid(self, seller_id: str, now: datetime) -> list[Write]:
        """Return the conditions that nothing of this changed for the worse; see ports.Payees."""
        return self._conditions.may_be_paid(seller_id, now)

    def seller_of_stripe(self, stripe_account_id: str) -> str | None:
        """Return whose connected account this is, by our own record."""
        return self._accounts.seller_of_stripe(stripe_account_id)
