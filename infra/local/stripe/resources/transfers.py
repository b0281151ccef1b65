"""Transfers to connected accounts. Taking them back is in ``reversals``."""

from __future__ import annotations

from infra.local.stripe.errors import InvalidRequest, Json, ParameterError
from infra.local.stripe.ledger import CLEARING
from infra.local.stripe.lists import page
from infra.local.stripe.params import Amount, Choice, Currency, Metadata, Span, Text
from infra.local.stripe.resources.charging import afford, destination_payment
from infra.local.stripe.resources.disputing import funds_withdrawn
from infra.local.stripe.resources.fields import assign, empty_list, new_metadata
from infra.local.stripe.resources.requirements import transfers_active
from infra.local.stripe.routes import Call, listing, operation
from infra.local.stripe.store import PLATFORM, Record
from infra.local.stripe.world import World


@operation(
    "POST",
    "/v1/transfers",
    {
        "amount": Amount(),
        "currency": Currency(required=True),
        "description": Text(),
        "destination": Text(required=True),
        "metadata": Metadata(),
        "source_transaction": Text(),
        "source_type": Choice(options=("card",)),
        "transfer_group": Text(),
    },
)
def create_transfer(call: Call) -> Json:
    """Send money to a connected account, out of the balance or out of one charge."""
    world, params = call.world, call.params
    destination = _destination(call)
    charge = _source(call)
    amount = _amount(world, params, charge)
    transfer = _blank(call, amount, destination.id, charge)
    lands = _landing(world, charge)
    transaction = world.books.write(
        PLATFORM,
        "transfer",
        amount=-amount,
        currency=params["currency"],
        source=transfer["id"],
        against=CLEARING,
        now=world.now(),
        available_on=lands,
        description=transfer["description"],
    )
    if transaction["status"] == "pending":
        world.at(lands, "settle", transaction["id"])
    transfer["balance_transaction"] = transaction["id"]
    world.add("transfer", transfer)
    payment = destination_payment(world, transfer, lands)
    transfer["destination_payment"] = payment["id"]
    world.emit("transfer.created", transfer)
    return transfer


@operation("GET", "/v1/transfers/{transfer}")
def retrieve_transfer(call: Call) -> Json:
    """Return a transfer."""
    return call.record("transfer", "transfer").data


@operation(
    "POST",
    "/v1/transfers/{transfer}",
    {"description": Text(unset=True), "metadata": Metadata()},
)
def update_transfer(call: Call) -> Json:
    """Change what a transfer says about itself."""
    transfer = call.editable("transfer", "transfer")
    assign(transfer, call.params, ("description",))
    call.world.emit("transfer.updated", transfer)
    return transfer


@listing(
    "/v1/transfers",
    {"created": Span(), "destination": Text(), "transfer_group": Text()},
)
def list_transfers(call: Call) -> Json:
    """List transfers."""
    return page(call, "transfer", ["destination", "transfer_group"])


def _destination(call: Call) -> Record:
    destination = call.world.refer("account", call.params["destination"], call.owner, "destination")
    if not transfers_active(destination):
        raise InvalidRequest(
            "Your destination account needs to have at least one of the following "
            "capabilities enabled: transfers, crypto_transfers, legacy_payments",
            code="insufficient_capabilities_for_transfer",
        )
    return destination


def _source(call: Call) -> Json | None:
    """Return the charge a transfer is tied to, if any, once it fits."""
    if "source_transaction" not in call.params:
        return None
    params = call.params
    charge = call.world.refer("charge", params["source_transaction"], call.owner, "source_transaction").data
    if not charge["captured"]:
        raise InvalidRequest(
            "The source_transaction must be a captured charge.",
            param="source_transaction",
        )
    if charge["currency"] != params["currency"]:
        raise InvalidRequest(
            f"The currency of source_transaction's balance transaction "
            f"({charge['currency']}) must be the same as the transfer currency "
            f"({params['currency']})",
            param="currency",
        )
    group, wanted = charge["transfer_group"], params.get("transfer_group")
    if group and wanted and group != wanted:
        raise InvalidRequest(
            f"The transfer_group must be that of the source_transaction ({group}).",
            param="transfer_group",
        )
    return charge


def _amount(world: World, params: Json, charge: Json | None) -> int:
    if "amount" not in params:
        raise ParameterError("Missing required param: amount.", code="parameter_missing", param="amount")
    amount = int(params["amount"])
    if charge is None:
        afford(world, PLATFORM, params["currency"], amount)
        return amount
    left = _left_of(world, charge)
    if amount > left:
        raise InvalidRequest(
            f"Transfers using this transaction as a source must not exceed what the source has left ({left}).",
            param="amount",
        )
    return amount


def _left_of(world: World, charge: Json) -> int:
    """Return what can still be transferred out of a charge.

    Refunds and chargebacks lower it, and a reversal gives room again. The real
    limit is documented for transfers only; erring on the low side finds more bugs.
    """
    sent = sum(
        record.data["amount"] - record.data["amount_reversed"]
        for record in world.store.newest("transfer", PLATFORM)
        if record.data["source_transaction"] == charge["id"]
    )
    gone = charge["amount_refunded"] + funds_withdrawn(world, charge)
    return int(max(0, charge["amount_captured"] - gone - sent))


def _landing(world: World, charge: Json | None) -> int:
    """Return when the money arrives: with the charge's own funds, or at once."""
    if charge is None:
        return world.now()
    funds = world.store.any(charge["balance_transaction"])
    return max(world.now(), funds.data["available_on"] if funds else 0)


def _blank(call: Call, amount: int, destination: str, charge: Json | None) -> Json:
    world, params = call.world, call.params
    identifier = world.store.new_id("tr")
    group = params.get("transfer_group") or (charge or {}).get("transfer_group")
    if charge and not group:
        group = f"group_{charge['id']}"
    return {
        "id": identifier,
        "object": "transfer",
        "amount": amount,
        "amount_reversed": 0,
        "balance_transaction": None,
        "created": world.now(),
        "currency": params["currency"],
        "description": params.get("description"),
        "destination": destination,
        "destination_payment": None,
        "livemode": False,
        "metadata": new_metadata(params),
        "reversals": empty_list(f"/v1/transfers/{identifier}/reversals"),
        "reversed": False,
        "source_transaction": charge["id"] if charge else None,
        "source_type": "card",
        "transfer_group": group,
    }
