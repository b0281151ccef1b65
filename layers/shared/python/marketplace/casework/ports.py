"""Where cases come from, and where it is kept who has taken them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from marketplace.casework.model import Case, Note
from marketplace.kit.writes import Write


class Source(Protocol):
    """One queue. Its index is a hint: what it returns was read again, consistently."""

    def __call__(self) -> Sequence[Case]:
        """Return what waits, the longest waiting first, at most LISTED_MAX."""


class Assignments(Protocol):
    """Who works on what."""

    def assignees(self, case_ids: Sequence[str]) -> Mapping[str, str]: ...

    def take(self, case_id: str, account_id: str, at: datetime) -> Write:
        """Refused with CaseTaken when somebody else has it."""

    def leave(self, case_id: str, account_id: str) -> Write:
        """Refused with CaseTaken when it is not theirs."""

    def add_note(self, case_id: str, note: Note) -> Write: ...
    def notes(self, case_id: str, limit: int) -> list[Note]: ...
