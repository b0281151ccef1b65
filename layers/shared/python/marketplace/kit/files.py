"""Files that people upload straight to the storage: what is there, and how its readers get it."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What the storage itself says of an uploaded file."""

    size_bytes: int
    sha256: str | None  # hexadecimal; None when the storage has no digest of it
    content_type: str


@dataclass(frozen=True, slots=True)
class Download:
    """An address at which a file can be read for a while, by whoever has it."""

    url: str
    expires_in_seconds: int


class StoredFiles(Protocol):
    """The storage, as readers see it."""

    def stat(self, key: str) -> StoredFile | None:
        """Return what lies under a key, or None.

        Raises: Unavailable.
        """

    def link(self, key: str, *, file_name: str, content_type: str) -> Download:
        """Return an address that downloads the file, never shows it in the browser."""
