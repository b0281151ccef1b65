"""Sellers beyond their application: verification, the trader checklist, teams."""

from functools import cached_property
from typing import TYPE_CHECKING

from marketplace.wiring.people import People

if TYPE_CHECKING:
    from datetime import datetime

    from marketplace.accounts.limits import Limit
    from marketplace.accounts.model import Contact
    from marketplace.accounts.ports import AttemptStore
    from marketplace.casework.store import DynamoBoard
    from marketplace.kit.writes import Write
    from marketplace.notifications.ports import Contacts
    from marketplace.selling.exposure import Exposure
    from marketplace.selling.store import DynamoSelling
    from marketplace.selling.teams import Teams
    from marketplace.selling.traders import Traders
    from marketplace.verification.ports import IdentityChecks
    from marketplace.verification.service import Verification
    from marketplace.verification.store import DynamoIdentities


class Selling(People):
    """Sellers beyond their application: verification, the trader checklist, teams."""

    @cached_property
    def identity_store(self) -> "DynamoIdentities":
        from marketplace.verification.store import DynamoIdentities

        return DynamoIdentities(self.vault)

    @cached_property
    def identity_checks(self) -> "IdentityChecks":
        from marketplace.verification.identity_gateway import StripeIdentityChecks

        return StripeIdentityChecks(lambda: self.stripe_client)

    @cached_property
    def verification(self) -> "Verification":
        from marketplace.selling.quotas import IDENTITY_CHECKS
        from marketplace.verification.service import Verification

        return Verification(
            clock=self.clock,
            ids=self.ids,
            transactions=self.transactions,
            outbox=self.outbox,
            identities=self.identity_store,
            checks=self.identity_checks,
            attempts=_Quota(self.account_store, IDENTITY_CHECKS),
            log=self.security_log,
            public_url=self.settings.public_url,
            board=self.board,
        )

    @cached_property
    def board(self) -> "DynamoBoard":
        from marketplace.casework.store import DynamoBoard

        return DynamoBoard()

    @cached_property
    def selling_store(self) -> "DynamoSelling":
        from marketplace.selling.store import DynamoSelling

        return DynamoSelling(self.vault)

    @cached_property
    def traders(self) -> "Traders":
        from marketplace.selling.traders import Traders

        return Traders(clock=self.clock, transactions=self.transactions, store=self.selling_store)

    @cached_property
    def exposure(self) -> "Exposure":
        from marketplace.selling.exposure import Exposure

        return Exposure(transactions=self.transactions, rows=self.selling_store, orders=self.order_store)

    @cached_property
    def teams(self) -> "Teams":
        from marketplace.selling.quotas import INVITATIONS
        from marketplace.selling.teams import Teams

        return Teams(
            clock=self.clock,
            ids=self.ids,
            transactions=self.transactions,
            outbox=self.outbox,
            store=self.selling_store,
            accounts=self.account_store,
            quota=_Quota(self.account_store, INVITATIONS),
            log=self.security_log,
        )

    @cached_property
    def contacts(self) -> "Contacts":
        """Whom a notice can be mailed to: accounts, and addresses that were asked to join a team."""
        return _Contacts(self)


class _Quota:
    """One limit, of whomever it concerns."""

    def __init__(self, store: "AttemptStore", limit: "Limit") -> None:
        self._store = store
        self._limit = limit

    def take(self, subject: str, now: "datetime") -> "Write":
        return self._store.take(self._limit, subject, now)


class _Contacts:
    """An invitation is written to before anybody knows whether its address has an account."""

    def __init__(self, services: Selling) -> None:
        self._services = services

    def contact(self, account_id: str) -> "Contact | None":
        from marketplace.accounts.model import Contact
        from marketplace.selling.model import INVITATION

        if not account_id.startswith(f"{INVITATION}_"):
            return self._services.directory.contact(account_id)
        found = self._services.teams.address_of(account_id)
        return Contact(account_id, found[0], found[1], "") if found else None
