"""Early fraud warnings: what a card's issuer says of a payment before, or instead of, a dispute."""

from __future__ import annotations

from infra.local.stripe.errors import Json
from infra.local.stripe.lists import page
from infra.local.stripe.params import Span, Text
from infra.local.stripe.resources.disputing import disputes_of
from infra.local.stripe.routes import Call, listing, operation
from infra.local.stripe.world import World

KIND = "radar.early_fraud_warning"


@operation("GET", "/v1/radar/early_fraud_warnings/{early_fraud_warning}")
def retrieve_warning(call: Call) -> Json:
    """Return a warning, actionable while its charge is neither disputed nor wholly refunded."""
    return _as_it_stands(call.world, call.record(KIND, "early_fraud_warning").data)


@listing("/v1/radar/early_fraud_warnings", {"charge": Text(), "created": Span(), "payment_intent": Text()})
def list_warnings(call: Call) -> Json:
    """List warnings."""
    return page(call, KIND, ["charge", "payment_intent"])


def warn(world: World, charge: Json, fraud_type: str) -> Json:
    """Have the issuer of a charge's card report fraud."""
    warning = {
        "id": world.store.new_id("issfr"),
        "object": KIND,
        "actionable": True,
        "charge": charge["id"],
        "created": world.now(),
        "fraud_type": fraud_type,
        "livemode": False,
        "payment_intent": charge["payment_intent"],
    }
    world.add(KIND, warning)
    world.emit(f"{KIND}.created", warning)
    return warning


def _as_it_stands(world: World, warning: Json) -> Json:
    charge = world.get("charge", warning["charge"], None, "charge").data
    return {**warning, "actionable": not charge["refunded"] and not any(disputes_of(world, charge))}
