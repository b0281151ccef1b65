"""AES-256-GCM over one field of one person; the only importer of cryptography.

A sealed text is base64url of: version (1 byte), nonce (12), ciphertext with its tag (16 more than the text). Person,
field and version are authenticated with it, so that it opens nowhere but where it was put.
"""

import base64
import binascii

from marketplace.vault.model import SealBroken

VERSION = 1
KEY_BYTES = 32
NONCE_BYTES = 12  # 96 bits: NIST SP 800-38D, 5.2.1.1; random ones are good for 2**32 texts under one key (8.3)
TAG_BYTES = 16
_HEAD_BYTES = 1 + NONCE_BYTES


def seal(key: bytes, text: str, *, person_id: str, field: str, nonce: bytes) -> str:
    """Encrypt a text for one place; `nonce` must never be used twice under one key."""
    if len(key) != KEY_BYTES or len(nonce) != NONCE_BYTES:
        raise ValueError("a key has 32 bytes and a nonce 12")
    ciphertext = _aead(key).encrypt(nonce, text.encode(), _place(VERSION, person_id, field))
    return _spell(bytes([VERSION]) + nonce + ciphertext)


def unseal(key: bytes, sealed: str, *, person_id: str, field: str) -> str:
    """Decrypt what was sealed for this very place.

    Raises: SealBroken.
    """
    from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - see _aead

    packed = _unspell(sealed)
    if len(packed) < _HEAD_BYTES + TAG_BYTES or packed[0] != VERSION:
        raise SealBroken
    nonce, ciphertext = packed[1:_HEAD_BYTES], packed[_HEAD_BYTES:]
    try:
        return str(_aead(key).decrypt(nonce, ciphertext, _place(packed[0], person_id, field)).decode())
    except InvalidTag:
        raise SealBroken from None


def _aead(key: bytes):  # type: ignore[no-untyped-def]  # noqa: ANN202 - the library's own class
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - only who seals or opens pays

    return AESGCM(key)


def _place(version: int, person_id: str, field: str) -> bytes:
    """Say where the text belongs; a length stands before each part, so that ("ab", "c") and ("a", "bc") differ."""
    parts = (str(version), person_id, field)
    return "".join(f"{len(part)}:{part}" for part in parts).encode()


def _spell(packed: bytes) -> str:
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def _unspell(sealed: str) -> bytes:
    try:
        packed = base64.b64decode(sealed + "=" * (-len(sealed) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise SealBroken from None
    if _spell(packed) != sealed:  # the last character has bits that say nothing: one text, one spelling
        raise SealBroken
    return packed
