"""How carriers speak: one adapter proves who it is and reads what is said. Nothing here knows an order.

Any carrier that can sign speaks the generic form, and is served as soon as its secret is there:

    POST /webhooks/carriers/{carrier}
    Aval-Carrier-Signature: t=<unix seconds>,v1=<hex of HMAC-SHA256 under the secret, over "<t>.<raw body>">
    {"event_id": "...", "tracking_number": "...", "status": "in_transit", "occurred_at": "2026-11-02T09:30:00Z"}

`status` is one of in_transit, out_for_delivery, delivered, failed, lost, returned. Carriers that have a form of their
own have an adapter of their own (CARRIERS).
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from marketplace.kit.errors import Invalid
from marketplace.shipping.model import (
    EVENT_BYTES_MAX,
    EVENT_ID_LENGTH_MAX,
    EVENTS_MAX,
    TOLERANCE_SECONDS,
    BadCarrierSignature,
    CarrierEvent,
    Outcome,
)

SIGNATURE_HEADER = "aval-carrier-signature"
STAMP_DIGITS_MAX = 12
TRACKING_LENGTH_MAX = 64  # characters
GENERIC_STATUSES: Mapping[str, Outcome] = {
    "in_transit": Outcome.MOVING,
    "out_for_delivery": Outcome.MOVING,
    "delivered": Outcome.DELIVERED,
    "failed": Outcome.ASTRAY,
    "lost": Outcome.ASTRAY,
    "returned": Outcome.RETURNED,
}

# DHL, "Shipment Tracking - Unified - Push": the callback has the form of its tracking answers, and DHL sends a header
# and a token that the subscriber chose (hook.authentication, type ApiKeyAuthentication). It gives no id to an event.
# Source: developer.dhl.com, the API's reference and its "Push Collection" of 2025-07.
DHL_HEADER = "aval-carrier-token"
DHL_STATUSES: Mapping[str, Outcome] = {
    "pre-transit": Outcome.MOVING,
    "transit": Outcome.MOVING,
    "delivered": Outcome.DELIVERED,
    "failure": Outcome.ASTRAY,
    "unknown": Outcome.MOVING,  # says nothing
}

Headers = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Adapter:
    """`prove` raises BadCarrierSignature; `read` raises Invalid for what is genuine and makes no sense."""

    prove: Callable[[bytes, Headers, tuple[str, ...], int], None]
    read: Callable[[Any], list[CarrierEvent]]


def prove_signature(raw: bytes, headers: Headers, secrets: tuple[str, ...], now_seconds: int) -> None:
    """Check `t=...,v1=...` over the raw bytes, in constant time; no secret accepts nothing."""
    parts = [part.strip().partition("=") for part in headers.get(SIGNATURE_HEADER, "").split(",")]
    stamps = [value for name, _, value in parts if name == "t"]
    given = [value.encode() for name, _, value in parts if name == "v1"]
    if len(stamps) != 1 or not _is_stamp(stamps[0]) or abs(now_seconds - int(stamps[0])) > TOLERANCE_SECONDS:
        raise BadCarrierSignature
    expected = [sign(raw, secret, stamps[0]).encode() for secret in secrets if secret]
    if not any(hmac.compare_digest(one, other) for one in expected for other in given):
        raise BadCarrierSignature


def sign(raw: bytes, secret: str, stamp: str) -> str:
    """Return what a carrier writes after `v1=`."""
    return hmac.new(secret.encode(), stamp.encode() + b"." + raw, hashlib.sha256).hexdigest()


def prove_token(_raw: bytes, headers: Headers, secrets: tuple[str, ...], _now_seconds: int) -> None:
    """Check the token that the carrier was given for its calls; repeating one changes nothing, so it needs no date."""
    given = headers.get(DHL_HEADER, "").encode()
    if not any(hmac.compare_digest(secret.encode(), given) for secret in secrets if secret):
        raise BadCarrierSignature


def read_generic(said: Any) -> list[CarrierEvent]:
    """Read one event of the generic form."""
    if not isinstance(said, dict):
        raise Invalid(fields={"body": "not_an_event"})
    outcome = GENERIC_STATUSES.get(_text(said, "status", TRACKING_LENGTH_MAX))
    if outcome is None:
        raise Invalid(fields={"status": "not_a_choice"})
    event_id = _text(said, "event_id", EVENT_ID_LENGTH_MAX)
    tracking_number = _text(said, "tracking_number", TRACKING_LENGTH_MAX)
    return [CarrierEvent(event_id, tracking_number, outcome, _moment(said, "occurred_at"))]


def read_dhl(said: Any) -> list[CarrierEvent]:
    """Read the present status of each shipment; what is told again is the same event."""
    shipments = said.get("shipments") if isinstance(said, dict) else None
    if not isinstance(shipments, list) or not 1 <= len(shipments) <= EVENTS_MAX:
        raise Invalid(fields={"shipments": f"1_to_{EVENTS_MAX}"})
    return [_dhl_shipment(each) for each in shipments]


def _dhl_shipment(shipment: Any) -> CarrierEvent:
    status = shipment.get("status") if isinstance(shipment, dict) else None
    if not isinstance(status, dict):
        raise Invalid(fields={"shipments.status": "missing"})
    number, code = _text(shipment, "id", TRACKING_LENGTH_MAX), _text(status, "statusCode", TRACKING_LENGTH_MAX).lower()
    if code not in DHL_STATUSES:
        raise Invalid(fields={"shipments.status.statusCode": "not_a_choice"})
    at = _moment(status, "timestamp")
    return CarrierEvent(f"{number}:{code}:{int(at.timestamp())}", number, DHL_STATUSES[code], at)


def parse(raw: bytes) -> Any:
    """Read the body of a delivery.

    Raises: Invalid.
    """
    if len(raw) > EVENT_BYTES_MAX:
        raise Invalid(fields={"body": "too_large"})
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        raise Invalid(fields={"body": "not_json"}) from None


def adapter_of(carrier: str) -> Adapter:
    """Return how this carrier speaks."""
    return CARRIERS.get(carrier, GENERIC)


def _is_stamp(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= STAMP_DIGITS_MAX


def _text(said: Mapping[str, Any], name: str, longest: int) -> str:
    found = said.get(name)
    if not isinstance(found, str) or not 1 <= len(found) <= longest or not found.isprintable():
        raise Invalid(fields={name: f"text_of_1_to_{longest}"})
    return found


def _moment(said: Mapping[str, Any], name: str) -> datetime:
    """Read ISO 8601; a carrier that names no zone means UTC."""
    try:
        found = datetime.fromisoformat(_text(said, name, TRACKING_LENGTH_MAX))
        aware = found.replace(tzinfo=UTC) if found.tzinfo is None else found
        return aware.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid(fields={name: "not_a_moment"}) from None


GENERIC = Adapter(prove_signature, read_generic)
CARRIERS: Mapping[str, Adapter] = {"dhl": Adapter(prove_token, read_dhl)}
