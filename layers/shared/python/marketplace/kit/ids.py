"""Identifiers: a prefix that says what it is, then 26 characters that sort by time."""

import hashlib
import secrets
from datetime import datetime
from typing import Protocol

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford base 32: no i, l, o, u
_BODY_LENGTH = 26
_TIME_BITS = 48
_RANDOM_BITS = 82


class Ids(Protocol):
    """The one source of identifiers and of randomness."""

    def new(self, prefix: str, at: datetime) -> str:
        """Return a fresh id such as `ord_01...`, sortable by `at`."""

    def secret(self, size_bytes: int = 32) -> str:
        """Return unguessable text: URL-safe base 64 of `size_bytes` random bytes."""


class RandomIds:
    """Identifiers from the operating system's randomness."""

    def new(self, prefix: str, at: datetime) -> str:
        return f"{prefix}_{_body(at, secrets.randbits(_RANDOM_BITS))}"

    def secret(self, size_bytes: int = 32) -> str:
        return secrets.token_urlsafe(size_bytes)


def derived_id(prefix: str, *facts: str) -> str:
    """Return the id that these facts always give: the same request repeated names the same thing.

    A length stands before each fact, so that ("ab", "c") and ("a", "bc") differ.
    """
    text = "".join(f"{len(fact)}:{fact}" for fact in facts)
    number = int.from_bytes(hashlib.sha256(text.encode()).digest()[:16], "big")
    return f"{prefix}_{_encode(number)}"


def _body(at: datetime, noise: int) -> str:
    milliseconds = int(at.timestamp() * 1000) & ((1 << _TIME_BITS) - 1)
    return _encode((milliseconds << _RANDOM_BITS) | noise)


def _encode(number: int) -> str:
    return "".join(_ALPHABET[(number >> (5 * place)) & 31] for place in reversed(range(_BODY_LENGTH)))
