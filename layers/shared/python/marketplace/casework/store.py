"""Who works on which case, in the staff table.

pk = case#<case>    sk = assignee            who has taken it
pk = case#<case>    sk = note#<time>#<id>    what staff wrote about it
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from pynamodb.attributes import UnicodeAttribute

from marketplace.casework.model import CaseTaken, Note
from marketplace.kit.clock import from_text, to_text
from marketplace.kit.errors import Conflict
from marketplace.kit.writes import Write
from marketplace.storage.tables import BATCH_MAX, Item, meta
from marketplace.storage.transaction import Delete, Put

_ASSIGNEE, _NOTE = "assignee", "note#"


class CaseItem(Item):
    """What staff keeps of a case."""

    class Meta(meta("staff")):  # type: ignore[misc]
        """See data.yaml."""

    by = UnicodeAttribute()
    at = UnicodeAttribute(null=True)
    reasons = UnicodeAttribute(null=True)  # of a note: its text


class DynamoAssignments:
    """See ports.Assignments."""

    def assignees(self, case_ids: Sequence[str]) -> Mapping[str, str]:
        keys = [(f"case#{case_id}", _ASSIGNEE) for case_id in case_ids]
        parts = [keys[start : start + BATCH_MAX] for start in range(0, len(keys), BATCH_MAX)]
        return {item.pk.partition("#")[2]: item.by for part in parts for item in CaseItem.read_many(part)}

    def take(self, case_id: str, account_id: str, at: datetime) -> Write:
        item = CaseItem(f"case#{case_id}", _ASSIGNEE, by=account_id, at=to_text(at))
        return Put(item, CaseTaken(), CaseItem.pk.does_not_exist() | (CaseItem.by == account_id))

    def leave(self, case_id: str, account_id: str) -> Write:
        return Delete(CaseItem(f"case#{case_id}", _ASSIGNEE), CaseItem.by == account_id, CaseTaken())

    def add_note(self, case_id: str, note: Note) -> Write:
        sort = f"{_NOTE}{to_text(note.at)}#{note.note_id}"
        return Put(CaseItem(f"case#{case_id}", sort, by=note.by, reasons=note.text), Conflict())

    def notes(self, case_id: str, limit: int) -> list[Note]:
        found = CaseItem.read_partition(f"case#{case_id}", CaseItem.sk.startswith(_NOTE), limit=limit)
        return [_note(item) for item in found]


def _note(item: CaseItem) -> Note:
    _, at, note_id = item.sk.split("#")
    return Note(note_id, item.by, item.reasons or "", from_text(at))
