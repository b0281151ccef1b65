"""What an order is charged: one rule a line, VAT on their sum, and never more than the line can carry."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from marketplace.catalog.model import Listing
from marketplace.fees.model import FeeSchedule, Sale, SellerFacts, carried_by, choose
from marketplace.fees.vat import Vat, vat_on_commission
from marketplace.kit.money import share_of
from marketplace.orders.model import Line, LineFee


@dataclass(frozen=True, slots=True)
class Charge:
    """What the marketplace takes of one order; frozen on it at placement."""

    line_fees: tuple[LineFee, ...]
    vat: Vat

    @property
    def commission_minor(self) -> int:
        return sum(fee.commission_minor for fee in self.line_fees)

    @property
    def vat_minor(self) -> int:
        """VAT on the commission, rounded half up once for the whole order."""
        return share_of(self.commission_minor, self.vat.bps)


@dataclass(frozen=True, slots=True)
class Pricing:
    """Everything that decides about fees at one moment, read before anything is priced."""

    schedule: FeeSchedule
    sellers: Mapping[str, SellerFacts]
    home: str  # where the marketplace is registered for VAT; "" for nowhere
    at: datetime

    def charge(self, seller_id: str, kind: str, sold: Sequence[tuple[Line, Listing]]) -> Charge:
        """Charge one seller's lines; `kind` is what the listings were published as."""
        facts = self.sellers[seller_id]
        vat = vat_on_commission(self.home, facts, self.at)
        tier = self.schedule.tier_of(facts.terms.paid_out_orders)
        agreed = (facts.terms.agreement,) if facts.terms.agreement else ()
        fees = []
        for line, listing in sold:
            rule = choose((*self.schedule.rules, *agreed), Sale(seller_id, kind, tier, listing.category))
            taken = rule.commission(line.total_minor, listing.currency)
            fees.append(LineFee(rule.rule_id, min(taken, carried_by(line.total_minor, vat.bps))))
        return Charge(tuple(fees), vat)
