"""Who works on which case, in the staff table.

pk = case#<case>    sk = assignee            who has taken it
pk = case#<case>    sk = note#<time>#<id>    what staff wrote about it
pk = case#<case>    sk = board               put up by an area without a queue of its own; index `listed` by kind
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pynamodb.attributes import UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from marketplace.casework.model import CaseTaken, Note
from marketplace.kit.clock import from_text, to_text
from marketplace.kit.errors import Conflict
from marketplace.kit.rows import Rows
from marketplace.kit.writes import Write
from marketplace.storage.tables import BATCH_MAX, Item, meta, read_page
from marketplace.storage.transaction import Delete, Put, Replace

_ASSIGNEE, _NOTE, _BOARD = "assignee", "note#", "board"


class CaseItem(Item):
    """What staff keeps of a case."""

    class Meta(meta("staff")):  # type: ignore[misc]
        """See data.yaml."""

    by = UnicodeAttribute()
    at = UnicodeAttribute(null=True)
    reasons = UnicodeAttribute(null=True)  # of a note: its text


class BoardListed(GlobalSecondaryIndex[Any]):
    """What hangs on the board, by kind and time."""

    class Meta:
        """See data.yaml."""

        index_name = "listed"
        projection = AllProjection()

    listed = UnicodeAttribute(hash_key=True)
    listed_at = UnicodeAttribute(range_key=True)


class BoardItem(Item):
    """Something that staff should look at."""

    class Meta(meta("staff")):  # type: ignore[misc]
        """See data.yaml."""

    subject = UnicodeAttribute()
    listed = UnicodeAttribute()
    listed_at = UnicodeAttribute()

    listing = BoardListed()


class DynamoBoard:
    """See ports.Board."""

    def put_up(self, kind: str, subject: str, at: datetime) -> Write:
        item = BoardItem(_case(kind, subject), _BOARD, subject=subject, listed=_board(kind), listed_at=to_text(at))
        return Replace(item, Conflict())

    def take_down(self, kind: str, subject: str) -> Write:
        either = BoardItem.pk.exists() | BoardItem.pk.does_not_exist()
        return Delete(BoardItem(_case(kind, subject), _BOARD), either, Conflict())

    def page_board(self, kind: str, cursor: str | None, limit: int) -> Rows[str]:
        rows = read_page(
            BoardItem.listing, _board(kind), sort_attribute="listed_at", cursor=cursor, limit=limit, newest_first=False
        )
        return Rows(tuple(item.subject for item in rows.items), rows.cursor)


class DynamoAssignments(DynamoBoard):
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

    def done(self, case_id: str, account_id: str) -> Write:
        free = CaseItem.pk.does_not_exist() | (CaseItem.by == account_id)
        return Delete(CaseItem(f"case#{case_id}", _ASSIGNEE), free, CaseTaken())

    def add_note(self, case_id: str, note: Note) -> Write:
        sort = f"{_NOTE}{to_text(note.at)}#{note.note_id}"
        return Put(CaseItem(f"case#{case_id}", sort, by=note.by, reasons=note.text), Conflict())

    def notes(self, case_id: str, limit: int) -> list[Note]:
        found = CaseItem.read_partition(f"case#{case_id}", CaseItem.sk.startswith(_NOTE), limit=limit)
        return [_note(item) for item in found]


def _case(kind: str, subject: str) -> str:
    return f"case#{kind}.{subject}"


def _board(kind: str) -> str:
    return f"cases#{kind}"


def _note(item: CaseItem) -> Note:
    _, at, note_id = item.sk.split("#")
    return Note(note_id, item.by, item.reasons or "", from_text(at))
