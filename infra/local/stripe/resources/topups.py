"""Top-ups: the platform's owner puts money into the balance from their own bank."""

from __future__ import annotations

from infra.local.stripe.errors import InvalidRequest, Json
from infra.local.stripe.ledger import BANKS
from infra.local.stripe.lists import page
from infra.local.stripe.params import Amount, Currency, Metadata, Span, Text
from infra.local.stripe.resources.fields import new_metadata
from infra.local.stripe.routes import Call, listing, operation
from infra.local.stripe.store import PLATFORM
from infra.local.stripe.world import DAY, World

#: From the order to the bank until the money is there; a few working days in the documentation.
_ON_ITS_WAY = 3 * DAY


@operation(
    "POST",
    "/v1/topups",
    {
        "amount": Amount(required=True),
        "currency": Currency(required=True),
        "description": Text(),
        "metadata": Metadata(),
        "statement_descriptor": Text(),
        "transfer_group": Text(),
    },
)
def create_topup(call: Call) -> Json:
    """Ask the owner's bank for money; it is there some days later, by the clock."""
    world, params = call.world, call.params
    arrives = world.now() + _ON_ITS_WAY
    topup = {
        "id": world.store.new_id("tu"),
        "object": "topup",
        "amount": params["amount"],
        "balance_transaction": None,
        "created": world.now(),
        "currency": params["currency"],
        "description": params.get("description"),
        "expected_availability_date": arrives,
        "failure_code": None,
        "failure_message": None,
        "livemode": False,
        "metadata": new_metadata(params),
        "source": None,
        "statement_descriptor": params.get("statement_descriptor"),
        "status": "pending",
        "transfer_group": params.get("transfer_group"),
    }
    world.add("topup", topup)
    world.at(arrives, "top_up", topup["id"])
    world.emit("topup.created", topup)
    return topup


@operation("GET", "/v1/topups/{topup}")
def retrieve_topup(call: Call) -> Json:
    """Return a top-up."""
    return call.record("topup", "topup").data


@listing("/v1/topups", {"created": Span(), "status": Text()})
def list_topups(call: Call) -> Json:
    """List top-ups."""
    return page(call, "topup", ["status"])


def arrive(world: World, identifier: str) -> None:
    """Let a top-up's money be there; an ended one stays as it is."""
    record = world.store.any(identifier)
    if record is None or record.data["status"] != "pending":
        return
    topup = world.edit(identifier)
    transaction = _moved(world, topup, "topup", topup["amount"])
    topup["balance_transaction"] = transaction["id"]
    topup["status"] = "succeeded"
    world.emit("topup.succeeded", topup)


def fail(world: World, identifier: str, code: str) -> None:
    """Let the owner's bank refuse: before the money was there it never comes, afterwards it is taken back."""
    topup = world.edit(identifier)
    if topup["status"] not in ("pending", "succeeded"):
        raise InvalidRequest(f"This top-up is {topup['status']} already.")
    there = topup["status"] == "succeeded"
    if there:
        _moved(world, topup, "topup_reversal", -topup["amount"])
    topup["failure_code"] = code
    topup["failure_message"] = f"The bank did not pay: {code}."
    topup["status"] = "reversed" if there else "failed"
    world.emit("topup.reversed" if there else "topup.failed", topup)


def _moved(world: World, topup: Json, kind: str, amount: int) -> Json:
    return world.books.write(
        PLATFORM,
        kind,
        amount=amount,
        currency=topup["currency"],
        source=topup["id"],
        against=BANKS,
        now=world.now(),
        available_on=world.now(),
        description=topup["description"],
    )
