"""What disputes need from outside."""

from typing import Protocol

from marketplace.catalog.ports import UploadForm
from marketplace.disputes.model import Dispute
from marketplace.kit.rows import Rows
from marketplace.kit.writes import Write


class Disputes(Protocol):
    """Where disputes live. Reads by id are consistent."""

    def read(self, dispute_id: str) -> Dispute | None: ...

    def open(self, dispute: Dispute) -> Write:
        """Store a new dispute; refused with DisputeExists."""

    def change(self, before: Dispute, after: Dispute) -> Write:
        """Replace while nobody else changed it; refused with DisputeDecided when it is decided."""

    def page_open(self, cursor: str | None, limit: int) -> Rows[Dispute]:
        """List undecided disputes, the oldest first, from an index."""


class Uploads(Protocol):
    """Where files go, straight from the browser."""

    def form(self, key: str, *, content_type: str, size_bytes: int, sha256: str) -> UploadForm:
        """Return a form that uploads exactly this file, for some minutes."""
