"""Slow password hashes; the only importer of argon2."""

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argon2 import PasswordHasher

# OWASP ASVS 5.0, appendix C. One lane, since a small function has less than one CPU.
MEMORY_KIB = 19_456
PASSES = 2
LANES = 1
# Well-formed, of nobody: 16 zero bytes of salt and 32 of hash, so that an unknown account takes as long.
_NOBODY = f"$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}${'A' * 22}${'A' * 43}"


class Argon2Passwords:
    """argon2id by argon2-cffi, loaded at the first password."""

    @cached_property
    def _hasher(self) -> "PasswordHasher":
        from argon2 import PasswordHasher  # noqa: PLC0415 - 20 ms that only a password should pay

        return PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)

    def hash(self, password: str) -> str:
        return self._hasher.hash(password)

    def verify(self, password_hash: str | None, password: str) -> bool:
        from argon2.exceptions import VerifyMismatchError  # noqa: PLC0415

        try:
            self._hasher.verify(password_hash or _NOBODY, password)
        except VerifyMismatchError:
            return False
        return password_hash is not None

    def is_outdated(self, password_hash: str) -> bool:
        return self._hasher.check_needs_rehash(password_hash)
