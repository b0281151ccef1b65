"""The legal guarantee: for how long a trader answers for goods, and for how long the lack is presumed. Published.

The rows are dated, so that an order keeps what was in force when it was placed. None makes a difference by category
yet, since no law here does; a row for one category counts before the row for all.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from marketplace.orders.model import GOODS, Order
from marketplace.returns.model import Remedy

ALL = "*"  # any country, or any category
_MONTHS = 12
TRADER = "trader"


@dataclass(frozen=True, slots=True)
class Guarantee:
    """One rule, from a day on."""

    rule_id: str
    since: date
    country: str  # ISO 3166-1 alpha-2, or ALL for the least that the Union asks
    category: str  # a code of catalog/categories.py, or ALL
    liable_months: int  # after delivery
    presumed_months: int  # a lack that shows within them counts as there at delivery
    source: str


_DIRECTIVE = "Directive (EU) 2019/771, articles 10(1) and 11(1)"
GUARANTEES = (
    Guarantee("eu-2022", date(2022, 1, 1), ALL, ALL, 24, 12, _DIRECTIVE),
    Guarantee(
        "es-2022", date(2022, 1, 1), "ES", ALL, 36, 24, "Real Decreto Legislativo 1/2007, arts. 120 y 121 (RDL 7/2021)"
    ),
    Guarantee("pt-2022", date(2022, 1, 1), "PT", ALL, 36, 24, "Decreto-Lei 84/2021, artigos 12 e 13"),
)

# Why a lower price or the end of the contract may be asked for before repair or replacement was tried: article 13(4).
GROUNDS: Mapping[str, tuple[str, str]] = {
    "not_remedied": (
        "The seller did not repair or replace, or refused to.",
        "El vendedor no reparó ni sustituyó, o se negó.",
    ),
    "again": ("It lacks something although the seller tried.", "Sigue sin ser conforme aunque el vendedor lo intentó."),
    "serious": (
        "The lack is so serious that the price or the contract must go at once.",
        "La falta es tan grave que justifica rebajar o resolver sin más.",
    ),
    "declared": (
        "The seller will not mend it in a reasonable time, as they said or as is clear.",
        "El vendedor no lo pondrá en conformidad en un plazo razonable, como dijo o resulta claro.",
    ),
}
FIRST_REMEDIES = frozenset({Remedy.REPAIR, Remedy.REPLACE})
NEEDS_GROUND = frozenset({Remedy.PRICE_REDUCTION, Remedy.TERMINATE})


def guarantee_for(country: str, category: str, on: date) -> Guarantee:
    """Return the rule that counts: the latest of the most specific ones in force on a day.

    Raises: LookupError before the first day of the first rule.
    """
    fitting = [each for each in GUARANTEES if each.since <= on and _fits(each, country, category)]
    if not fitting:
        raise LookupError(f"no guarantee on {on}")
    return max(fitting, key=lambda each: (each.country != ALL, each.category != ALL, each.since))


def why_no_claim(order: Order, rule: Guarantee, now: datetime) -> str | None:
    """Say why nothing can be claimed for an order's goods; None when it can."""
    if order.seller_kind != TRADER:
        return "private_seller"
    if order.fulfilment != GOODS:
        return "not_goods"
    if order.delivered_at is None:
        return "not_delivered"
    return None if now <= months_after(order.delivered_at, rule.liable_months) else "too_late"


def months_after(moment: datetime, months: int) -> datetime:
    """Return the same day some months later, or the last day of a shorter month."""
    years, month = divmod(moment.month - 1 + months, _MONTHS)
    year, day = moment.year + years, moment.day
    while True:
        try:
            return moment.replace(year=year, month=month + 1, day=day)
        except ValueError:
            day -= 1


def _fits(rule: Guarantee, country: str, category: str) -> bool:
    return rule.country in {ALL, country} and rule.category in {ALL, category}
