"""A case: something that waits for a person, whichever area it comes from."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from marketplace.casework.kinds import KINDS, Words
from marketplace.kit.errors import Conflict, Invalid, Missing

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


class CaseNotClosable(Conflict):
    """It ends by the act that decides it."""

    code = "case_not_closable"
    title_en = "This case ends by its own decision, not by looking at it."
    title_es = "Este caso termina con su propia resolución, no con mirarlo."


class NoteInvalid(Invalid):
    """A note says something."""

    code = "note_invalid"
    title_en = "Write a note of at most 2,000 characters."
    title_es = "Escribe una nota de 2000 caracteres como máximo."


@dataclass(frozen=True, slots=True)
class Case:
    """Something that waits."""

    kind: str  # of kinds.py
    subject: str  # the id of what waits
    state: str
    opened_at: datetime
    due_at: datetime | None  # when silence decides; None where it waits for as long as it takes
    order_id: str | None = None
    parties: frozenset[str] = frozenset()  # accounts whose own matter it is
    silence: Words | None = None  # what happens then, where a process says it
    also_own: frozenset[str] = frozenset()  # staff who had a part in it before, and do not judge it
    amount_minor: int | None = None  # of what is about one amount, with its currency
    currency: str | None = None

    @property
    def case_id(self) -> str:
        return f"{self.kind}.{self.subject}"

    @property
    def if_nobody_acts(self) -> Words:
        """What happens by silence: as its process says, else as its kind does."""
        words = self.silence or KINDS[self.kind].silence
        if words is None:
            raise ValueError(f"nothing says what silence does to {self.case_id}")
        return words

    @property
    def acts(self) -> tuple[str, ...]:
        """Name the calls that end it."""
        return tuple(each.format(subject=self.subject, case_id=self.case_id) for each in KINDS[self.kind].acts)

    def is_own_matter_of(self, account_id: str, sellers: Collection[str]) -> bool:
        """Say whether somebody is a party, acts for one of `sellers` who is, or had a part in it before."""
        return account_id in self.parties | self.also_own or not self.parties.isdisjoint(sellers)


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


@dataclass(frozen=True, slots=True)
class Filters:
    """Which cases somebody wants to see; None is any."""

    kind: str | None = None
    state: str | None = None
    before: datetime | None = None  # deadlines up to then
    order_id: str | None = None
    account_id: str | None = None  # one of whose own matters it is
    assignee: str | None = None  # "" for what nobody has

    def fit(self, listed: Listed) -> bool:
        """Say whether a case is wanted."""
        case = listed.case
        wanted = (
            self.kind in {None, case.kind},
            self.state in {None, case.state},
            self.before is None or (case.due_at is not None and case.due_at <= self.before),
            self.order_id in {None, case.order_id},
            self.account_id is None or self.account_id in case.parties,
            self.assignee is None or (listed.assignee or "") == self.assignee,
        )
        return all(wanted)
