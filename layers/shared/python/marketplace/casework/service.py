"""One list over everything that waits for staff: by deadline, with who has taken what."""

from collections.abc import Mapping
from datetime import UTC, datetime

from marketplace.casework.model import NOTE_LENGTH_MAX, NOTES_MAX, Case, CaseMissing, Listed, Note, NoteInvalid
from marketplace.casework.ports import Assignments, Source
from marketplace.kit.clock import Clock
from marketplace.kit.ids import Ids
from marketplace.kit.rows import Rows
from marketplace.kit.writes import Transactions
from marketplace.staff.acts import StaffActs

NOTE = "cnt"
_NEVER = datetime.max.replace(tzinfo=UTC)


class Casework:
    """Lists cases, and lets staff take and note them."""

    def __init__(
        self,
        *,
        clock: Clock,
        ids: Ids,
        transactions: Transactions,
        sources: Mapping[str, Source],
        assignments: Assignments,
        acts: StaffActs,
    ) -> None:
        self._clock = clock
        self._ids = ids
        self._tx = transactions
        self._sources = sources  # by kind; disputes and appeals come from one queue
        self._assignments = assignments
        self._acts = acts

    def page(
        self,
        reader: str,
        *,
        kind: str | None = None,
        state: str | None = None,
        before: datetime | None = None,
        assignee: str | None = None,
        after: str | None = None,
        limit: int,
    ) -> Rows[Listed]:
        """Return what waits, the nearest deadline first; the reader's own matters are left out.

        `before` keeps deadlines up to then, `assignee` what that account has taken ("" for what nobody has); `after`
        is the case that the page before ended with, and a page whose cursor was decided meanwhile begins anew.
        """
        found = self._waiting(reader, kind)
        taken = self._assignments.assignees([case.case_id for case in found])
        listed = [Listed(case, taken.get(case.case_id)) for case in found]
        fitting = [
            each
            for each in listed
            if state in {None, each.case.state}
            and (before is None or (each.case.due_at is not None and each.case.due_at <= before))
            and (assignee is None or (each.assignee or "") == assignee)
        ]
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
        said = text.strip()
        if not 0 < len(said) <= NOTE_LENGTH_MAX:
            raise NoteInvalid(fields={"text": "too_long" if said else "empty"})
        self._case(case_id, reader)
        now = self._clock.now()
        self._tx.commit([self._assignments.add_note(case_id, Note(self._ids.new(NOTE, now), reader, said, now))])

    def _waiting(self, reader: str, kind: str | None) -> list[Case]:
        sources = dict.fromkeys(self._sources.values() if kind is None else [self._sources[kind]])
        found = [case for source in sources for case in source()]
        mine = [case for case in found if reader not in case.parties and kind in {None, case.kind}]
        return sorted(mine, key=lambda case: (case.due_at or _NEVER, case.opened_at, case.case_id))

    def _case(self, case_id: str, reader: str) -> Case:
        kind = case_id.partition(".")[0]
        waiting = self._waiting(reader, kind) if kind in self._sources else []
        found = next((case for case in waiting if case.case_id == case_id), None)
        if found is None:
            raise CaseMissing
        return found
