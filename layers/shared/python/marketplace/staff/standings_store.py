"""Suspensions, the receipts of decisions about them, and visits, in the staff table."""

from marketplace.kit.clock import from_text, to_text
from marketplace.kit.errors import Conflict
from marketplace.kit.rows import Rows
from marketplace.kit.writes import Write
from marketplace.staff.errors import AlreadySuspended, VisitMissing
from marketplace.staff.model import WAITING, Receipt, Suspension, Visit
from marketplace.staff.table_store import StaffItem
from marketplace.storage.tables import read_page
from marketplace.storage.transaction import Put

_SUSPENSION, _APPEALS, _RECEIPT_PREFIX = "suspension", "appeals", "receipt#"
RECEIPTS_READ_MAX = 200


class DynamoStandings:
    """What was taken from accounts, and who looked at them."""

    def suspension(self, account_id: str) -> Suspension | None:
        item = StaffItem.read(f"standing#{account_id}", _SUSPENSION)
        return suspension_from(item) if item else None

    def suspend(self, suspension: Suspension) -> Write:
        over = StaffItem.pk.does_not_exist() | StaffItem.lifted_at.exists()
        return Put(_suspension_item(suspension), AlreadySuspended(), over)

    def change_suspension(self, before: Suspension, after: Suspension, refusal: Exception) -> Write:
        same = (StaffItem.suspension_id == before.suspension_id) & StaffItem.lifted_at.does_not_exist()
        same &= StaffItem.appeal == before.appeal if before.appeal else StaffItem.appeal.does_not_exist()
        return Put(_suspension_item(after), refusal, same)

    def add_receipt(self, receipt: Receipt) -> Write:
        item = StaffItem(
            f"standing#{receipt.account_id}",
            f"{_RECEIPT_PREFIX}{to_text(receipt.decided_at)}#{receipt.receipt_id}",
            suspension_id=receipt.suspension_id,
            decision=receipt.decision,
            scope=receipt.scope,
            clause=receipt.clause,
            reasons=receipt.reasons,
            decided_by=receipt.decided_by,
            automated=receipt.automated,
        )
        return Put(item, Conflict(), telling=False)

    def receipts(self, account_id: str) -> list[Receipt]:
        mine = StaffItem.sk.startswith(_RECEIPT_PREFIX)
        found = StaffItem.read_partition(f"standing#{account_id}", mine, limit=RECEIPTS_READ_MAX)
        return [_receipt(account_id, item) for item in found]

    def appeals(self, cursor: str | None, limit: int) -> Rows[Suspension]:
        rows = read_page(
            StaffItem.listing, _APPEALS, sort_attribute="listed_at", cursor=cursor, limit=limit, newest_first=False
        )
        return Rows(tuple(suspension_from(item) for item in rows.items), rows.cursor)

    # Visits

    def visit(self, account_id: str, visit_id: str) -> Visit | None:
        item = StaffItem.read(f"visits#{account_id}", visit_id)
        return _visit(item) if item else None

    def add_visit(self, visit: Visit) -> Write:
        return Put(_visit_item(visit), Conflict())

    def end_visit(self, ended: Visit) -> Write:
        open_still = StaffItem.pk.exists() & StaffItem.ended_at.does_not_exist()
        return Put(_visit_item(ended), VisitMissing(), open_still)


def _suspension_item(suspension: Suspension) -> StaffItem:
    waits = suspension.appeal == WAITING and suspension.appealed_at is not None
    return StaffItem(
        f"standing#{suspension.account_id}",
        _SUSPENSION,
        listed=_APPEALS if waits else None,
        listed_at=to_text(suspension.appealed_at) if waits and suspension.appealed_at else None,
        suspension_id=suspension.suspension_id,
        scope=suspension.scope,
        clause=suspension.clause,
        reasons=suspension.reasons,
        decided_by=suspension.decided_by,
        decided_at=to_text(suspension.decided_at),
        appeal=suspension.appeal,
        statement=suspension.statement,
        appealed_at=to_text(suspension.appealed_at) if suspension.appealed_at else None,
        lifted_at=to_text(suspension.lifted_at) if suspension.lifted_at else None,
    )


def suspension_from(item: StaffItem) -> Suspension:
    """Read a suspension back."""
    return Suspension(
        suspension_id=item.suspension_id,
        account_id=item.pk.partition("#")[2],
        scope=item.scope,
        clause=item.clause,
        reasons=item.reasons,
        decided_by=item.decided_by,
        decided_at=from_text(item.decided_at),
        appeal=item.appeal,
        statement=item.statement,
        appealed_at=from_text(item.appealed_at) if item.appealed_at else None,
        lifted_at=from_text(item.lifted_at) if item.lifted_at else None,
    )


def _receipt(account_id: str, item: StaffItem) -> Receipt:
    _, at, receipt_id = item.sk.split("#")
    return Receipt(
        receipt_id=receipt_id,
        account_id=account_id,
        suspension_id=item.suspension_id,
        decision=item.decision,
        scope=item.scope,
        clause=item.clause,
        reasons=item.reasons,
        decided_at=from_text(at),
        decided_by=item.decided_by,
        automated=bool(item.automated),
    )


def _visit_item(visit: Visit) -> StaffItem:
    return StaffItem(
        f"visits#{visit.account_id}",
        visit.visit_id,
        by=visit.by,
        case=visit.case,
        reasons=visit.reasons,
        begun_at=to_text(visit.begun_at),
        ends_at=to_text(visit.ends_at),
        ended_at=to_text(visit.ended_at) if visit.ended_at else None,
        session_hash=visit.session_hash,
    )


def _visit(item: StaffItem) -> Visit:
    return Visit(
        visit_id=item.sk,
        account_id=item.pk.partition("#")[2],
        by=item.by,
        case=item.case,
        reasons=item.reasons,
        begun_at=from_text(item.begun_at),
        ends_at=from_text(item.ends_at),
        session_hash=item.session_hash,
        ended_at=from_text(item.ended_at) if item.ended_at else None,
    )
