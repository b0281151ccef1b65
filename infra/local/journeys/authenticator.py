"""A device that makes passkeys, in software: what a phone or a security key answers, and what a forged one would.

Every wrong answer that a test needs is one field of `Device`: another origin, another site, no check of the user, a
counter that stands still.
"""

import base64
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

USER_PRESENT, USER_VERIFIED, ATTESTED = 0x01, 0x04, 0x40  # flags of authenticator data (WebAuthn, 6.1)
CREDENTIAL_ID_BYTES = 32
AAGUID = bytes(16)  # none: a device that does not say what it is

Json = dict[str, Any]


@dataclass
class Credential:
    """One passkey on the device."""

    credential_id: bytes
    key: ec.EllipticCurvePrivateKey
    rp_id: str
    user_handle: bytes
    count: int = 0


@dataclass
class Device:
    """An authenticator; change a field to make its next answers wrong in that way."""

    origin: str
    rp_id: str = ""  # what it hashes; "" is what the site asks for
    verifies_user: bool = True
    counts: bool = True  # False: no counter, as passkeys that are synced between devices
    credentials: list[Credential] = field(default_factory=list)

    def create(self, options: Mapping[str, Any]) -> Json:
        """Answer `navigator.credentials.create()`: a new key, attested by nobody."""
        key = ec.generate_private_key(ec.SECP256R1())
        rp_id = self.rp_id or options["rp"]["id"]
        made = Credential(os.urandom(CREDENTIAL_ID_BYTES), key, rp_id, decoded(options["user"]["id"]))
        self.credentials.append(made)
        attested = AAGUID + len(made.credential_id).to_bytes(2, "big") + made.credential_id + _cose_key(key)
        data = self._data(made, ATTESTED) + attested
        attestation = cbor({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client_data("webauthn.create", options["challenge"])
        response = {"clientDataJSON": encoded(client), "attestationObject": encoded(attestation)}
        return _credential(made, response | {"transports": ["internal"]})

    def get(self, options: Mapping[str, Any], *, signed_by: Credential | None = None) -> Json:
        """Answer `navigator.credentials.get()` with one of the allowed keys, or with any it has for the site."""
        chosen = signed_by or self._choose(options)
        data = self._data(chosen, 0)
        client = self._client_data("webauthn.get", options["challenge"])
        signature = chosen.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        response = {
            "clientDataJSON": encoded(client),
            "authenticatorData": encoded(data),
            "signature": encoded(signature),
            "userHandle": encoded(chosen.user_handle),
        }
        return _credential(chosen, response)

    def _choose(self, options: Mapping[str, Any]) -> Credential:
        allowed = {decoded(each["id"]) for each in options.get("allowCredentials", ())}
        mine = [each for each in self.credentials if each.rp_id == options["rpId"]]
        return next(each for each in mine if not allowed or each.credential_id in allowed)

    def _data(self, credential: Credential, flags: int) -> bytes:
        if self.counts:
            credential.count += 1
        shown = USER_PRESENT | (USER_VERIFIED if self.verifies_user else 0) | flags
        rp_hash = hashlib.sha256((self.rp_id or credential.rp_id).encode()).digest()
        return rp_hash + bytes([shown]) + credential.count.to_bytes(4, "big")

    def _client_data(self, kind: str, challenge: str) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()


def device_for(public_url: str, **given: Any) -> Device:
    """Make a device whose browser is on the marketplace's own site."""
    parts = urlsplit(public_url)
    return Device(f"{parts.scheme}://{parts.netloc}", **given)


def encoded(raw: bytes) -> str:
    """Write base 64 for addresses, without padding."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def decoded(text: str) -> bytes:
    """Read what `encoded` wrote."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def cbor(value: Any) -> bytes:
    """Write CBOR (RFC 8949) of whole numbers, bytes, text and maps, which is all that a passkey says."""
    if isinstance(value, int):
        return _head(0, value) if value >= 0 else _head(1, -1 - value)
    if isinstance(value, bytes):
        return _head(2, len(value)) + value
    if isinstance(value, str):
        return _head(3, len(value.encode())) + value.encode()
    return _head(5, len(value)) + b"".join(cbor(name) + cbor(each) for name, each in value.items())


def _head(major: int, number: int) -> bytes:
    if number < 24:  # noqa: PLR2004 - the largest that stands in the first byte
        return bytes([major << 5 | number])
    size = 1 if number < 1 << 8 else 2
    return bytes([major << 5 | 23 + size]) + number.to_bytes(size, "big")


def _cose_key(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Write the public half as COSE says it (RFC 9053): an EC2 key for ES256 on P-256."""
    public = key.public_key().public_numbers()
    return cbor({1: 2, 3: -7, -1: 1, -2: public.x.to_bytes(32, "big"), -3: public.y.to_bytes(32, "big")})


def _credential(made: Credential, response: Json) -> Json:
    name = encoded(made.credential_id)
    return {
        "id": name,
        "rawId": name,
        "type": "public-key",
        "response": response,
        "clientExtensionResults": {},
        "authenticatorAttachment": "platform",
    }
