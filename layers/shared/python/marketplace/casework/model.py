"""A case: something that waits for a person, whichever area it comes from."""

from dataclasses import dataclass
from datetime import datetime

from marketplace.kit.errors import Conflict, Invalid, Missing

# What waits.
DISPUTE, APPEAL, HOLD, STANDING, INTENT, PAYOUT = "dispute", "appeal", "hold", "standing_appeal", "intent", "payout"
KINDS = (DISPUTE, APPEAL, HOLD, STANDING, INTENT, PAYOUT)
LISTED_MAX = 200  # of one kind: the longest waiting; a longer queue needs more people, not a longer list
NOTES_MAX = 100  # shown of one case
NOTE_LENGTH_MAX = 2_000  # characters


class CaseMissing(Missing):
    """Nothing of this name waits for the reader."""

    code = "case_not_found"
    title_en = "No such case waits for somebody."
    title_es = "No espera ningún caso así."


class CaseTaken(Conflict):
    """Somebody else has taken it."""

    code = "case_taken"
    title_en = "Somebody else has taken this case."
    title_es = "Otra persona se ocupa de este caso."


class NoteInvalid(Invalid):
    """A note says something."""

    code = "note_invalid"
    title_en = "Write a note of at most 2,000 characters."
    title_es = "Escribe una nota de 2000 caracteres como máximo."


@dataclass(frozen=True, slots=True)
class Case:
    """Something that waits."""

    kind: str  # one of KINDS
    subject: str  # the id of what waits
    state: str
    opened_at: datetime
    due_at: datetime | None  # when silence decides; None where it waits for as long as it takes
    order_id: str | None = None
    parties: frozenset[str] = frozenset()  # accounts whose own matter it is

    @property
    def case_id(self) -> str:
        return f"{self.kind}.{self.subject}"


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody of the staff wrote about a case, for staff."""

    note_id: str
    by: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Listed:
    """A case, and who has taken it."""

    case: Case
    assignee: str | None = None
