"""Carriers' words for tests."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from marketplace.kit.clock import to_text
from marketplace.shipping.adapters import DHL_HEADER, SIGNATURE_HEADER, sign
from tests.fakes.world import CARRIER_SECRETS, World


def signed(world: World, raw: bytes, *, carrier: str = "correos", at: datetime | None = None) -> dict[str, str]:
    """Return the header with which a carrier proves itself."""
    stamp = str(int((at or world.clock.now()).timestamp()))
    return {SIGNATURE_HEADER: f"t={stamp},v1={sign(raw, CARRIER_SECRETS[carrier], stamp)}"}


def event(world: World, number: str, status: str = "delivered", **said: Any) -> bytes:
    """Return one event of the generic form."""
    plain = {
        "event_id": f"{number}-{status}",
        "tracking_number": number,
        "status": status,
        "occurred_at": to_text(world.clock.now()),
    }
    return json.dumps(plain | said).encode()


def report(world: World, number: str, status: str = "delivered", **said: Any) -> int:
    """Have the carrier report, and everything that follows happen; return how many orders moved."""
    raw = event(world, number, status, **said)
    moved = world.services.carrier_webhook.receive("correos", raw, signed(world, raw))
    world.drain()
    return moved


def report_dhl(world: World, number: str, code: str, *, at: datetime | None = None, token: str = "") -> int:
    """Have DHL report the present status of one shipment."""
    return report_dhl_many(world, [(number, at or world.clock.now())], code, token=token)


def report_dhl_many(
    world: World, said: Sequence[tuple[str, datetime]], code: str = "delivered", *, token: str = ""
) -> int:
    """Have DHL report the status of several shipments in one delivery."""
    shipments = []
    for number, at in said:
        status = {"timestamp": to_text(at), "statusCode": code, "status": code}
        shipments.append({"id": number, "status": status, "events": [status]})
    raw = json.dumps({"url": "/shipments", "shipments": shipments}).encode()
    headers = {DHL_HEADER: token or CARRIER_SECRETS["dhl"]}
    moved = world.services.carrier_webhook.receive("dhl", raw, headers)
    world.drain()
    return moved
