"""Stripe's test payment methods, and what each of them does when charged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

_DECLINED = "Your card was declined."


@dataclass(frozen=True)
class Decline:
    """How the bank says no."""

    code: str
    message: str
    decline_code: str | None = None


@dataclass(frozen=True)
class Card:
    """A test card's behaviour."""

    last4: str
    brand: str = "visa"
    decline: Decline | None = None
    #: It can be attached to a customer, and only charging it fails.
    attaches: bool = True
    authentication: Literal["never", "always", "on_setup"] = "never"
    #: The reason of the dispute that follows the payment.
    dispute: str | None = None
    inquiry: bool = False
    available_at_once: bool = False


GENERIC = Decline("card_declined", _DECLINED, "generic_decline")
AUTHENTICATION_REQUIRED = Decline(
    "authentication_required",
    "Your card was declined. This transaction requires authentication.",
    "authentication_required",
)


def _declining(last4: str, decline: Decline) -> Card:
    return Card(last4, decline=decline, attaches=False)


def _card_declined(last4: str, reason: str, message: str = _DECLINED) -> Card:
    return _declining(last4, Decline("card_declined", message, reason))


_DECLINES = {
    "chargeDeclined": _declining("0002", GENERIC),
    "chargeDeclinedInsufficientFunds": _card_declined(
        "9995", "insufficient_funds", "Your card has insufficient funds."
    ),
    "chargeDeclinedLostCard": _card_declined("9987", "lost_card"),
    "chargeDeclinedStolenCard": _card_declined("9979", "stolen_card"),
    "chargeDeclinedExpiredCard": _declining("0069", Decline("expired_card", "Your card has expired.")),
    "chargeDeclinedIncorrectCvc": _declining(
        "0127", Decline("incorrect_cvc", "Your card's security code is incorrect.")
    ),
    "chargeDeclinedProcessingError": _declining(
        "0119",
        Decline(
            "processing_error",
            "An error occurred while processing your card. Try again later.",
        ),
    ),
}

#: By the part of the id after ``pm_card_`` (or ``tok_``).
CARDS: dict[str, Card] = {
    "visa": Card("4242"),
    "mastercard": Card("4444", brand="mastercard"),
    "bypassPending": Card("0077", available_at_once=True),
    "chargeCustomerFail": Card("0341", decline=GENERIC),
    "authenticationRequired": Card("3184", authentication="always"),
    "authenticationRequiredOnSetup": Card("3155", authentication="on_setup"),
    "createDispute": Card("0259", dispute="fraudulent"),
    "createDisputeProductNotReceived": Card("2685", dispute="product_not_received"),
    "createDisputeInquiry": Card("1976", dispute="product_not_received", inquiry=True),
    **_DECLINES,
    **{f"visa_{name}": card for name, card in _DECLINES.items()},
}


def name_of(identifier: str) -> str | None:
    """Return the card a test id stands for, or None when it is not a test id."""
    for prefix in ("pm_card_", "tok_"):
        name = identifier.removeprefix(prefix)
        if name != identifier and name in CARDS:
            return name
    return None
