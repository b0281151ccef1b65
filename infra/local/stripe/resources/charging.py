"""Charges: what comes of asking the bank for money, and reading about it."""

from __future__ import annotations

from infra.local.stripe.cards import Card, Decline
from infra.local.stripe.errors import InvalidRequest, Json
from infra.local.stripe.ledger import CARDS, CLEARING
from infra.local.stripe.lists import page
from infra.local.stripe.params import Metadata, Span, Text
from infra.local.stripe.resources.fields import SHIPPING, assign, full_shipping
from infra.local.stripe.routes import Call, listing, operation
from infra.local.stripe.store import Record
from infra.local.stripe.world import DAY, World


@operation("GET", "/v1/charges/{charge}", connected=True)
def retrieve_charge(call: Call) -> Json:
    """Return a charge."""
    return call.record("charge", "charge").data


@operation(
    "POST",
    "/v1/charges/{charge}",
    {
        "description": Text(unset=True),
        "metadata": Metadata(),
        "receipt_email": Text(),
        "shipping": SHIPPING,
        "transfer_group": Text(),
    },
)
def update_charge(call: Call) -> Json:
    """Change what a charge says about itself."""
    charge = call.editable("charge", "charge")
    assign(charge, call.params, ("description", "receipt_email", "transfer_group"))
    if "shipping" in call.params:
        charge["shipping"] = full_shipping(call.params["shipping"])
    call.world.emit("charge.updated", charge)
    return charge


@listing(
    "/v1/charges",
    {
        "created": Span(),
        "customer": Text(),
        "payment_intent": Text(),
        "transfer_group": Text(),
    },
    connected=True,
)
def list_charges(call: Call) -> Json:
    """List charges, failed ones included."""
    return page(call, "charge", ["customer", "payment_intent", "transfer_group"])


def charge_card(world: World, intent: Json, method: Record, card: Card) -> Json:
    """Take the money, or only hold it when the intent is captured by hand."""
    charge = _blank(world, intent, method)
    charge |= {"paid": True, "status": "succeeded", "outcome": _approved()}
    hidden = {"at_once": card.available_at_once}
    world.add("charge", charge, hidden=hidden)
    if intent["capture_method"] == "manual":
        lapses = world.now() + world.terms.authorization_days * DAY
        charge["payment_method_details"]["card"]["capture_before"] = lapses
        world.at(lapses, "lapse", intent["id"])
    else:
        take_funds(world, charge, charge["amount"])
    world.emit("charge.succeeded", charge)
    return charge


def decline_charge(world: World, intent: Json, method: Record, decline: Decline) -> Json:
    """Record the bank's refusal; the failed charge is kept, as on the real thing."""
    charge = _blank(world, intent, method)
    charge |= {
        "status": "failed",
        "failure_code": decline.code,
        "failure_message": decline.message,
        "outcome": _refused(decline),
    }
    world.add("charge", charge)
    world.emit("charge.failed", charge)
    return charge


def take_funds(world: World, charge: Json, amount: int) -> None:
    """Move a captured amount, less the fee, into the platform's balance."""
    record = world.store.edit(charge["id"])
    now = world.now()
    delay = 0 if record.hidden["at_once"] else world.terms.settle_days * DAY
    transaction = world.books.write(
        record.owner,
        "charge",
        amount=amount,
        fee=world.terms.charge_fee(amount),
        currency=charge["currency"],
        source=charge["id"],
        against=CARDS,
        now=now,
        available_on=now + delay,
        description=charge["description"],
    )
    if delay:
        world.at(now + delay, "settle", transaction["id"])
    charge |= {
        "captured": True,
        "amount_captured": amount,
        "balance_transaction": transaction["id"],
    }


def release_hold(world: World, charge: Json, event: str) -> None:
    """Let go of an authorisation that was never captured."""
    charge |= {"refunded": True, "amount_refunded": charge["amount"]}
    world.emit(event, charge)


def afford(world: World, owner: str, currency: str, amount: int) -> None:
    """Refuse to spend more than an owner has available."""
    if world.books.available(owner, currency) < amount:
        raise InvalidRequest(
            "You have insufficient available funds in your Stripe account. Try "
            "adding funds directly to your available balance.",
            code="balance_insufficient",
        )


