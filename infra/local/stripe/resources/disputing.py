"""What a dispute does to money and objects, whoever sets it off."""

from __future__ import annotations

from collections.abc import Iterator

from infra.local.stripe.errors import InvalidRequest, Json
from infra.local.stripe.ledger import CARDS
from infra.local.stripe.world import DAY, World

OPEN = (
    "needs_response",
    "under_review",
    "warning_needs_response",
    "warning_under_review",
)
_CLOSED_INQUIRY = "warning_closed"
_EVIDENCE = (
    "access_activity_log", "billing_address", "cancellation_policy",
    "cancellation_policy_disclosure", "cancellation_rebuttal",
    "customer_communication", "customer_email_address", "customer_name",
    "customer_purchase_ip", "customer_signature", "duplicate_charge_documentation",
    "duplicate_charge_explanation", "duplicate_charge_id", "product_description",
    "receipt", "refund_policy", "refund_policy_disclosure",
    "refund_refusal_explanation", "service_date", "service_documentation",
    "shipping_address", "shipping_carrier", "shipping_date",
    "shipping_documentation", "shipping_tracking_number", "uncategorized_file",
    "uncategorized_text",
)  # fmt: skip
EVIDENCE = _EVIDENCE


def open_dispute(
    world: World,
    charge: Json,
    reason: str,
    *,
    amount: int | None = None,
    inquiry: bool = False,
) -> Json:
    """Have the buyer's bank dispute what is left of a charge; an inquiry takes no money yet, and stands alone."""
    gone = charge["amount_refunded"] + funds_withdrawn(world, charge)
    left = charge["amount_captured"] - gone
    asked = any(each["status"].startswith("warning_") for each in _open_disputes(world, charge))
    if not charge["captured"] or asked or (left <= 0 and any(_open_disputes(world, charge))):
        raise InvalidRequest(f"Charge {charge['id']} cannot be disputed.")
    amount = left if amount is None else amount
    if not 0 < amount <= left:
        raise InvalidRequest(f"A dispute must be over 1 to {left}, not {amount}.")
    dispute = _blank(world, charge, reason, amount, inquiry=inquiry)
    world.add("dispute", dispute)
    world.edit(charge["id"])["disputed"] = True
    world.emit("charge.dispute.created", dispute)
    if not inquiry:
        _move(world, dispute, -amount, world.terms.dispute_fee, "dispute")
        world.emit("charge.dispute.funds_withdrawn", dispute)
    return dispute


def close_dispute(world: World, dispute: Json, *, won: bool) -> None:
    """Settle a dispute; winning puts the money back, losing leaves it gone."""
    if dispute["status"] not in OPEN:
        raise InvalidRequest(f"This dispute is already closed (status {dispute['status']}).")
    inquiry = dispute["status"].startswith("warning_")
    dispute["status"] = _CLOSED_INQUIRY if inquiry else "won" if won else "lost"
    if won and not inquiry:
        returned = world.terms.dispute_fee_returned
        fee = -world.terms.dispute_fee if returned else 0
        _move(world, dispute, dispute["amount"], fee, "dispute_reversal")
        world.emit("charge.dispute.funds_reinstated", dispute)
    world.emit("charge.dispute.closed", dispute)


def overturn(world: World, dispute: Json) -> None:
    """Give a lost dispute's money back after all, as a network does after a second presentment."""
    if dispute["status"] != "lost":
        raise InvalidRequest(f"This dispute was not lost (status {dispute['status']}).")
    dispute["status"] = "won"
    _move(world, dispute, dispute["amount"], 0, "dispute_reversal")
    world.emit("charge.dispute.funds_reinstated", dispute)


def escalate(world: World, dispute: Json) -> None:
    """Turn an inquiry into a chargeback: the money goes now, and the evidence may be given anew."""
    if not dispute["status"].startswith("warning_") or dispute["status"] == _CLOSED_INQUIRY:
        raise InvalidRequest(f"This is no open inquiry (status {dispute['status']}).")
    dispute["status"] = "needs_response"
    dispute["is_charge_refundable"] = False
    dispute["payment_method_details"]["card"]["case_type"] = "chargeback"
    dispute["evidence_details"]["due_by"] = world.now() + world.terms.evidence_days * DAY
    world.emit("charge.dispute.updated", dispute)
    _move(world, dispute, -dispute["amount"], world.terms.dispute_fee, "dispute")
    world.emit("charge.dispute.funds_withdrawn", dispute)


def refund_blocked(world: World, charge: Json) -> bool:
    """Tell whether a chargeback stands in a refund's way; an inquiry does not."""
    return any(not d["status"].startswith("warning_") and d["status"] != "won" for d in disputes_of(world, charge))


def close_inquiries(world: World, charge: Json) -> None:
    """Close the inquiries a full refund has answered."""
    for dispute in list(_open_disputes(world, charge)):
        close_dispute(world, world.edit(dispute["id"]), won=False)


def funds_withdrawn(world: World, charge: Json) -> int:
    """Return how much of a charge disputes have taken away."""
    return sum(
        d["amount"]
        for d in disputes_of(world, charge)
        if not d["status"].startswith("warning_") and d["status"] != "won"
    )


def disputes_of(world: World, charge: Json) -> Iterator[Json]:
    """Yield a charge's disputes."""
    for record in world.store.owned("dispute"):
        if record.data["charge"] == charge["id"]:
            yield record.data


def _open_disputes(world: World, charge: Json) -> Iterator[Json]:
    return (d for d in disputes_of(world, charge) if d["status"] in OPEN)


def _move(world: World, dispute: Json, amount: int, fee: int, category: str) -> None:
    record = world.get("charge", dispute["charge"], None, "charge")
    transaction = world.books.write(
        record.owner,
        "adjustment",
        amount=amount,
        fee=fee,
        currency=dispute["currency"],
        source=dispute["id"],
        against=CARDS,
        now=world.now(),
        available_on=world.now(),
        category=category,
        description=f"Chargeback for {dispute['charge']}",
    )
    dispute["balance_transactions"].append(dict(transaction))


def _blank(world: World, charge: Json, reason: str, amount: int, *, inquiry: bool) -> Json:
    due = world.now() + world.terms.evidence_days * DAY
    return {
        "id": world.store.new_id("dp"),
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [],
        "charge": charge["id"],
        "created": world.now(),
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {**dict.fromkeys(_EVIDENCE), "enhanced_evidence": {}},
        "evidence_details": {
            "due_by": due,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": inquiry,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "payment_method_details": {
            "type": "card",
            "card": {
                "brand": charge["payment_method_details"]["card"]["brand"],
                "case_type": "inquiry" if inquiry else "chargeback",
                "network_reason_code": "10.4" if reason == "fraudulent" else "13.1",
            },
        },
        "reason": reason,
        "status": "warning_needs_response" if inquiry else "needs_response",
    }
