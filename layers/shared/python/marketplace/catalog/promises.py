"""What a seller promises with a listing: how it is supplied, by when, and how it can be given back.

Buyers see it before paying, and every order keeps it as it stood at placement.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from marketplace.kit.money import split

GOODS, SERVICE, DIGITAL = "goods", "service", "digital"
FULFILMENTS = (GOODS, SERVICE, DIGITAL)

HANDLING_DAYS_MAX = 60  # from payment to shipment, to the end of a service, or to a download
DELIVERY_DAYS_MAX = 60  # from shipment to delivery
RETURN_DAYS_MAX = 365
MILESTONES_MIN, MILESTONES_MAX = 2, 6
MILESTONE_TITLE_LENGTH_MAX = 60  # characters
BUYER_PAYS, SELLER_PAYS = "buyer", "seller"  # for sending something back
WITHDRAWAL_DAYS = 14  # Directive 2011/83/EU, article 9

# Contracts from which a consumer cannot withdraw, and what they may be about. Source: Directive 2011/83/EU, article 16.
NO_WITHDRAWAL: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "made_to_order": (GOODS,),  # (c)
        "perishable": (GOODS,),  # (d)
        "sealed_for_hygiene": (GOODS,),  # (e), once unsealed
        "sealed_recording": (GOODS,),  # (i), once unsealed
        "newspaper": (GOODS,),  # (j)
        "performed_with_consent": (SERVICE,),  # (a), once performed
        "dated_leisure": (SERVICE,),  # (l): accommodation, transport, catering, leisure on a date
        "begun_with_consent": (DIGITAL,),  # (m), once supply has begun
    }
)


@dataclass(frozen=True, slots=True)
class Milestone:
    """A part of a service, done and paid for by itself; `handling_days` count from the payment of the whole."""

    title: str
    percent: int  # of the price
    handling_days: int


@dataclass(frozen=True, slots=True)
class Promises:
    """A seller's promises; None for days of which nothing was said."""

    fulfilment: str = GOODS
    handling_days: int | None = None
    delivery_days: int | None = None
    return_days: int | None = None
    return_cost: str = BUYER_PAYS
    no_withdrawal: str | None = None  # a key of NO_WITHDRAWAL
    milestones: tuple[Milestone, ...] = ()  # of a service; none: it is one piece

    def problems(self) -> dict[str, str]:
        """Name what cannot be promised, by field."""
        kept = {
            "fulfilment": None if self.fulfilment in FULFILMENTS else "not_a_choice",
            "handling_days": _days_problem(self.handling_days, HANDLING_DAYS_MAX),
            "delivery_days": _days_problem(self.delivery_days, DELIVERY_DAYS_MAX),
            "return_days": _days_problem(self.return_days, RETURN_DAYS_MAX),
            "return_cost": None if self.return_cost in {BUYER_PAYS, SELLER_PAYS} else "not_a_choice",
            "no_withdrawal": self._exception_problem(),
            "milestones": self._milestones_problem(),
        }
        if self.fulfilment != GOODS and self.delivery_days is not None:
            kept["delivery_days"] = "only_for_goods"
        return {f"promises.{name}": problem for name, problem in kept.items() if problem}

    def _exception_problem(self) -> str | None:
        if self.no_withdrawal is None:
            return None
        fits = NO_WITHDRAWAL.get(self.no_withdrawal)
        if fits is None:
            return "not_a_choice"
        return None if self.fulfilment in fits else "not_for_this_fulfilment"

    def _milestones_problem(self) -> str | None:
        parts = self.milestones
        if not parts:
            return None
        if self.fulfilment != SERVICE:
            return "only_for_services"
        if not MILESTONES_MIN <= len(parts) <= MILESTONES_MAX:
            return f"{MILESTONES_MIN}_to_{MILESTONES_MAX}"
        if any(not part.title.strip() or len(part.title) > MILESTONE_TITLE_LENGTH_MAX for part in parts):
            return "title"
        if any(part.percent < 1 for part in parts) or sum(part.percent for part in parts) != 100:  # noqa: PLR2004
            return "must_sum_to_100_percent"
        days = [part.handling_days for part in parts]
        return "days" if _falls(days) or any(_days_problem(each, HANDLING_DAYS_MAX) for each in days) else None


def _falls(days: list[int]) -> bool:
    return days != sorted(days)


def milestone_amounts(price_minor: int, milestones: Sequence[Milestone]) -> list[int]:
    """Divide a price exactly among the parts of a service, in minor units; a small price may leave one nothing."""
    return split(price_minor, [part.percent for part in milestones])


def return_days(promises: Promises, seller_kind: str) -> int:
    """Return the days after delivery in which a buyer may give back without a reason; 0 for not at all.

    A trader's buyer always has the days of the law, unless the law makes an exception.
    """
    promised = promises.return_days or 0
    if seller_kind != "trader" or promises.no_withdrawal:
        return promised
    return max(promised, WITHDRAWAL_DAYS)


def _days_problem(days: int | None, most: int) -> str | None:
    return None if days is None or 0 <= days <= most else "out_of_range"
