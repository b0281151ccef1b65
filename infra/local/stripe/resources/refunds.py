"""Refunds. In this charge model a refund never touches a transfer by itself."""

from __future__ import annotations

from infra.local.stripe.errors import InvalidRequest, Json, ParameterError
from infra.local.stripe.ledger import CARDS
from infra.local.stripe.lists import page
from infra.local.stripe.params import Amount, Choice, Metadata, Span, Text
from infra.local.stripe.resources.disputing import close_inquiries, refund_blocked
from infra.local.stripe.resources.fields import assign, new_metadata
from infra.local.stripe.routes import Call, listing, operation
from infra.local.stripe.store import PLATFORM, Record
from infra.local.stripe.world import World


@operation(
    "POST",
    "/v1/refunds",
    {
        "amount": Amount(),
        "charge": Text(),
        "metadata": Metadata(),
        "payment_intent": Text(),
        "reason": Choice(options=("duplicate", "fraudulent", "requested_by_customer")),
    },
)
def create_refund(call: Call) -> Json:
    """Give money back: all that is left of a charge, or part of it."""
    world, params = call.world, call.params
    record = _charge(call)
    charge = world.edit(record.id)
    amount = _refundable(world, charge, params.get("amount"))
    refund = _blank(call, charge, amount)
    refund["balance_transaction"] = _pay_out(world, record, refund)["id"]
    world.add("refund", refund)
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]
    world.emit("refund.created", refund)
    world.emit("charge.refunded", charge)
    if charge["refunded"]:
        close_inquiries(world, charge)
    return refund


@operation("GET", "/v1/refunds/{refund}", connected=True)
def retrieve_refund(call: Call) -> Json:
    """Return a refund."""
    return call.record("refund", "refund").data


@operation("POST", "/v1/refunds/{refund}", {"metadata": Metadata()})
def update_refund(call: Call) -> Json:
    """Change a refund's metadata."""
    refund = call.editable("refund", "refund")
    assign(refund, call.params, ())
    call.world.emit("refund.updated", refund)
    return refund


@listing(
    "/v1/refunds",
    {"charge": Text(), "created": Span(), "payment_intent": Text()},
    connected=True,
)
def list_refunds(call: Call) -> Json:
    """List refunds."""
    return page(call, "refund", ["charge", "payment_intent"])


def fail(world: World, refund: Json, reason: str) -> None:
    """Have the buyer's bank send a refund back: the platform has the money again, and the charge is less refunded."""
    if refund["status"] == "failed":
        raise InvalidRequest(f"Refund {refund['id']} has failed already.")
    taken = world.store.any(refund["balance_transaction"])
    now = world.now()
    due = max(now, taken.data["available_on"] if taken else now)
    transaction = world.books.write(
        PLATFORM,
        "refund_failure",
        amount=refund["amount"],
        currency=refund["currency"],
        source=refund["id"],
        against=CARDS,
        now=now,
        available_on=due,
    )
    if transaction["status"] == "pending":
        world.at(due, "settle", transaction["id"])
    refund |= {"status": "failed", "failure_reason": reason, "failure_balance_transaction": transaction["id"]}
    charge = world.edit(refund["charge"])
    charge["amount_refunded"] -= refund["amount"]
    charge["refunded"] = False
    world.emit("refund.failed", refund)
    world.emit("charge.refund.updated", refund)


def _charge(call: Call) -> Record:
    world, params = call.world, call.params
    if ("charge" in params) == ("payment_intent" in params):
        raise ParameterError(
            "One of the following params should be provided for this request: payment_intent or charge.",
            param="payment_intent",
        )
    if "charge" in params:
        return world.refer("charge", params["charge"], call.owner, "charge")
    intent = world.refer("payment_intent", params["payment_intent"], call.owner, "payment_intent").data
    if intent["status"] != "succeeded":
        raise InvalidRequest(
            f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.",
            param="payment_intent",
        )
    return world.refer("charge", intent["latest_charge"], call.owner, "charge")


def _refundable(world: World, charge: Json, wanted: int | None) -> int:
    if not charge["captured"]:
        raise InvalidRequest(
            f"Charge {charge['id']} has not been captured; cancel its PaymentIntent instead.",
            param="charge",
        )
    if charge["refunded"]:
        raise InvalidRequest(
            f"Charge {charge['id']} has already been refunded.",
            code="charge_already_refunded",
        )
    if refund_blocked(world, charge):
        raise InvalidRequest(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.",
            code="charge_disputed",
        )
    left = charge["amount_captured"] - charge["amount_refunded"]
    amount = left if wanted is None else wanted
    if amount > left:
        raise InvalidRequest(
            f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left}).",
            param="amount",
        )
    return int(amount)


def _pay_out(world: World, charge: Record, refund: Json) -> Json:
    """Take the refund from where the charge's money is: pending while that is.

    The balance may go below zero, as it may on the real thing, which then takes
    the difference from the platform's bank account. The charge fee stays paid.
    """
    funds = world.store.any(charge.data["balance_transaction"])
    due = funds.data["available_on"] if funds else world.now()
    transaction = world.books.write(
        charge.owner,
        "refund",
        amount=-refund["amount"],
        currency=refund["currency"],
        source=refund["id"],
        against=CARDS,
        now=world.now(),
        available_on=max(due, world.now()),
    )
    if transaction["status"] == "pending":
        world.at(due, "settle", transaction["id"])
    return transaction


def _blank(call: Call, charge: Json, amount: int) -> Json:
    return {
        "id": call.world.store.new_id("re"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": call.world.now(),
        "currency": charge["currency"],
        "customer": charge["customer"],
        "destination_details": {
            "type": "card",
            "card": {
                "reference_status": "pending",
                "reference_type": "acquirer_reference_number",
                "type": "refund",
            },
        },
        "metadata": new_metadata(call.params),
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        "reason": call.params.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
    }
