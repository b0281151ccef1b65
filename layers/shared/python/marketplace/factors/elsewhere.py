"""Addresses that are an account's without being its present one: told what a thief of the present one would hide."""

from marketplace.accounts.ports import Accounts
from marketplace.factors.model import EmailChange, FormerAddress
from marketplace.factors.ports import AddressStore, Vault
from marketplace.kit.clock import Clock
from marketplace.kit.writes import Write
from marketplace.outbox.model import event
from marketplace.outbox.ports import Outbox

PENDING, FORMER = "pending", "former"  # an event's `to` is one of them and an id


class Elsewhere:
    """Finds and writes to them; an event carries their ids, never themselves."""

    def __init__(
        self, *, clock: Clock, outbox: Outbox, accounts: Accounts, addresses: AddressStore, vault: Vault
    ) -> None:
        self._clock = clock
        self._outbox = outbox
        self._accounts = accounts
        self._addresses = addresses
        self._vault = vault

    def address(self, account_id: str, to: str) -> str | None:
        """Return the address that an event names; None when it is forgotten meanwhile."""
        kind, _, change_id = to.partition(":")
        if kind == PENDING:
            change = self._addresses.email_change(account_id)
            return self.open(change) if change and change.change_id == change_id else None
        return next((self.open(each) for each in self.former(account_id) if each.change_id == change_id), None)

    def former(self, account_id: str) -> list[FormerAddress]:
        """List where the account was reached within the last thirty days."""
        now = self._clock.now()
        return [each for each in self._addresses.former_addresses(account_id) if now < each.expires_at]

    def tell_former(self, account_id: str, kind: str, once: str) -> list[Write]:
        """Return the events that tell every former address."""
        return [self.tell(account_id, kind, f"{FORMER}:{each.change_id}", once) for each in self.former(account_id)]

    def tell(self, account_id: str, kind: str, to: str, once: str) -> Write:
        """Return the event that tells one address."""
        return self._outbox.publish(event(kind, account_id, self._clock.now(), once=f"{once}/{to}", to=to))

    def seal(self, account_id: str, email: str) -> str:
        """Seal an address for storing it beside its account."""
        return self._vault.seal(account_id, "elsewhere/email", email)

    def open(self, stored: EmailChange | FormerAddress) -> str:
        """Open what was sealed."""
        return self._vault.open(stored.account_id, "elsewhere/email", stored.email)
