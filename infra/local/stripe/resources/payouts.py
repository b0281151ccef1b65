"""Payouts: money leaving a balance for a bank account, and coming back when the bank does not take it."""

from __future__ import annotations

from infra.local.stripe.errors import InvalidRequest, Json, ParameterError
from infra.local.stripe.ledger import BANKS
from infra.local.stripe.lists import page
from infra.local.stripe.params import Amount, Choice, Currency, Metadata, Span, Text
from infra.local.stripe.resources.banks import bank_for
from infra.local.stripe.resources.charging import afford
from infra.local.stripe.resources.fields import new_metadata
from infra.local.stripe.routes import Call, listing, operation
from infra.local.stripe.store import PLATFORM
from infra.local.stripe.world import DAY, World

#: The smallest payout of the currencies that have one, in minor units.
SMALLEST_PAYOUT = {"eur": 100, "gbp": 100, "usd": 1}
#: When a payout is handed to the bank, in seconds; until then it can be cancelled.
HANDED_OVER_AFTER = DAY // 2
_ENDED = ("failed", "canceled")


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
    least = SMALLEST_PAYOUT.get(params["currency"], 1)
    if params["amount"] < least:
        raise ParameterError(
            f"Payouts must be at least {least} in minor units.", code="amount_too_small", param="amount"
        )
    payout = _blank(call)
    payout["destination"] = _destination(call)
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
    world.at(world.now() + HANDED_OVER_AFTER, "hand_over", payout["id"])
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


@operation("POST", "/v1/payouts/{payout}/cancel", {}, connected=True)
def cancel_payout(call: Call) -> Json:
    """Take back a payout that has not been handed to the bank."""
    payout = call.editable("payout", "payout")
    if payout["status"] != "pending":
        raise InvalidRequest("Payouts can only be canceled while they are pending.", code="payout_not_cancelable")
    _give_back(call.world, call.owner, payout, "payout_cancel")
    payout["status"] = "canceled"
    call.world.emit("payout.canceled", payout, owner=call.owner)
    return payout


def hand_over(world: World, identifier: str) -> None:
    """Let a payout leave for the bank."""
    record = world.store.any(identifier)
    if record is None or record.data["status"] != "pending":
        return
    record = world.store.edit(identifier)
    record.data["status"] = "in_transit"
    world.emit("payout.updated", record.data, owner=record.owner)


def arrive(world: World, identifier: str) -> None:
    """Let a payout reach the bank, which may refuse it."""
    record = world.store.any(identifier)
    if record is None or record.data["status"] not in ("pending", "in_transit"):
        return
    account = world.store.find("account", record.owner, None)
    refuses = account.hidden.get("bank_refuses") if account else None
    if refuses:
        fail(world, identifier, refuses)
        return
    record = world.store.edit(identifier)
    record.data["status"] = "paid"
    world.emit("payout.paid", record.data, owner=record.owner)


def fail(world: World, identifier: str, code: str) -> None:
    """Let the bank send a payout back, also days after it seemed to have arrived."""
    record = world.store.edit(identifier)
    payout = record.data
    if payout["status"] in _ENDED:
        raise InvalidRequest(f"This payout is {payout['status']} already.")
    transaction = _give_back(world, record.owner, payout, "payout_failure")
    payout["failure_balance_transaction"] = transaction["id"]
    payout["failure_code"] = code
    payout["failure_message"] = f"The bank did not take the payout: {code}."
    payout["status"] = "failed"
    world.emit("payout.failed", payout, owner=record.owner)


def _give_back(world: World, owner: str, payout: Json, kind: str) -> Json:
    return world.books.write(
        owner,
        kind,
        amount=payout["amount"],
        currency=payout["currency"],
        source=payout["id"],
        against=BANKS,
        now=world.now(),
        available_on=world.now(),
        category="payout_reversal",
    )


def _destination(call: Call) -> str | None:
    if call.owner == PLATFORM:
        return None
    currency = call.params["currency"]
    bank = bank_for(call.world.get("account", call.owner, None, "account").data, currency)
    if bank is None:
        raise ParameterError(
            f"Sorry, you don't have any external accounts in that currency ({currency}).",
            code="no_account",
            param="currency",
        )
    return str(bank["id"])


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
