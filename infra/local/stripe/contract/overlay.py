"""What changed between the description (2026-05-27.dahlia) and 2026-10-28.endive.

The client pins the newer version; the newest published description at hand is five
months older. Only differences that touch modelled operations are listed. Delete
this module when a description of the newer version can be installed.
"""

from __future__ import annotations

from infra.local.stripe.errors import Json

_INTENT_PATHS = (
    "/v1/payment_intents",
    "/v1/payment_intents/{intent}",
    "/v1/payment_intents/{intent}/confirm",
)
_NAMES = {"type": "array", "items": {"type": "string"}}
_MAYBE_TEXT = {"type": "string", "nullable": True}

#: Properties that answers gained.
_GAINED: dict[str, Json] = {
    "payment_intent": {
        "allowed_payment_method_types": {**_NAMES, "nullable": True},
        "payment_record": _MAYBE_TEXT,
    },
    "refund": {
        "customer": _MAYBE_TEXT,
        "customer_account": _MAYBE_TEXT,
        "payment_method": _MAYBE_TEXT,
    },
    "dispute": {"intended_submission_method": _MAYBE_TEXT},
}
_DISPUTE_STATUSES = ("appeal_needs_response", "appeal_under_review")


def apply(description: Json) -> Json:
    """Return the description, brought up to the client's version in place."""
    schemas = description["components"]["schemas"]
    for name, gained in _GAINED.items():
        schemas[name]["properties"].update(gained)
    schemas["dispute"]["properties"]["status"]["enum"] += _DISPUTE_STATUSES
    for path in _INTENT_PATHS:
        properties = form(description["paths"][path]["post"])["properties"]
        del properties["payment_method_types"]
        properties["allowed_payment_method_types"] = _NAMES
    return description


def form(operation: Json) -> Json:
    """Return the schema of an operation's form body."""
    content = operation["requestBody"]["content"]
    schema: Json = content["application/x-www-form-urlencoded"]["schema"]
    return schema
