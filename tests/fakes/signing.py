"""A signing key of its own for each world, in the place of KMS."""

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_KEY = ec.derive_private_key(20_261_101, ec.SECP256R1())  # of tests alone: anybody can read it here


class LocalSigner:
    """Signs as KMS does: ECDSA on P-256 with SHA-256, DER."""

    key_id = "alias/tests"

    def sign(self, message: bytes) -> bytes:
        return _KEY.sign(message, ec.ECDSA(hashes.SHA256()))

    def public_key(self) -> bytes:
        return _KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
