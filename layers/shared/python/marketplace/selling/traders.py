"""What traders say of themselves, the checklist that follows from it, and what may be put on sale.

The list is computed whenever somebody looks: nothing is stored but what the seller said and when.
"""

from dataclasses import replace

from marketplace.accounts.errors import SellerMissing
from marketplace.accounts.model import TRADER
from marketplace.accounts.names import normalise_email
from marketplace.catalog.model import SellerNotActive
from marketplace.kit.clock import Clock
from marketplace.kit.writes import Transactions, Write
from marketplace.selling.checklist import Checklist, checklist
from marketplace.selling.model import (
    ChecklistIncomplete,
    NotATrader,
    TraderData,
    check_trader_data,
)
from marketplace.selling.ports import Facts, SellingStore
from marketplace.vault.model import PersonErased
from marketplace.verification.tiers import LISTING_PRICE, LIVE_LISTINGS, check, exceeded


class Traders:
    """Trader data, checklist, and the gate before a listing goes on sale."""

    def __init__(self, *, clock: Clock, transactions: Transactions, store: SellingStore) -> None:
        self._clock = clock
        self._tx = transactions
        self._store = store

    def checklist(self, seller_id: str) -> Checklist:
        """Compute what is known of the seller, line by line.

        Raises: SellerMissing.
        """
        return self._list(self._facts(seller_id))

    def mine(self, seller_id: str) -> TraderData | None:
        """Return what the seller said last, None before."""
        return self._store.trader(seller_id)

    def declare(
        self,
        seller_id: str,
        *,
        street: str,
        postal_code: str,
        city: str,
        phone: str,
        contact_email: str,
        register_name: str,
        register_number: str,
        self_certified: bool,
    ) -> Checklist:
        """Take what the trader says, as of now, and return the list as it then stands; repeating confirms it anew.

        Raises: SellerMissing; NotATrader; TraderDataInvalid; EmailInvalid.
        """
        facts = self._facts(seller_id)
        if facts.seller.kind != TRADER:
            raise NotATrader
        words = (street, postal_code, city, phone, contact_email, register_name, register_number)
        street, postal_code, city, phone, contact_email, register_name, register_number = (
            " ".join(word.split()) for word in words
        )
        data = TraderData(
            seller_id,
            street,
            postal_code,
            city,
            phone.replace(" ", ""),
            normalise_email(contact_email),
            register_name,
            register_number,
            self_certified,
            self._clock.now(),
        )
        check_trader_data(data)
        self._tx.commit([self._store.declare(data)])
        return self._list(Facts(facts.account, facts.seller, data))

    def shown(self, seller_id: str, kind: str) -> TraderData | None:
        """Return what the law shows to buyers: of traders alone, None of one that has not said it yet."""
        data = self._store.trader(seller_id) if kind == TRADER else None
        try:
            return replace(data) if data else None  # opened here, where one who was erased shows nothing
        except PersonErased:
            return None

    # The gate; see catalog.ports.Gate

    def publishing(self, seller_id: str, price_minor: int, currency: str) -> tuple[str, list[Write]]:
        """Return the seller's kind and the writes that count the listing; one round trip.

        Raises: SellerNotActive; ChecklistIncomplete; TierLimit.
        """
        facts = self._store.facts(seller_id)
        if facts is None or not facts.seller.active:
            raise SellerNotActive
        missing = self._list(facts).missing
        if missing:
            raise ChecklistIncomplete(missing=",".join(missing))
        tier = facts.account.tier
        check(LISTING_PRICE, tier, price_minor, currency)
        most = LIVE_LISTINGS.at(tier) or 0
        full = exceeded(LIVE_LISTINGS, tier, most + 1)
        return facts.seller.kind, [self._store.list_one_more(seller_id, most, full)]

    def repricing(self, seller_id: str, price_minor: int, currency: str) -> None:
        """Let a listing that is on sale have this price.

        Raises: TierLimit.
        """
        facts = self._facts(seller_id)
        check(LISTING_PRICE, facts.account.tier, price_minor, currency)

    def withdrawing(self, seller_id: str) -> list[Write]:
        """Return the writes that count a listing out again."""
        return [self._store.list_one_less(seller_id)]

    def _facts(self, seller_id: str) -> Facts:
        facts = self._store.facts(seller_id)
        if facts is None:
            raise SellerMissing
        return facts

    def _list(self, facts: Facts) -> Checklist:
        return checklist(facts.account, facts.seller, facts.trader, self._clock.now())
