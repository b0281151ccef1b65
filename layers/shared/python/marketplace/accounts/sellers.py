"""Sellers: one application an account, one connected account at Stripe, selling once Stripe is satisfied.

The application is the intent. Stripe is called under a key that follows from it, and the answer is recorded; a crash
in between is mended by whoever comes next: the seller asking for the onboarding page, an event from Stripe, or a sweep.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from marketplace.accounts.countries import SELLER_COUNTRIES
from marketplace.accounts.errors import CountryNotServed, ReturnAddressForeign, SellerExists, SellerMissing
from marketplace.accounts.model import TRADER, Account, ConnectAccount, OnboardingLink, Rating, SellerProfile
from marketplace.accounts.names import LEGAL_NAME_LENGTH_MAX, normalise_name
from marketplace.accounts.ports import ConnectAccounts, Ratings, SellerStore
from marketplace.kit.clock import Clock
from marketplace.kit.errors import Conflict, Unavailable
from marketplace.kit.ids import Ids
from marketplace.kit.writes import Transactions
from marketplace.outbox.model import event
from marketplace.outbox.ports import Outbox
from marketplace.vault.model import PersonErased

KEY_TRUSTED_SECONDS = 23 * 3_600  # Stripe may forget an idempotency key after 24 h


@dataclass(frozen=True, slots=True)
class Storefront:
    """What anybody may know of a seller."""

    seller_id: str
    name: str | None  # a trader's legal name; of a private seller only the name they chose; None of an erased person
    kind: str
    country: str
    active: bool
    since: datetime
    rating: Rating | None


class Sellers:
    """From application to activation."""

    def __init__(
        self,
        *,
        clock: Clock,
        ids: Ids,
        transactions: Transactions,
        outbox: Outbox,
        accounts: SellerStore,
        connect: ConnectAccounts,
        ratings: Ratings,
        public_url: str,
    ) -> None:
        self._clock = clock
        self._ids = ids
        self._transactions = transactions
        self._outbox = outbox
        self._accounts = accounts
        self._connect = connect
        self._ratings = ratings
        self._public_url = public_url.rstrip("/")

    def apply(self, account_id: str, *, legal_name: str, kind: str, country: str) -> SellerProfile:
        """Apply to sell; a Stripe that does not answer now leaves the application standing.

        Raises: SellerExists; NameInvalid; CountryNotServed.
        """
        if country not in SELLER_COUNTRIES:
            raise CountryNotServed
        now = self._clock.now()
        name = normalise_name(legal_name, "legal_name", length_max=LEGAL_NAME_LENGTH_MAX)
        seller = SellerProfile(account_id, name, kind, country, applied_at=now)
        applied = self._outbox.publish(event("seller.applied", account_id, now))
        self._transactions.commit([*self._accounts.apply(seller), applied])
        try:
            return self._finish(seller)
        except Unavailable:
            return seller

    def of(self, seller_id: str) -> SellerProfile | None:
        """Return the seller, or None for an account that never applied; one read."""
        return self._accounts.seller(seller_id)

    def mine(self, account_id: str) -> SellerProfile:
        """Return the caller's own application.

        Raises: SellerMissing.
        """
        seller = self._accounts.seller(account_id)
        if seller is None:
            raise SellerMissing
        return seller

    def storefront(self, seller_id: str) -> Storefront:
        """Return what buyers see.

        Raises: SellerMissing, also for one that was never active.
        """
        found = self._accounts.seller_with_account(seller_id)
        if found is None or found[0].activated_at is None:
            raise SellerMissing
        seller, account = found
        name = _public_name(seller, account)
        rating = self._ratings.of(seller_id)
        return Storefront(seller_id, name, seller.kind, seller.country, seller.active, seller.activated_at, rating)  # type: ignore[arg-type]

    def onboarding(self, account_id: str, *, return_url: str, refresh_url: str) -> OnboardingLink:
        """Make a link to Stripe's onboarding page, finishing an application that was cut short.

        Raises: SellerMissing; ReturnAddressForeign; CountryNotServed; Unavailable.
        """
        for field, url in (("return_url", return_url), ("refresh_url", refresh_url)):
            if url != self._public_url and not url.startswith((f"{self._public_url}/", f"{self._public_url}?")):
                raise ReturnAddressForeign(fields={field: "foreign"})
        seller = self._finish(self.mine(account_id))
        # A link opens once, so each request is a new fact with a key of its own.
        key = self._ids.new("lnk", self._clock.now())
        return self._connect.onboarding_link(
            seller.stripe_account_id or "", return_url=return_url, refresh_url=refresh_url, key=key
        )

    def finish_application(self, seller_id: str) -> SellerProfile:
        """Make sure that the seller has a Stripe account on record; harmless when repeated.

        Raises: SellerMissing; CountryNotServed; Unavailable.
        """
        return self._finish(self.mine(seller_id))

    def stripe_account_updated(self, stripe_account_id: str) -> None:
        """Let the seller sell, or stop them, as Stripe says now: the event that brought us here is only a hint.

        Raises: Unavailable.
        """
        account = self._connect.read_account(stripe_account_id)
        seller = self._seller_behind(account) if account else None
        if account is None or seller is None or account.can_sell == seller.active:
            return
        now = self._clock.now()
        writes = self._accounts.set_active(seller, active=account.can_sell, now=now)
        if account.can_sell:
            nth = str(seller.activations + 1)
            writes.append(self._outbox.publish(event("seller.activated", seller.seller_id, now, once=nth)))
        try:
            self._transactions.commit(writes)
        except Conflict:
            noted = self._accounts.seller(seller.seller_id)
            if noted is None or noted.active != account.can_sell:  # what another delivery noted may be older
                raise Unavailable(retry_after_seconds=1) from None
        after = self._connect.read_account(stripe_account_id)
        if after is None or after.can_sell != account.can_sell:
            raise Unavailable(retry_after_seconds=1)  # changed since: its own event may have found no change

    def _finish(self, seller: SellerProfile) -> SellerProfile:
        if seller.stripe_account_id is not None:
            return seller
        fresh = self._clock.now() < seller.applied_at + timedelta(seconds=KEY_TRUSTED_SECONDS)
        account = None if fresh else self._connect.find_account(seller)
        if account is None:
            account = self._connect.create_account(seller, key=f"seller-account#{seller.seller_id}")
        return self._record(seller, account)

    def _record(self, seller: SellerProfile, account: ConnectAccount) -> SellerProfile:
        try:
            self._transactions.commit(self._accounts.record_stripe_account(seller, account.stripe_account_id))
        except SellerExists:
            return self.mine(seller.seller_id)  # somebody else finished it meanwhile
        return replace(seller, stripe_account_id=account.stripe_account_id)

    def _seller_behind(self, account: ConnectAccount) -> SellerProfile | None:
        """Find the seller by our own record, or by the metadata that we gave Stripe when the record was never made."""
        seller_id = self._accounts.seller_of_stripe(account.stripe_account_id) or account.seller_id
        seller = self._accounts.seller(seller_id) if seller_id else None
        if seller is not None and seller.stripe_account_id is None:
            seller = self._record(seller, account)
        return seller if seller and seller.stripe_account_id == account.stripe_account_id else None


def _public_name(seller: SellerProfile, account: Account) -> str | None:
    try:
        return seller.legal_name if seller.kind == TRADER else account.display_name
    except PersonErased:
        return None
