"""The local carriers: what they prove themselves with on this machine, and how they report a parcel.

They speak the forms that layers/shared/python/marketplace/shipping/adapters.py documents: DHL its own, the others the
generic one. By hand:

    python -m infra.local.carriers mrw 028455317790 delivered http://127.0.0.1:4566/...
"""

import hashlib
import hmac
import json
import secrets
import sys
import time
import urllib.request
from collections.abc import Mapping
from datetime import UTC, datetime

SECRETS: Mapping[str, str] = {"correos": "local-correos", "mrw": "local-mrw", "dhl": "local-dhl"}


def delivery(carrier: str, tracking_number: str, status: str) -> tuple[dict[str, str], bytes]:
    """Return the headers and the body with which a carrier says what happens to a parcel now."""
    if carrier == "dhl":
        return _dhl(tracking_number, status)
    now = time.time()
    said = {
        "event_id": secrets.token_hex(8),
        "tracking_number": tracking_number,
        "status": status,
        "occurred_at": datetime.fromtimestamp(now, UTC).isoformat(),
    }
    raw, stamp = json.dumps(said).encode(), str(int(now))
    proof = hmac.new(SECRETS[carrier].encode(), stamp.encode() + b"." + raw, hashlib.sha256).hexdigest()
    return {"Content-Type": "application/json", "Aval-Carrier-Signature": f"t={stamp},v1={proof}"}, raw


def _dhl(tracking_number: str, status: str) -> tuple[dict[str, str], bytes]:
    """Return the same as DHL says it: a token it was given, and the shipment's present status."""
    said = {"statusCode": status, "timestamp": datetime.now(UTC).isoformat()}
    raw = json.dumps({"shipments": [{"id": tracking_number, "status": said}]}).encode()
    return {"Content-Type": "application/json", "Aval-Carrier-Token": SECRETS["dhl"]}, raw


def main(carrier: str, tracking_number: str, status: str, api_url: str) -> int:
    """Report one parcel to a running marketplace."""
    headers, raw = delivery(carrier, tracking_number, status)
    address = f"{api_url}/webhooks/carriers/{carrier}"
    request = urllib.request.Request(address, raw, headers, method="POST")  # noqa: S310  (the operator's own address)
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        sys.stdout.write(answer.read().decode() + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:5]))
