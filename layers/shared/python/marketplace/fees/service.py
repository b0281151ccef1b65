"""Fees as use cases: what decides about a cart's fees now, and agreements with single sellers."""

from collections.abc import Mapping
from dataclasses import dataclass

from marketplace.accounts.errors import SellerMissing
from marketplace.fees.charging import Pricing
from marketplace.fees.model import Rule, SellerFacts, Terms, check_rule
from marketplace.fees.ports import Acts, Shops, TermsStore
from marketplace.fees.schedule import schedule_at
from marketplace.fees.vat import Vat, checked_number, vat_on_commission
from marketplace.kit.clock import Clock
from marketplace.kit.money import CURRENCIES
from marketplace.kit.writes import Transactions, Write
from marketplace.orders.model import OwnCase


@dataclass(frozen=True, slots=True)
class SellerFees:
    """What one seller pays now."""

    terms: Terms
    kind: str
    tier: str
    vat: Vat
    schedule_version: str


class Fees:
    """Reads what decides about fees, and keeps agreements."""

    def __init__(
        self, *, clock: Clock, transactions: Transactions, terms: TermsStore, shops: Shops, acts: Acts, home: str
    ) -> None:
        self._clock = clock
        self._tx = transactions
        self._terms = terms
        self._shops = shops
        self._acts = acts
        self._home = home

    def pricing(self, shops: Mapping[str, tuple[str, str]]) -> Pricing:
        """Return everything that decides about the fees of these sellers (id -> kind and country), in one read."""
        now = self._clock.now()
        terms = self._terms.terms_of(set(shops)) if shops else {}
        sellers = {seller_id: SellerFacts(terms[seller_id], *shops[seller_id]) for seller_id in shops}
        return Pricing(schedule_at(now), sellers, self._home, now)

    def of(self, seller_id: str) -> SellerFees:
        """Return what a seller pays now.

        Raises: SellerMissing.
        """
        kind, country = self._shop(seller_id)
        terms = self._terms.terms(seller_id)
        now = self._clock.now()
        schedule = schedule_at(now)
        vat = vat_on_commission(self._home, SellerFacts(terms, kind, country), now)
        return SellerFees(terms, kind, schedule.tier_of(terms.paid_out_orders), vat, schedule.version)

    def check_agreement(self, seller_id: str, rule: Rule | None) -> None:
        """Refuse what could not be agreed with this seller.

        Raises: SellerMissing; FeeRuleInvalid.
        """
        self._shop(seller_id)
        if rule is not None:
            check_rule(rule, CURRENCIES)

    def agree(self, seller_id: str, rule: Rule | None, agreement_id: str) -> list[Write]:
        """Return the writes of an approved agreement, or of its end; orders that stand keep their own commission.

        Raises: SellerMissing; FeeRuleInvalid.
        """
        self.check_agreement(seller_id, rule)
        return self._terms.agree(self._terms.terms(seller_id), rule, self._clock.now(), agreement_id)

    def record_vat_number(self, seller_id: str, vat_number: str | None, *, by: str, reasons: str) -> SellerFees:
        """Keep the VAT number of a trader that a person checked in VIES, or remove it.

        Raises: OwnCase; SellerMissing; VatNumberInvalid; TermsMoved.
        """
        if by == seller_id:
            raise OwnCase
        _, country = self._shop(seller_id)
        number = checked_number(vat_number, country) if vat_number else None
        terms = self._terms.terms(seller_id)
        act = self._acts.note(by, "fees.vat_number", seller_id, {"recorded": int(number is not None)}, reasons)
        self._tx.commit([self._terms.record_vat_number(terms, number, self._clock.now()), act])
        return self.of(seller_id)

    def _shop(self, seller_id: str) -> tuple[str, str]:
        seller = self._shops.seller(seller_id)
        if seller is None:
            raise SellerMissing
        return seller.kind, seller.country
