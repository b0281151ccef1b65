"""A key service in memory, as strict as KMS about who a key was wrapped for, and fixed keys of the blind index."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from marketplace.kit.errors import Unavailable
from marketplace.vault.model import PURPOSE, DataKey, SealBroken
from marketplace.vault.service import Vault
from marketplace.vault.store import DynamoKeyring

_MASTER = hashlib.sha256(b"the key service's own").digest()
_NONCE_BYTES = 12


class CountedBytes:
    """Bytes that never repeat and are the same in every run."""

    OF_A_PROCESS = 1_000_000  # pieces at most, between two leaps

    def __init__(self, leaps: int = 0) -> None:
        self._made = leaps * self.OF_A_PROCESS

    def go_beyond(self, made: int) -> None:
        """Draw nothing again that had been drawn by then, nor since."""
        self._made = max(self._made, made)

    def leap(self) -> None:
        """Go on with bytes that do not say how often some were drawn before, as a new process would."""
        self._made = (self._made // self.OF_A_PROCESS + 1) * self.OF_A_PROCESS

    def __call__(self, size: int) -> bytes:
        self._made += 1
        return hashlib.sha256(b"bytes" + str(self._made).encode()).digest()[:size]


@dataclass
class FakeKms:
    """Wraps for real, under a key that it keeps to itself; `calls` counts, `down` refuses everything."""

    random_bytes: CountedBytes = field(default_factory=CountedBytes)
    calls: list[str] = field(default_factory=list)
    down: bool = False

    def make(self, person_id: str) -> DataKey:
        self._answer("make")
        plain, nonce = self.random_bytes(32), self.random_bytes(_NONCE_BYTES)
        return DataKey(plain, nonce + AESGCM(_MASTER).encrypt(nonce, plain, _context(person_id)))

    def unwrap(self, person_id: str, wrapped: bytes) -> bytes:
        self._answer("unwrap")
        try:
            return AESGCM(_MASTER).decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], _context(person_id))
        except InvalidTag:
            raise SealBroken from None

    def _answer(self, call: str) -> None:
        self.calls.append(call)
        if self.down:
            raise Unavailable(retry_after_seconds=1)


@dataclass
class FixedBlindKeys:
    """What Secrets Manager would hold; `asked` counts the looks."""

    current: str = "1"
    held: Mapping[str, str] = field(default_factory=lambda: {"1": "a key of the blind index"})
    asked: int = 0

    @property
    def keys(self) -> Mapping[str, str]:
        self.asked += 1
        return self.held


def vault_for(clock: Any, kms: FakeKms | None = None, blind_keys: FixedBlindKeys | None = None) -> Vault:
    """Make the real vault over the table of keys, with what lies outside replaced."""
    kms = kms or FakeKms()
    return Vault(
        clock=clock,
        keyring=DynamoKeyring(),
        wrapping=kms,
        blind_keys=blind_keys or FixedBlindKeys(),
        random_bytes=kms.random_bytes,
    )


def _context(person_id: str) -> bytes:
    return f"person={person_id};purpose={PURPOSE}".encode()
