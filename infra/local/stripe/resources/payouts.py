"""Payouts: money leaving a balance for a bank account. Thin."""

from __future__ import annotations

from infra.local.stripe.errors import InvalidRequest, Json
from infra.local.stripe.ledger import BANKS
from infra.local.stripe.lists import page
from infra.local.stripe.params import Amount, Choice, Currency, Metadata, Span, Text
from infra.local.stripe.resources.charging import afford
from infra.local.stripe.resources.fields import new_metadata
from infra.local.stripe.routes import Call, listing, operation
from infra.local.stripe.store import PLATFORM
from infra.local.stripe.world import DAY, World


@operation(
    "POST",
    "/v1/payouts",
    {
        "amount": Amount(required=True),
        "currency": Currency(required=True),
        "description": Text(),
        "metadata": Metadata(),
        "method": Choice(options=("standard",)),
    },
    connected=True,
)
def create_payout(call: Call) -> Json:
    """Send available money to the bank; it arrives later by the clock."""
    world, params = call.world, call.params
    _may_pay_out(call)
    afford(world, call.owner, params["currency"], params["amount"])
    payout = _blank(call)
    transaction = world.books.write(
        call.owner,
        "payout",
        amount=-payout["amount"],
        currency=payout["currency"],
        source=payout["id"],
        against=BANKS,
        now=world.now(),
        available_on=world.now(),
    )
    payout["balance_transaction"] = transaction["id"]
    world.add("payout", payout, owner=call.owner)
    world.at(payout["arrival_date"], "arrive", payout["id"])
    world.emit("payout.created", payout, owner=call.owner)
    return payout


@operation("GET", "/v1/payouts/{payout}", connected=True)
def retrieve_payout(call: Call) -> Json:
    """Return a payout."""
    return call.record("payout", "payout").data


@listing("/v1/payouts", {"created": Span(), "status": Text()}, connected=True)
def list_payouts(call: Call) -> Json:
    """List payouts."""
    return page(call, "payout", ["status"])


def arrive(world: World, identifier: str) -> None:
    """Let a payout reach the bank."""
    if world.store.any(identifier) is None:
        return
    record = world.store.edit(identifier)
    record.data["status"] = "paid"
    world.emit("payout.paid", record.data, owner=record.owner)


def _may_pay_out(call: Call) -> None:
    if call.owner == PLATFORM:
        return
    account = call.world.get("account", call.owner, None, "account").data
    if not account["payouts_enabled"]:
        raise InvalidRequest(
            "Cannot create payouts: this account has requirements that need to be collected.",
            code="payouts_not_allowed",
        )


def _blank(call: Call) -> Json:
    world, params = call.world, call.params
    absent = (
        "application_fee", "application_fee_amount", "balance_transaction",
        "destination", "failure_balance_transaction", "failure_code",
        "failure_message", "original_payout", "payout_method", "reversed_by",
        "statement_descriptor", "trace_id",
    )  # fmt: skip
    return {
        "id": world.store.new_id("po"),
        "object": "payout",
        **dict.fromkeys(absent),
        "amount": params["amount"],
        "arrival_date": world.now() + world.terms.payout_days * DAY,
        "automatic": False,
        "created": world.now(),
        "currency": params["currency"],
        "description": params.get("description"),
        "livemode": False,
        "metadata": new_metadata(params),
        "method": params.get("method", "standard"),
        "reconciliation_status": "not_applicable",
        "source_type": "card",
        "status": "pending",
        "type": "bank_account",
    }
