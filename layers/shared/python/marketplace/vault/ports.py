"""What the vault needs from outside."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from marketplace.kit.writes import Write
from marketplace.vault.model import DataKey, PersonKey


class Keyring(Protocol):
    """Where people's wrapped keys lie. Reads are consistent."""

    def read(self, person_id: str) -> PersonKey | None:
        """Return what is known of a person's key; None when there never was one.

        Raises: Unavailable.
        """

    def put(self, key: PersonKey) -> Write:
        """Store the first and only key of a person; refused with PersonHasKey, also when one was destroyed."""

    def destroy(self, person_id: str, at: datetime) -> Write:
        """Remove the key for good and remember that; harmless when repeated."""


class KeyWrapping(Protocol):
    """The key service. A key wrapped for one person is opened for no other.

    Both raise Unavailable when the service gave no clear answer; repeating is safe.
    """

    def make(self, person_id: str) -> DataKey: ...

    def unwrap(self, person_id: str, wrapped: bytes) -> bytes:
        """Open a wrapped key.

        Raises: SealBroken when this is not a key of that person.
        """


class BlindKeys(Protocol):
    """The keys of the blind index, by version; the current one is written with, the others are still looked up."""

    @property
    def current(self) -> str: ...

    @property
    def keys(self) -> Mapping[str, str]:
        """Raises: Unavailable."""
