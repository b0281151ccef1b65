"""Where a seller's money goes: what Stripe says of their bank accounts, and what a change of them sets off."""

from typing import Protocol

from marketplace.kit.clock import Clock
from marketplace.kit.errors import Conflict, Unavailable
from marketplace.kit.writes import Transactions, Write
from marketplace.outbox.model import event
from marketplace.outbox.ports import Outbox
from marketplace.payouts.model import Cause, Standing
from marketplace.payouts.ports import Holds, Payees, Purses, StripePayouts

BANK_CHANGED = "bank_account"  # the cause of a cooling


class Cooling(Protocol):
    """Payout cooling, as a change of bank accounts begins it."""

    def begin(self, account_id: str, cause: str) -> list[Write]: ...


class Sellers(Protocol):
    """Sellers, as checkouts meet them; see accounts/sellers_store.py."""

    def note_settles(self, seller_id: str, currencies: frozenset[str]) -> Write: ...


class Log(Protocol):
    """The account's own security log; see security/log.py."""

    def note(self, account_id: str, kind: str) -> list[Write]: ...


class Banking:
    """Follows connected accounts' bank accounts."""

    def __init__(
        self,
        *,
        clock: Clock,
        transactions: Transactions,
        purses: Purses,
        holds: Holds,
        payees: Payees,
        stripe: StripePayouts,
        cooling: Cooling,
        outbox: Outbox,
        log: Log,
        sellers: Sellers,
    ) -> None:
        self._sellers = sellers
        self._clock = clock
        self._tx = transactions
        self._purses = purses
        self._holds = holds
        self._payees = payees
        self._stripe = stripe
        self._cooling = cooling
        self._outbox = outbox
        self._log = log

    def follow(self, stripe_account_id: str) -> bool:
        """Re-read an account's bank accounts at Stripe and note them; False when the account is none of ours.

        The first bank accounts are onboarding. Other ones are a change: payouts cool, the seller is told ("not me"
        ends in the same three days), and a hold because the bank refused ends, for it was about the old account.

        Raises: Unavailable.
        """
        seller_id = self._payees.seller_of_stripe(stripe_account_id)
        if seller_id is None:
            return False
        standing = self._purses.standing(seller_id)  # first: what is noted since has a later answer, and refuses ours
        banks = self._stripe.banks(stripe_account_id)
        if banks is None or banks.mark == (standing.external_mark or ""):
            return True
        writes = [
            self._purses.note_banks(standing, banks),
            self._sellers.note_settles(seller_id, banks.currencies),
        ]
        if standing.external_mark is not None:
            writes += self._changed(standing, banks.mark)
        try:
            self._tx.commit(writes)
        except Conflict:  # what another delivery noted may be older than what was seen here: ask again
            raise Unavailable(retry_after_seconds=1) from None
        if self._stripe.banks(stripe_account_id) != banks:  # who was told of it may have seen what stood here before
            raise Unavailable(retry_after_seconds=1)
        return True

    def _changed(self, standing: Standing, mark: str) -> list[Write]:
        now = self._clock.now()
        facts = {"seller_id": standing.seller_id}
        told = event(
            "payout.bank_changed", standing.seller_id, now, once=f"{mark[:16]}#{standing.holds_version}", **facts
        )
        noted = self._log.note(standing.seller_id, "payout_account:changed")
        writes = [*self._cooling.begin(standing.seller_id, BANK_CHANGED), self._outbox.publish(told), *noted]
        held = self._holds.hold(standing.seller_id, Cause.BANK_REFUSED, "bank")
        ended = self._holds.end(standing.seller_id, held, now, "system", alone=False) if held else []
        none = [] if held else [self._holds.absent(standing.seller_id, Cause.BANK_REFUSED, "bank")]
        return [*writes, *ended, *none]