def destination_payment(world: World, transfer: Json, pending_until: int) -> Json:
    """Put a transfer's money into the connected account, as a payment of its own."""
    owner, identifier = transfer["destination"], world.store.new_id("py")
    payment = _shell(world, identifier, transfer["amount"], transfer["currency"])
    transaction = world.books.write(
        owner,
        "payment",
        amount=transfer["amount"],
        currency=transfer["currency"],
        source=identifier,
        against=CLEARING,
        now=world.now(),
        available_on=pending_until,
    )
    if pending_until > world.now():
        world.at(pending_until, "settle", transaction["id"])
    payment |= {
        "amount_captured": transfer["amount"],
        "balance_transaction": transaction["id"],
        "captured": True,
        "outcome": _approved(),
        "paid": True,
        "payment_method_details": {"type": "stripe_account", "stripe_account": {}},
        "source_transfer": transfer["id"],
        "status": "succeeded",
    }
    return world.add("charge", payment, owner=owner)


def _blank(world: World, intent: Json, method: Record) -> Json:
    identifier = world.store.new_id("ch")
    charge = _shell(world, identifier, intent["amount"], intent["currency"])
    copied = (
        "customer", "description", "metadata", "receipt_email", "shipping",
        "statement_descriptor", "statement_descriptor_suffix", "transfer_group",
    )  # fmt: skip
    charge |= {name: intent[name] for name in copied}
    charge["metadata"] = dict(intent["metadata"])
    charge |= {
        "billing_details": dict(method.data["billing_details"]),
        "payment_intent": intent["id"],
        "payment_method": method.id,
        "payment_method_details": {"type": "card", "card": _card(method, intent)},
    }
    return charge


def _shell(world: World, identifier: str, amount: int, currency: str) -> Json:
    absent = (
        "application", "application_fee", "application_fee_amount",
        "balance_transaction", "calculated_statement_descriptor", "customer",
        "description", "failure_balance_transaction", "failure_code",
        "failure_message", "on_behalf_of", "outcome", "payment_intent",
        "payment_method", "payment_method_details", "receipt_email",
        "receipt_number", "receipt_url", "review", "shipping", "source_transfer",
        "statement_descriptor", "statement_descriptor_suffix", "transfer_data",
        "transfer_group",
    )  # fmt: skip
    return {
        "id": identifier,
        "object": "charge",
        "amount": amount,
        "amount_captured": 0,
        "amount_refunded": 0,
        **dict.fromkeys(absent),
        "billing_details": {
            "address": dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state")),
            **dict.fromkeys(("email", "name", "phone", "tax_id")),
        },
        "captured": False,
        "created": world.now(),
        "currency": currency,
        "disputed": False,
        "fraud_details": {},
        "livemode": False,
        "metadata": {},
        "paid": False,
        "refunded": False,
        "status": "pending",
    }


def _card(method: Record, intent: Json) -> Json:
    card = method.data["card"]
    kept = ("brand", "checks", "country", "exp_month", "exp_year", "fingerprint",
            "funding", "last4", "regulated_status", "wallet")  # fmt: skip
    return {
        **{name: card[name] for name in kept},
        "amount_authorized": intent["amount"],
        "authorization_code": None,
        "extended_authorization": {"status": "disabled"},
        "incremental_authorization": {"status": "unavailable"},
        "installments": None,
        "mandate": None,
        "multicapture": {"status": "unavailable"},
        "network": card["brand"],
        "network_token": {"used": False},
        "network_transaction_id": None,
        "overcapture": {
            "maximum_amount_capturable": intent["amount"],
            "status": "unavailable",
        },
        "three_d_secure": None,
    }


def _approved() -> Json:
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "approved_by_network",
        "reason": None,
        "risk_level": "normal",
        "risk_score": 1,
        "seller_message": "Payment complete.",
        "type": "authorized",
    }


def _refused(decline: Decline) -> Json:
    return _approved() | {
        "network_status": "declined_by_network",
        "reason": decline.decline_code or decline.code,
        "seller_message": "The bank did not accept the charge.",
        "type": "issuer_declined",
    }
