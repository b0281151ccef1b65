"""The life of a payment intent: from a card being offered to money or a refusal."""

from __future__ import annotations

from typing import Any

from infra.local.stripe.cards import AUTHENTICATION_REQUIRED, Card, Decline
from infra.local.stripe.copying import copied
from infra.local.stripe.errors import CardError, InvalidRequest, Json
from infra.local.stripe.resources.charging import charge_card, decline_charge, release_hold, take_funds
from infra.local.stripe.resources.disputing import open_dispute
from infra.local.stripe.resources.payment_methods import card_of, is_spent, spend
from infra.local.stripe.store import Record
from infra.local.stripe.world import World

CONFIRMABLE = ("requires_payment_method", "requires_confirmation", "requires_action")
CANCELABLE = (*CONFIRMABLE, "requires_capture")
_AUTHENTICATION_FAILED = Decline(
    "payment_intent_authentication_failure",
    "The provided PaymentMethod has failed authentication. You can provide "
    "payment_method_data or a new PaymentMethod to attempt to fulfill this "
    "PaymentIntent again.",
)


def demand(intent: Json, states: tuple[str, ...], verb: str) -> None:
    """Refuse an act the intent's state does not allow."""
    if intent["status"] not in states:
        raise InvalidRequest(
            f"You cannot {verb} this PaymentIntent because it has a status of "
            f"{intent['status']}. Only a PaymentIntent with one of the following "
            f"statuses may be used: {', '.join(states)}.",
            code="payment_intent_unexpected_state",
            payment_intent=copied(intent),
        )


def check_method(intent: Json, record: Record) -> None:
    """Refuse a card that belongs to someone else or has had its one use."""
    owner = record.data["customer"]
    if owner and owner != intent["customer"]:
        raise InvalidRequest(
            f"The payment method you provided ({record.id}) belongs to the Customer "
            f"{owner}. Please include the Customer in the `customer` parameter on "
            "the PaymentIntent.",
            param="payment_method",
        )
    if is_spent(record):
        raise InvalidRequest(
            "The provided PaymentMethod was previously used with a PaymentIntent "
            "without Customer attachment, or was detached from a Customer. It may "
            "not be used again.",
            param="payment_method",
        )


def confirm(world: World, intent: Json, params: Json) -> None:
    """Try to collect the money now."""
    method = world.store.any(intent["payment_method"] or "")
    if method is None:
        raise InvalidRequest(
            "You cannot confirm this PaymentIntent because it's missing a payment "
            "method. Update the PaymentIntent with a payment method and then "
            "confirm it again.",
            code="payment_intent_unexpected_state",
            payment_intent=copied(intent),
        )
    check_method(intent, method)
    card = card_of(method)
    if _needs_authentication(intent, method, card):
        if params.get("off_session") or params.get("error_on_requires_action"):
            _decline(world, intent, method, AUTHENTICATION_REQUIRED)
        _ask_for_authentication(world, intent, params.get("return_url"))
        return
    _collect(world, intent, method, card)


def finish_authentication(world: World, intent: Json, *, success: bool) -> None:
    """Do what follows when the buyer passes or fails 3D Secure."""
    demand(intent, ("requires_action",), "authenticate")
    method = world.store.edit(intent["payment_method"])
    intent["next_action"] = None
    if not success:
        _fail(world, intent, method, _AUTHENTICATION_FAILED, charge=None)
        return
    method.hidden["authenticated"] = True
    _collect(world, intent, method, card_of(method))


def capture(world: World, intent: Json, amount: int | None) -> None:
    """Take held money, all of it or part; the rest is let go."""
    demand(intent, ("requires_capture",), "capture")
    amount = intent["amount_capturable"] if amount is None else amount
    if amount > intent["amount_capturable"]:
        raise InvalidRequest(
            f"The remaining amount to capture for this PaymentIntent is "
            f"{intent['amount_capturable']}; you tried to capture {amount}.",
            code="amount_too_large",
            param="amount_to_capture",
        )
    charge = world.edit(intent["latest_charge"])
    take_funds(world, charge, amount)
    world.emit("charge.captured", charge)
    _succeed(world, intent, amount)


