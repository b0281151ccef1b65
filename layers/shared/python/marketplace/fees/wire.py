"""Fee schedules and sellers' own terms as JSON."""

from typing import Annotated

import msgspec

from marketplace.fees.model import AMOUNT_MAX_MINOR, PERCENT_BPS_MAX, FeeSchedule, Rule
from marketplace.fees.service import SellerFees
from marketplace.fees.vat import REASONS
from marketplace.kit.clock import to_text

REASONS_LENGTH_MAX = 2_000  # characters
Moment = Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]
Minor = Annotated[int, msgspec.Meta(ge=0, le=AMOUNT_MAX_MINOR)]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=REASONS_LENGTH_MAX)]


class FeeRule(msgspec.Struct):
    """One rule; what is null does not matter to it.

    Where several fit a line, exactly one counts: an agreement with the seller, else the one that names the category,
    else the seller's tier, else the kind of seller. Amounts are per line, by currency, in its minor unit.
    """

    rule_id: str
    percent_bps: int
    kind: str | None
    tier: str | None
    category: str | None
    fixed_minor: dict[str, int]
    min_minor: dict[str, int]
    max_minor: dict[str, int]


class Fees(msgspec.Struct):
    """One version of the fee schedule; rates in ten-thousandths. VAT comes on top of the commission."""

    version: str
    valid_from: Moment
    commission_bps: dict[str, int]
    buyer_fee_bps: int
    rules: list[FeeRule]
    established_from_orders: int


class FeeSchedules(msgspec.Struct):
    """Every version, the oldest first."""

    schedules: list[Fees]
    in_force: str


class NewAgreement(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A commission agreed with one seller; `percent_bps` null ends the agreement that stands.

    Amounts are per line, by currency, in its minor unit.
    """

    percent_bps: Annotated[int, msgspec.Meta(ge=0, le=PERCENT_BPS_MAX)] | None
    reasons: Text
    fixed_minor: dict[str, Minor] = {}
    min_minor: dict[str, Minor] = {}
    max_minor: dict[str, Minor] = {}

    def rule(self, seller_id: str) -> Rule | None:
        """Return the rule that is asked for, None for the end of one."""
        if self.percent_bps is None:
            return None
        amounts = (self.fixed_minor, self.min_minor, self.max_minor)
        return Rule("proposed", self.percent_bps, seller_id, None, None, None, *amounts)


class CheckedVatNumber(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A VAT number that a person looked up in VIES; null removes the one on record."""

    vat_number: Annotated[str, msgspec.Meta(min_length=4, max_length=20)] | None
    reasons: Text


class SellerTerms(msgspec.Struct):
    """What one seller pays now, for future orders: a running order keeps what it was placed under."""

    seller_id: str
    kind: str
    tier: str
    paid_out_orders: int
    schedule_version: str
    agreement: FeeRule | None
    agreed_at: Moment | None
    vat_number: str | None
    vat_bps: int
    vat_explanation: str


def fees_to_wire(schedule: FeeSchedule) -> Fees:
    """Show one version of the schedule."""
    plain = {rule.kind: rule.percent_bps for rule in schedule.rules if rule.kind and not (rule.tier or rule.category)}
    return Fees(
        schedule.version,
        to_text(schedule.valid_from),
        plain,
        schedule.buyer_fee_bps,
        [rule_to_wire(rule) for rule in schedule.rules],
        schedule.established_from_orders,
    )


def rule_to_wire(rule: Rule) -> FeeRule:
    """Show one rule."""
    amounts = (dict(rule.fixed_minor), dict(rule.min_minor), dict(rule.max_minor))
    return FeeRule(rule.rule_id, rule.percent_bps, rule.kind, rule.tier, rule.category, *amounts)


def terms_to_wire(fees: SellerFees, locale: str) -> SellerTerms:
    """Show what a seller pays, to the seller or to staff."""
    terms = fees.terms
    return SellerTerms(
        terms.seller_id,
        fees.kind,
        fees.tier,
        terms.paid_out_orders,
        fees.schedule_version,
        rule_to_wire(terms.agreement) if terms.agreement else None,
        to_text(terms.agreed_at) if terms.agreed_at else None,
        terms.vat_number,
        fees.vat.bps,
        REASONS[fees.vat.reason][locale == "es"],
    )
