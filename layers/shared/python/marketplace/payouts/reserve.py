"""The rolling reserve: which part of an earning waits, and for how long, by rules that anybody may read.

A reserve covers what may come back after the money left: chargebacks arrive weeks after the sale. The rule that applies
is fixed when the money is earned; a later change of the table changes nothing that is already set aside.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from marketplace.kit.money import BASIS_POINTS, share_of
from marketplace.payouts.model import ReservePart, Standing

RULES_VERSION = "2026-11"
NEW_ORDERS = 10  # ended orders below which a seller counts as new
NEW_DAYS = 30  # days since the first earning below which a seller counts as new
RISK_CHARGEBACKS_MIN = 2  # fewer say nothing about a seller
RISK_BASIS_POINTS = 100  # chargebacks per ended order, in ten-thousandths, from which a seller counts as risky


@dataclass(frozen=True, slots=True)
class ReserveRule:
    """One row of the table; the first that applies counts."""

    rule_id: str
    basis_points: int  # of each earning, 0 to 10,000
    days: int
    when_en: str
    when_es: str

    def part_of(self, net_minor: int) -> int:
        """Return what is set aside of an earning, rounded half up, never more than all of it."""
        return min(net_minor, share_of(net_minor, self.basis_points))

    @property
    def length(self) -> timedelta:
        return timedelta(days=self.days)


RISKY = ReserveRule(
    "reserve-risk-1",
    2_000,
    60,
    f"At least {RISK_CHARGEBACKS_MIN} chargebacks, and at least {RISK_BASIS_POINTS / 100:g} % of the ended orders.",
    f"Al menos {RISK_CHARGEBACKS_MIN} contracargos, y al menos el {RISK_BASIS_POINTS / 100:g} % "
    "de los pedidos terminados.",
)
NEW = ReserveRule(
    "reserve-new-1",
    1_000,
    30,
    f"Fewer than {NEW_ORDERS} ended orders, or fewer than {NEW_DAYS} days since the first earning.",
    f"Menos de {NEW_ORDERS} pedidos terminados, o menos de {NEW_DAYS} días desde el primer ingreso.",
)
NONE = ReserveRule("reserve-none-1", 0, 0, "Everybody else: nothing is set aside.", "Los demás: no se reserva nada.")
RULES = (RISKY, NEW, NONE)


def is_new(standing: Standing, now: datetime) -> bool:
    """Say whether a seller is still new; nobody's first earning makes them established."""
    young = standing.first_at is None or now - standing.first_at < timedelta(days=NEW_DAYS)
    return young or standing.ended_orders < NEW_ORDERS


def is_risky(standing: Standing) -> bool:
    """Say whether banks take back too much of what a seller sold."""
    enough = standing.chargebacks >= RISK_CHARGEBACKS_MIN
    return enough and standing.chargebacks * BASIS_POINTS >= RISK_BASIS_POINTS * max(1, standing.ended_orders)


def released_by(parts: Sequence[ReservePart], amount_minor: int) -> int:
    """Return what an order's reserve lets go when `amount_minor` of its earning goes back: what that had set aside.

    Rounded up, so that nothing stays set aside of an earning that is gone; all, where the rule is no longer known.
    """
    known = {rule.rule_id: rule.basis_points for rule in RULES}
    basis_points = max((known.get(part.rule, BASIS_POINTS) for part in parts), default=0)
    return -(-amount_minor * basis_points // BASIS_POINTS)


def rule_for(standing: Standing, now: datetime) -> ReserveRule:
    """Return the rule under which this seller's next earning falls."""
    if is_risky(standing):
        return RISKY
    return NEW if is_new(standing, now) else NONE