def cancel(world: World, intent: Json, reason: str | None) -> None:
    """Give the intent up, and any hold with it."""
    demand(intent, CANCELABLE, "cancel")
    held = intent["status"] == "requires_capture"
    intent |= {
        "amount_capturable": 0,
        "canceled_at": world.now(),
        "cancellation_reason": reason,
        "next_action": None,
        "status": "canceled",
    }
    if held:
        lapsed = reason == "expired"
        charge = world.edit(intent["latest_charge"])
        release_hold(world, charge, "charge.expired" if lapsed else "charge.refunded")
    world.emit("payment_intent.canceled", intent)


def _needs_authentication(intent: Json, method: Record, card: Card) -> bool:
    if card.authentication == "on_setup":
        wanted = bool(intent["setup_future_usage"])
        return wanted and not method.hidden.get("authenticated")
    return card.authentication == "always"


def _ask_for_authentication(world: World, intent: Json, return_url: str | None) -> None:
    page = f"{world.base_url}/_local/3ds/{intent['id']}"
    action: dict[str, Any]
    if return_url:
        action = {
            "type": "redirect_to_url",
            "redirect_to_url": {"return_url": return_url, "url": page},
        }
    else:
        sdk = {"type": "three_d_secure_redirect", "stripe_js": page}
        action = {"type": "use_stripe_sdk", "use_stripe_sdk": sdk}
    intent |= {"status": "requires_action", "next_action": action}
    world.emit("payment_intent.requires_action", intent)


def _collect(world: World, intent: Json, method: Record, card: Card) -> None:
    if card.decline:
        _decline(world, intent, method, card.decline)
    if intent["setup_future_usage"] and intent["customer"]:
        _attach(world, method, intent["customer"])
    spend(world, method)
    charge = charge_card(world, intent, method, card)
    intent |= {"last_payment_error": None, "latest_charge": charge["id"]}
    intent["next_action"] = None
    if intent["capture_method"] == "manual":
        intent |= {"amount_capturable": intent["amount"], "status": "requires_capture"}
        world.emit("payment_intent.amount_capturable_updated", intent)
        return
    _succeed(world, intent, intent["amount"])
    if card.dispute:
        open_dispute(world, charge, card.dispute, inquiry=card.inquiry)


def _attach(world: World, method: Record, customer: str) -> None:
    if method.data["customer"] is None:
        world.edit(method.id)["customer"] = customer
        world.emit("payment_method.attached", method.data)


def _succeed(world: World, intent: Json, amount: int) -> None:
    intent |= {"amount_capturable": 0, "amount_received": amount, "status": "succeeded"}
    world.emit("payment_intent.succeeded", intent)


def _decline(world: World, intent: Json, method: Record, decline: Decline) -> None:
    charge = decline_charge(world, intent, method, decline)
    intent["latest_charge"] = charge["id"]
    error = _fail(world, intent, method, decline, charge=charge["id"])
    details = {k: v for k, v in error.items() if k in ("decline_code", "charge")}
    raise CardError(
        decline.message,
        code=decline.code,
        **details,
        payment_intent=copied(intent),
        payment_method=copied(method.data),
    )


def _fail(world: World, intent: Json, method: Record, decline: Decline, charge: str | None) -> Json:
    """Send the intent back for another card, with what went wrong written on it."""
    error: Json = {
        "type": "card_error" if charge else "invalid_request_error",
        "code": decline.code,
        "message": decline.message,
        "payment_method": copied(method.data),
    }
    if charge:
        error["charge"] = charge
    if decline.decline_code:
        error["decline_code"] = decline.decline_code
    spend(world, method)
    intent |= {
        "last_payment_error": error,
        "next_action": None,
        "payment_method": None,
        "status": "requires_payment_method",
    }
    world.emit("payment_intent.payment_failed", intent)
    return error
