"""Commission rules as values: whom a rule is for, what it takes, and which of several rules counts.

The most specific rule wins, and exactly one rule counts for a line: a rule for this seller (an agreement) before a rule
for the category, before one for the seller's tier, before one for the kind of seller. A rule that names more of the
lesser ones breaks a tie.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from marketplace.kit.errors import Conflict, Invalid
from marketplace.kit.money import BASIS_POINTS, share_of

NEW, ESTABLISHED = "new", "established"
PERCENT_BPS_MAX = 5_000  # of an agreement: nobody is asked for more than half
AMOUNT_MAX_MINOR = 1_000_000  # of a fixed part, a minimum or a maximum


class FeeRuleInvalid(Invalid):
    """The rule is outside the limits; `fields` says where."""

    code = "fee_rule_invalid"
    title_en = "This commission rule is not valid."
    title_es = "Esta regla de comisión no es válida."


class VatNumberInvalid(Invalid):
    """This is no VAT number of that country."""

    code = "vat_number_invalid"
    title_en = "This is not a VAT number of the seller's country."
    title_es = "Este no es un número de IVA del país del vendedor."


class TermsMoved(Conflict):
    """Somebody changed the seller's terms meanwhile."""

    code = "terms_moved"
    title_en = "The seller's terms changed meanwhile. Look at them again."
    title_es = "Las condiciones del vendedor cambiaron entretanto. Vuelve a mirarlas."


@dataclass(frozen=True, slots=True)
class Sale:
    """What a rule looks at: who sells what kind of thing."""

    seller_id: str
    kind: str  # "trader" or "private"
    tier: str  # NEW or ESTABLISHED
    category: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; None for whom it does not distinguish.

    The percentage is in ten-thousandths of the line's total. A fixed part, a minimum and a maximum are per line, by
    currency in its minor unit; a currency that is not named has none.
    """

    rule_id: str
    percent_bps: int
    seller_id: str | None = None
    category: str | None = None
    tier: str | None = None
    kind: str | None = None
    fixed_minor: Mapping[str, int] = field(default_factory=dict)
    min_minor: Mapping[str, int] = field(default_factory=dict)
    max_minor: Mapping[str, int] = field(default_factory=dict)

    @property
    def specificity(self) -> tuple[bool, bool, bool, bool]:
        """How much the rule says about whom it is for, the weightiest first."""
        return self.seller_id is not None, self.category is not None, self.tier is not None, self.kind is not None

    def fits(self, sale: Sale) -> bool:
        asked = (
            (self.seller_id, sale.seller_id),
            (self.category, sale.category),
            (self.tier, sale.tier),
            (self.kind, sale.kind),
        )
        return all(wanted in (None, found) for wanted, found in asked)

    def commission(self, total_minor: int, currency: str) -> int:
        """Return the commission on one line, rounded half up, before what the line can carry; never less for more."""
        taken = share_of(total_minor, self.percent_bps) + self.fixed_minor.get(currency, 0)
        taken = max(taken, self.min_minor.get(currency, 0))
        return min(taken, self.max_minor.get(currency, taken))


@dataclass(frozen=True, slots=True)
class FeeSchedule:
    """One published version; the buyer pays no fee of ours."""

    version: str
    valid_from: datetime
    rules: tuple[Rule, ...]
    established_from_orders: int  # paid out, from which a seller is ESTABLISHED
    buyer_fee_bps: int = 0

    def tier_of(self, paid_out_orders: int) -> str:
        return ESTABLISHED if paid_out_orders >= self.established_from_orders else NEW


@dataclass(frozen=True, slots=True)
class Terms:
    """What is on record about one seller's fees."""

    seller_id: str
    paid_out_orders: int = 0
    agreement: Rule | None = None
    agreed_at: datetime | None = None
    vat_number: str | None = None  # checked by a person, with its country's prefix
    vat_checked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SellerFacts:
    """A seller as fees see one: the terms, and where and as what they sell."""

    terms: Terms
    kind: str
    country: str  # ISO 3166-1 alpha-2


def choose(rules: Iterable[Rule], sale: Sale) -> Rule:
    """Return the one rule that counts for this sale.

    Raises: ValueError when none fits, which a published schedule never leaves open.
    """
    return max((rule for rule in rules if rule.fits(sale)), key=lambda rule: rule.specificity)


def carried_by(total_minor: int, vat_bps: int) -> int:
    """Return the largest commission that, with its VAT, a line of this total can carry."""
    return total_minor * BASIS_POINTS // (BASIS_POINTS + vat_bps)


def check_rule(rule: Rule, currencies: Iterable[str]) -> None:
    """Refuse a rule that no agreement may have.

    Raises: FeeRuleInvalid.
    """
    wrong: dict[str, str] = {}
    if not 0 <= rule.percent_bps <= PERCENT_BPS_MAX:
        wrong["percent_bps"] = f"0_to_{PERCENT_BPS_MAX}"
    known = set(currencies)
    for name in ("fixed_minor", "min_minor", "max_minor"):
        amounts: Mapping[str, int] = getattr(rule, name)
        if set(amounts) - known:
            wrong[name] = "unsupported_currency"
        elif any(not 0 <= amount <= AMOUNT_MAX_MINOR for amount in amounts.values()):
            wrong[name] = f"0_to_{AMOUNT_MAX_MINOR}"
    if any(rule.min_minor.get(currency, 0) > most for currency, most in rule.max_minor.items()):
        wrong.setdefault("max_minor", "below_the_minimum")
    if wrong:
        raise FeeRuleInvalid(fields=wrong)
