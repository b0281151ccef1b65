"""Where cases come from, and where it is kept who has taken them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from marketplace.casework.model import Case, Note
from marketplace.kit.rows import Rows
from marketplace.kit.writes import Write

SellersOf = Callable[[str], Collection[str]]  # for whom an account acts: their matters are its own


class Source(Protocol):
    """One queue. Its index is a hint: what it returns was read again, consistently."""

    def __call__(self) -> Sequence[Case]:
        """Return what waits, the longest waiting first, at most LISTED_MAX."""


class Board(Protocol):
    """Where areas without a queue of their own put up what somebody should look at."""

    def put_up(self, kind: str, subject: str, at: datetime) -> Write:
        """Put something up; what hangs there already is replaced."""

    def take_down(self, kind: str, subject: str) -> Write:
        """Take it down, whether it hangs there or not."""

    def page_board(self, kind: str, cursor: str | None, limit: int) -> Rows[str]:
        """Name what hangs there, the longest first (an index: a hint)."""


class Assignments(Protocol):
    """Who works on what."""

    def assignees(self, case_ids: Sequence[str]) -> Mapping[str, str]: ...

    def take(self, case_id: str, account_id: str, at: datetime) -> Write:
        """Refused with CaseTaken when somebody else has it."""

    def leave(self, case_id: str, account_id: str) -> Write:
        """Refused with CaseTaken when it is not theirs."""

    def done(self, case_id: str, account_id: str) -> Write:
        """Take the assignment off, where there is one; refused with CaseTaken when somebody else has it."""

    def add_note(self, case_id: str, note: Note) -> Write: ...
    def notes(self, case_id: str, limit: int) -> list[Note]: ...
