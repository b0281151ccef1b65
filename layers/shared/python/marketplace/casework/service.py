"""One list over everything that waits for staff: by deadline, with who has taken what."""

from collections.abc import Mapping
from datetime import UTC, datetime

from marketplace.casework.kinds import KINDS
from marketplace.casework.model import (
    NOTE_LENGTH_MAX,
    NOTES_MAX,
    Case,
    CaseMissing,
    CaseNotClosable,
    Filters,
    Listed,
    Note,
    NoteInvalid,
)
from marketplace.casework.ports import Assignments, Board, SellersOf, Source
from marketplace.kit.clock import Clock
from marketplace.kit.ids import Ids
from marketplace.kit.rows import Rows
from marketplace.kit.writes import Transactions
from marketplace.staff.acts import StaffActs

NOTE = "cnt"
ANY = Filters()
_NEVER = datetime.max.replace(tzinfo=UTC)


class Casework:
    """Lists cases, and lets staff take, note and close them."""

    def __init__(
        self,
        *,
        clock: Clock,
        ids: Ids,
        transactions: Transactions,
        sources: Mapping[str, Source],
        assignments: Assignments,
        board: Board,
        acts: StaffActs,
        sellers_of: SellersOf,
    ) -> None:
        self._clock = clock
        self._ids = ids
        self._tx = transactions
        self._sources = sources  # by kind; one queue may hold several kinds
        self._assignments = assignments
        self._board = board
        self._acts = acts
        self._sellers_of = sellers_of

    def page(self, reader: str, wanted: Filters = ANY, *, after: str | None = None, limit: int) -> Rows[Listed]:
        """Return what waits, the nearest deadline first; the reader's own matters are left out.

        `after` is the case that the page before ended with, and a page whose cursor was decided meanwhile begins anew.
        """
        found = self._waiting(reader, wanted.kind)
        taken = self._assignments.assignees([case.case_id for case in found])
        fitting = [each for each in (Listed(case, taken.get(case.case_id)) for case in found) if wanted.fit(each)]
        names = [each.case.case_id for each in fitting]
        begin = names.index(after) + 1 if after in names else 0
        part = fitting[begin : begin + limit]
        more = begin + limit < len(fitting)
        return Rows(tuple(part), part[-1].case.case_id if more else None)

    def read(self, case_id: str, reader: str) -> tuple[Listed, list[Note]]:
        """Return one case with what staff wrote about it.

        Raises: CaseMissing, also for the reader's own matter.
        """
        case = self._case(case_id, reader)
        taken = self._assignments.assignees([case_id])
        return Listed(case, taken.get(case_id)), self._assignments.notes(case_id, NOTES_MAX)

    def take(self, case_id: str, reader: str) -> None:
        """Say that one works on it; again is no error.

        Raises: CaseMissing; CaseTaken.
        """
        self._case(case_id, reader)
        act = self._acts.note(reader, "case.taken", case_id)
        self._tx.commit([self._assignments.take(case_id, reader, self._clock.now()), act])

    def leave(self, case_id: str, reader: str) -> None:
        """Give it back to everybody.

        Raises: CaseMissing; CaseTaken when somebody else, or nobody, has it.
        """
        self._case(case_id, reader)
        self._tx.commit([self._assignments.leave(case_id, reader), self._acts.note(reader, "case.left", case_id)])

    def note(self, case_id: str, reader: str, text: str) -> None:
        """Write something about it that staff reads.

        Raises: CaseMissing; NoteInvalid.
        """
        said = _said(text)
        self._case(case_id, reader)
        now = self._clock.now()
        self._tx.commit([self._assignments.add_note(case_id, Note(self._ids.new(NOTE, now), reader, said, now))])

    def close(self, case_id: str, reader: str, reasons: str) -> None:
        """End a case that is over once somebody has looked at it; the reasons stay in its notes and in the acts.

        Raises: CaseMissing; CaseNotClosable; NoteInvalid; CaseTaken when somebody else works on it.
        """
        said, case, now = _said(reasons), self._case(case_id, reader), self._clock.now()
        if not KINDS[case.kind].closable:
            raise CaseNotClosable
        note = Note(self._ids.new(NOTE, now), reader, said, now)
        self._tx.commit(
            [
                self._board.take_down(case.kind, case.subject),
                self._assignments.done(case_id, reader),
                self._assignments.add_note(case_id, note),
                self._acts.note(reader, "case.closed", case_id, {}, said),
            ]
        )

    def _waiting(self, reader: str, kind: str | None) -> list[Case]:
        sources = dict.fromkeys(self._sources.values() if kind is None else [self._sources[kind]])
        found = {case.case_id: case for source in sources for case in source()}
        sellers = self._sellers_of(reader)
        fitting = (case for case in found.values() if kind in {None, case.kind})
        others = [case for case in fitting if not case.is_own_matter_of(reader, sellers)]
        return sorted(others, key=lambda case: (case.due_at or _NEVER, case.opened_at, case.case_id))

    def _case(self, case_id: str, reader: str) -> Case:
        kind = case_id.partition(".")[0]
        waiting = self._waiting(reader, kind) if kind in self._sources else []
        found = next((case for case in waiting if case.case_id == case_id), None)
        if found is None:
            raise CaseMissing
        return found


def _said(text: str) -> str:
    said = text.strip()
    if not 0 < len(said) <= NOTE_LENGTH_MAX:
        raise NoteInvalid(fields={"text": "too_long" if said else "empty"})
    return said
