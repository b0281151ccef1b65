"""Reversals: taking a transfer back from a connected account."""

from __future__ import annotations

from infra.local.stripe.errors import InvalidRequest, Json, missing
from infra.local.stripe.ledger import CLEARING
from infra.local.stripe.lists import cut
from infra.local.stripe.params import Amount, Metadata, Text
from infra.local.stripe.resources.charging import afford
from infra.local.stripe.resources.fields import new_metadata
from infra.local.stripe.routes import Call, listing, operation
from infra.local.stripe.store import PLATFORM, Record
from infra.local.stripe.world import World

#: How many reversals a transfer shows within itself.
_EMBEDDED = 10


@operation(
    "POST",
    "/v1/transfers/{id}/reversals",
    {"amount": Amount(), "description": Text(), "metadata": Metadata()},
)
def create_reversal(call: Call) -> Json:
    """Take a transfer back: what is left of it, or part."""
    world = call.world
    transfer = call.editable("transfer", "id")
    amount = _reversible(transfer, call.params.get("amount"))
    payment = world.edit(transfer["destination_payment"])
    refund = _payment_refund(world, transfer, payment, amount)
    reversal = _reversal(call, transfer, amount, refund)
    _move_back(world, transfer, payment, reversal, refund)
    world.add("transfer_reversal", reversal)
    world.add("refund", refund, owner=transfer["destination"])
    transfer["amount_reversed"] += amount
    transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
    _embed(transfer["reversals"], reversal)
    payment["amount_refunded"] += amount
    payment["refunded"] = payment["amount_refunded"] == payment["amount"]
    world.emit("transfer.reversed", transfer)
    return reversal


@listing("/v1/transfers/{id}/reversals")
def list_reversals(call: Call) -> Json:
    """List a transfer's reversals."""
    transfer = call.record("transfer", "id").id
    return cut(call, "transfer_reversal", _reversals_of(call, transfer))


@operation("GET", "/v1/transfers/{transfer}/reversals/{id}")
def retrieve_reversal(call: Call) -> Json:
    """Return one reversal of a transfer."""
    transfer = call.record("transfer", "transfer").id
    for record in _reversals_of(call, transfer):
        if record.id == call.ids["id"]:
            return record.data
    raise missing("transfer_reversal", call.ids["id"], "id")


def _reversals_of(call: Call, transfer: str) -> list[Record]:
    newest = call.world.store.newest("transfer_reversal", PLATFORM)
    return [record for record in newest if record.data["transfer"] == transfer]


def _reversible(transfer: Json, wanted: int | None) -> int:
    left = int(transfer["amount"] - transfer["amount_reversed"])
    amount = left if wanted is None else wanted
    if amount > left or not left:
        raise InvalidRequest(
            f"Reversal amount ({amount}) is greater than the unreversed amount of the transfer ({left}).",
            param="amount",
        )
    return amount


def _move_back(world: World, transfer: Json, payment: Json, reversal: Json, refund: Json) -> None:
    """Move the money from the connected account back to the platform.

    It leaves from where the payment's money is. Once that is available, the
    account must still have it: a seller who was paid out cannot be reversed.
    """
    owner, amount, now = transfer["destination"], reversal["amount"], world.now()
    funds = world.store.any(payment["balance_transaction"])
    lands = max(now, funds.data["available_on"] if funds else 0)
    if lands == now:
        afford(world, owner, transfer["currency"], amount)
    shared = {"currency": transfer["currency"], "against": CLEARING, "now": now}
    out = world.books.write(
        owner, "payment_refund", amount=-amount, source=refund["id"],
        available_on=lands, category="payment_refund", **shared,
    )  # fmt: skip
    back = world.books.write(
        PLATFORM, "transfer_refund", amount=amount, source=reversal["id"],
        available_on=lands, category="transfer_reversal", **shared,
    )  # fmt: skip
    if lands > now:
        world.at(lands, "settle", out["id"])
        world.at(lands, "settle", back["id"])
    refund["balance_transaction"] = out["id"]
    reversal["balance_transaction"] = back["id"]


def _payment_refund(world: World, transfer: Json, payment: Json, amount: int) -> Json:
    return {
        "id": world.store.new_id("pyr"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": payment["id"],
        "created": world.now(),
        "currency": transfer["currency"],
        "metadata": {},
        "payment_intent": None,
        "reason": None,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
    }


def _reversal(call: Call, transfer: Json, amount: int, refund: Json) -> Json:
    reversal = {
        "id": call.world.store.new_id("trr"),
        "object": "transfer_reversal",
        "amount": amount,
        "balance_transaction": None,
        "created": call.world.now(),
        "currency": transfer["currency"],
        "destination_payment_refund": refund["id"],
        "metadata": new_metadata(call.params),
        "source_refund": None,
        "transfer": transfer["id"],
    }
    refund["source_transfer_reversal"] = reversal["id"]
    return reversal


def _embed(shown: Json, reversal: Json) -> None:
    shown["data"].insert(0, dict(reversal))
    shown["has_more"] = shown["has_more"] or len(shown["data"]) > _EMBEDDED
    del shown["data"][_EMBEDDED:]
