"""What the security log needs from outside."""

from datetime import datetime
from typing import Protocol

from marketplace.kit.rows import Rows
from marketplace.kit.writes import Write
from marketplace.security.model import Entry


class Seals(Protocol):
    """The vault, as far as the log needs it; see vault/service.py."""

    def seal(self, person_id: str, field: str, text: str) -> str: ...
    def open(self, person_id: str, field: str, sealed: str) -> str: ...


class LogStore(Protocol):
    """Where the log lies: it only grows, and forgets by itself."""

    def add(self, entry: Entry) -> Write: ...

    def guard(self, entry: Entry) -> Write:
        """Claim the entry's id whatever its moment; refused with AlreadyNoted."""

    def page(self, account_id: str, cursor: str | None, limit: int, now: datetime) -> Rows[Entry]:
        """Return one page, newest first, without what has expired.

        Raises: BadCursor; Unavailable.
        """
