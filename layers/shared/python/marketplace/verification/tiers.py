"""Tiers and the one table of limits that depend on them: how much somebody may do before we know them better.

The bounds are there for whoever does harm with a stolen or an invented account; nobody pays for rising.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from marketplace.kit.errors import Conflict, Forbidden
from marketplace.kit.money import AMOUNT_MAX_MINOR

EXPOSED_ORDERS_MAX = 100  # remembered by one exposure, so that one round trip can look at all of them


class Tier(IntEnum):
    """How well it is known whose an account is."""

    EMAIL = 0  # the address was proved
    FACTOR = 1  # a second factor is on
    IDENTITY = 2  # Stripe verified an identity document


@dataclass(frozen=True, slots=True)
class Level:
    """One tier as people read it."""

    tier: Tier
    name: str
    en: str
    es: str


LEVELS: tuple[Level, ...] = (
    Level(Tier.EMAIL, "email", "Your e-mail address is confirmed.", "Tu dirección de correo está confirmada."),
    Level(
        Tier.FACTOR,
        "second_factor",
        "A second factor protects your account, so that a stolen password opens nothing.",
        "Un segundo factor protege tu cuenta: una contraseña robada no abre nada.",
    ),
    Level(
        Tier.IDENTITY,
        "identity",
        "Stripe has verified your identity document. We keep the result and nothing of the document.",
        "Stripe ha verificado tu documento de identidad. Guardamos el resultado y nada del documento.",
    ),
)


@dataclass(frozen=True, slots=True)
class Limit:
    """One bound by tier. Amounts are minor units by currency; counts stand under "". None: no bound of ours."""

    name: str
    side: str  # "buyer" or "seller"
    en: str
    es: str
    most: Mapping[Tier, Mapping[str, int] | None]

    def at(self, tier: int, currency: str = "") -> int | None:
        """Return the most that this tier allows, None for no bound; a currency without a number allows nothing."""
        found = self.most[Tier(tier)]
        return None if found is None else found.get(currency, 0)

    def raised_by(self, tier: int, wanted: int, currency: str = "") -> str:
        """Name the next tier that would allow this much; "" when none does."""
        higher = (level for level in LEVELS if level.tier > tier)
        return next((level.name for level in higher if _fits(wanted, self.at(level.tier, currency))), "")


class TierLimit(Forbidden):
    """More than the caller's tier allows: `limit` names the bound, `raised_by` the tier that would allow it."""

    code = "tier_limit"
    title_en = "This is more than your account may do at its present level: GET /verification/tiers says how to rise."
    title_es = "Esto supera lo que tu cuenta permite en su nivel actual. GET /verification/tiers dice cómo ampliarlo."


class SellerAtLimit(Conflict):
    """The seller has as many orders under way as their tier allows; it is theirs to change, not the buyer's."""

    code = "seller_at_limit"
    title_en = "This seller cannot take more orders just now. Try again later."
    title_es = "Este vendedor no puede aceptar más pedidos por ahora. Vuelve a intentarlo más tarde."


def _money(units: int) -> Mapping[str, int]:
    """Return the same amount in each currency, roughly: whole euros, dollars or pounds, and 150 yen for each."""
    cents = {currency: min(units * 100, AMOUNT_MAX_MINOR) for currency in ("eur", "usd", "gbp")}
    return cents | {"jpy": min(units * 150, AMOUNT_MAX_MINOR)}


def _count(number: int) -> Mapping[str, int]:
    return {"": number}


ORDER_TOTAL = Limit(
    "order_total",
    "buyer",
    "The most that one checkout may come to.",
    "El importe máximo de una compra.",
    {Tier.EMAIL: _money(1_000), Tier.FACTOR: _money(5_000), Tier.IDENTITY: None},
)
OPEN_ORDERS = Limit(
    "open_orders",
    "buyer",
    "How many of your orders may be under way at once.",
    "Cuántos pedidos tuyos pueden estar en curso a la vez.",
    {Tier.EMAIL: _count(30), Tier.FACTOR: _count(60), Tier.IDENTITY: _count(EXPOSED_ORDERS_MAX)},
)
LIVE_LISTINGS = Limit(
    "live_listings",
    "seller",
    "How many listings you may have on sale at once.",
    "Cuántos anuncios puedes tener a la venta a la vez.",
    {Tier.EMAIL: _count(50), Tier.FACTOR: _count(200), Tier.IDENTITY: _count(10_000)},
)
LISTING_PRICE = Limit(
    "listing_price",
    "seller",
    "The highest price of one listing.",
    "El precio más alto de un anuncio.",
    {Tier.EMAIL: _money(5_000), Tier.FACTOR: _money(10_000), Tier.IDENTITY: None},
)
IN_FLIGHT = Limit(
    "in_flight",
    "seller",
    "How much money of your orders may be under way at once: held for you, and not yet yours.",
    "Cuánto dinero de tus pedidos puede estar en curso a la vez: retenido para ti y aún no tuyo.",
    {Tier.EMAIL: _money(25_000), Tier.FACTOR: _money(50_000), Tier.IDENTITY: None},
)
LIMITS: tuple[Limit, ...] = (ORDER_TOTAL, OPEN_ORDERS, LIVE_LISTINGS, LISTING_PRICE, IN_FLIGHT)


def check(limit: Limit, tier: int, wanted: int, currency: str = "") -> None:
    """Let `wanted` through when the tier allows it.

    Raises: TierLimit.
    """
    if not _fits(wanted, limit.at(tier, currency)):
        raise exceeded(limit, tier, wanted, currency)


def exceeded(limit: Limit, tier: int, wanted: int, currency: str = "") -> TierLimit:
    """Return the refusal that says which bound it was, how far it reaches, and what would move it."""
    refusal = TierLimit(limit=limit.name, at_most=limit.at(tier, currency) or 0, tier=int(tier))
    more = {"currency": currency, "raised_by": limit.raised_by(tier, wanted, currency)}
    refusal.facts |= {name: value for name, value in more.items() if value}
    return refusal


def _fits(wanted: int, most: int | None) -> bool:
    return most is None or wanted <= most
