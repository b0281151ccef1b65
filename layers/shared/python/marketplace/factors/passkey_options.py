"""What a browser is asked (W3C WebAuthn, sections 5.4 and 5.5), and what can be read of its answer unverified.

Plain JSON, so that asking does not import the library that verifies.
"""

import base64
import binascii
import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from marketplace.factors.model import CHALLENGE_KEPT, Passkey

RELYING_PARTY_NAME = "Aval"
ES256, EDDSA, RS256 = -7, -8, -257  # COSE algorithms, the preferred first
CHALLENGE_LENGTH_MAX = 128  # characters
TIMEOUT_MS = int(CHALLENGE_KEPT.total_seconds() * 1000)


def relying_party(public_url: str) -> str:
    """Return the relying party's id: the host of the marketplace's own site."""
    return urlsplit(public_url).hostname or ""


def origin_of(public_url: str) -> str:
    """Return the only origin whose answers count."""
    parts = urlsplit(public_url)
    return f"{parts.scheme}://{parts.netloc}"


def registration_options(
    rp_id: str, *, account_id: str, email: str, name: str, challenge: str, known: Sequence[Passkey]
) -> dict[str, Any]:
    """Ask for a new credential that finds its account by itself, with its user verified."""
    return {
        "rp": {"id": rp_id, "name": RELYING_PARTY_NAME},
        "user": {"id": encoded(account_id.encode()), "name": email, "displayName": name},
        "challenge": challenge,
        "pubKeyCredParams": [{"type": "public-key", "alg": alg} for alg in (ES256, EDDSA, RS256)],
        "timeout": TIMEOUT_MS,
        "excludeCredentials": [_descriptor(passkey) for passkey in known],
        "authenticatorSelection": {
            "residentKey": "required",
            "requireResidentKey": True,
            "userVerification": "required",
        },
        "attestation": "none",
    }


def assertion_options(rp_id: str, *, challenge: str, known: Sequence[Passkey] = ()) -> dict[str, Any]:
    """Ask for one of these credentials, or for any that the device knows for this site."""
    return {
        "rpId": rp_id,
        "challenge": challenge,
        "timeout": TIMEOUT_MS,
        "allowCredentials": [_descriptor(passkey) for passkey in known],
        "userVerification": "required",
    }


def challenge_of(client_data: str) -> str | None:
    """Return the challenge that an answer names; None when it cannot be read."""
    try:
        found = json.loads(decoded(client_data))["challenge"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return found if isinstance(found, str) and 0 < len(found) <= CHALLENGE_LENGTH_MAX else None


def account_of(user_handle: str | None) -> str | None:
    """Return the account that a user handle names; None when it cannot be read."""
    try:
        return decoded(user_handle).decode("ascii") if user_handle else None
    except ValueError:
        return None


def encoded(raw: bytes) -> str:
    """Write bytes in base 64 for addresses, without padding."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def decoded(text: str) -> bytes:
    """Read what `encoded` wrote.

    Raises: ValueError.
    """
    try:
        return base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error) as error:
        raise ValueError("not base 64") from error


def _descriptor(passkey: Passkey) -> dict[str, str]:
    return {"type": "public-key", "id": passkey.credential_id}
