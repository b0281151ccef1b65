"""Disputes: the operations of the platform that answers them."""

from __future__ import annotations

from infra.local.stripe.errors import InvalidRequest, Json
from infra.local.stripe.lists import page
from infra.local.stripe.params import Flag, Hash, Metadata, Span, Text
from infra.local.stripe.resources.disputing import EVIDENCE, OPEN, close_dispute
from infra.local.stripe.resources.fields import assign
from infra.local.stripe.routes import Call, listing, operation
from infra.local.stripe.world import World

#: Stripe's own magic words, which decide a test dispute at once.
_WINNING, _LOSING = "winning_evidence", "losing_evidence"


@operation("GET", "/v1/disputes/{dispute}")
def retrieve_dispute(call: Call) -> Json:
    """Return a dispute."""
    return call.record("dispute", "dispute").data


@listing("/v1/disputes", {"charge": Text(), "created": Span(), "payment_intent": Text()})
def list_disputes(call: Call) -> Json:
    """List disputes."""
    return page(call, "dispute", ["charge", "payment_intent"])


@operation(
    "POST",
    "/v1/disputes/{dispute}",
    {
        "evidence": Hash(fields={name: Text(longest=20_000, unset=True) for name in EVIDENCE}),
        "metadata": Metadata(),
        "submit": Flag(),
    },
)
def update_dispute(call: Call) -> Json:
    """Stage evidence, or submit it: evidence is sent unless ``submit`` is false."""
    dispute = call.editable("dispute", "dispute")
    assign(dispute, call.params, ())
    evidence = call.params.get("evidence")
    submit = call.params.get("submit", evidence is not None)
    if evidence is not None or submit:
        _take_evidence(dispute, evidence or {}, submit=submit)
    call.world.emit("charge.dispute.updated", dispute)
    if submit:
        _decide(call.world, dispute)
    return dispute


@operation("POST", "/v1/disputes/{dispute}/close")
def close_dispute_operation(call: Call) -> Json:
    """Accept a dispute: it is lost."""
    dispute = call.editable("dispute", "dispute")
    close_dispute(call.world, dispute, won=False)
    return dispute


def _take_evidence(dispute: Json, evidence: Json, *, submit: bool) -> None:
    if dispute["status"] not in OPEN or dispute["status"].endswith("under_review"):
        raise InvalidRequest(f"Evidence can no longer be given (status {dispute['status']}).")
    dispute["evidence"].update(evidence)
    details = dispute["evidence_details"]
    details["has_evidence"] = any(dispute["evidence"][name] for name in EVIDENCE)
    if submit:
        details["submission_count"] += 1
        inquiry = dispute["status"].startswith("warning_")
        dispute["status"] = "warning_under_review" if inquiry else "under_review"


def _decide(world: World, dispute: Json) -> None:
    words = dispute["evidence"]["uncategorized_text"]
    if words in (_WINNING, _LOSING):
        close_dispute(world, dispute, won=words == _WINNING)
